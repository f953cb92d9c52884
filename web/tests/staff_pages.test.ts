import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { test } from 'node:test'
import { blank, differing, faultsOf, pathName, repeats, toFaq, toForm, type Faq } from '../console/faq'
import { asAnswer } from '../console/preview'
import { answered, facts, progress } from '../desk/side/packet'
import { waited } from '../staff/clock'
import { pathTo, regionName } from '../staff/menu'

const faq: Faq = {
  ...blank(), key: 'sd-huicaika-term', question: '惠才卡有效期几年？', phrasings: ['能用多久', '几年到期'], negatives: ['丢了'],
  category: '惠才卡', answer: { paragraphs: ['第一段', '第二段'], items: ['甲'], table: { head: ['环节'], rows: [['初审']] } },
  sources: [{ title: '规定', number: '鲁人社规〔2018〕5号', body: null, date: '2018', clause: null, url: null, code: 'P03' }],
}

test('a FAQ comes back from the form as it went in, the fact-sheet code included', () => {
  assert.deepEqual(toFaq(toForm(faq)), faq)
})

test('a pasted block of phrasings becomes one clean line each', () => {
  const form = { ...toForm(faq), phrasings: '  能用多久 \r\n\n几年到期\n', question: ' 问？ ' }
  assert.deepEqual([toFaq(form).phrasings, toFaq(form).question], [['能用多久', '几年到期'], '问？'])
})

test('an emptied date or document number is stored as none', () => {
  const form = { ...toForm(faq), valid_until: '', sources: [{ ...faq.sources[0]!, number: ' ' }] }
  assert.deepEqual([toFaq(form).valid_until, toFaq(form).sources[0]!.number], [null, null])
})

test('an untouched row of sources is dropped, a half-filled one is a fault', () => {
  const form = toForm({ ...faq, sources: [...faq.sources, ...blank().sources] })
  assert.equal(toFaq(form).sources.length, 1)
  form.sources[1]!.url = 'javascript:alert(1)'
  assert.deepEqual(Object.keys(faultsOf(toFaq(form))), ['sources.1.title', 'sources.1.url'])
})

test('repeated phrasings are found in spite of spaces and punctuation, also against the standard question', () => {
  assert.deepEqual(repeats('能用多久\n能用 多久？\n惠才卡有效期几年\n几年', '惠才卡有效期几年？'), ['能用 多久？', '惠才卡有效期几年'])
})

test('faults and conflicts are named in the words of the form', () => {
  assert.equal(pathName('sources.0.title'), '依据文件第 1 条 文件名称')
  assert.equal(pathName('phrasings.2'), '相似问第 3 行')
  assert.deepEqual(differing(faq, { ...faq, year: '2024', question: '改' }), ['标准问', '适用年份'])
})

test('the preview says what the server would: caution, scope, force, ways on', () => {
  const unsure = asAnswer({ ...faq, confidence: '中', year: '2018', item: 'sd-huicaika', follow_ups: ['a'] }, (key) => `问题${key}`)
  assert.deepEqual(unsure.buttons.map((button) => button.title), ['开始办理', '问题a', '转人工'])
  assert.match(unsure.caution ?? '', /以当年官方通知为准/)
  assert.equal(unsure.scope, '山东省 · 2018年口径')
  const old = asAnswer({ ...faq, valid_until: '2020-01-01' }, String)
  assert.deepEqual([old.status, old.paragraphs.length], ['已失效（2020-01-01止）', 3])
})

const packet = {
  reason: 'unanswered', category: '手续代办', application: null,
  tried: [
    { question: '有效期', faq: 'a', band: 'answer' }, { question: '补办', faq: 'b', band: 'not_published' },
    { question: '', faq: null, band: 'none' }],
  slots: { region: '371300', tier: '第三层次', failed_answers: 2, last_faq: 'a' },
}

test('the packet tells answered from unanswered questions and leaves inner values out', () => {
  const { yes, no } = answered(packet)
  assert.deepEqual([yes.map((one) => one.question), no.map((one) => one.question)], [['有效期'], ['补办']])
  assert.deepEqual(facts(packet, () => '临沂市'), [{ name: '地区', value: '临沂市' }, { name: '人才层次', value: '第三层次' }])
})

test('an application shows its item, stage and labelled values, never bare codes', () => {
  const shown = progress({ item: 'sd-huicaika', stage: 'form', values: { category: 'provincial' } }, () => '惠才卡申领')
  assert.deepEqual(shown, { facts: [{ name: '事项', value: '惠才卡申领' }, { name: '进度', value: '填写资料' }], values: [] })
  const labelled = progress({ item: 'x', stage: 'form', rows: [['人才类别', '第三类']] }, String)
  assert.deepEqual(labelled.values, [{ name: '人才类别', value: '第三类' }])
})

test('waiting time reads as people say it and never runs backwards', () => {
  const start = Date.parse('2026-11-21T00:00:00Z')
  const after = (seconds: number): string => waited('2026-11-21T00:00:00Z', start + seconds * 1000)
  assert.deepEqual([-5, 59, 61, 3700, 90_000].map(after), ['0 秒', '59 秒', '1 分 01 秒', '1 小时 1 分', '1 天'])
})

test('a region code is shown by name, an unknown code not at all', () => {
  const tree = [{ code: '370000', name: '山东省', children: [{ code: '371300', name: '临沂市', children: [] }] }]
  assert.equal(regionName('371300', tree), '临沂市')
  assert.equal(regionName('999999', tree), '')
  assert.deepEqual(pathTo('371300', tree).map((region) => region.name), ['山东省', '临沂市'])
})

test('every part of Element Plus that a staff page uses has its styles', () => {
  const web = new URL('../', import.meta.url)
  const sources = ['staff', 'desk', 'console', 'manage', 'office', 'unit'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, web), { recursive: true, encoding: 'utf8' }).filter((name) => /\.(vue|ts)$/.test(name)).map((name) => new URL(`${folder}/${name}`, web)))
  const lines = sources.flatMap((file) => readFileSync(file, 'utf8').match(/import \{[^}]*\} from 'element-plus'/g) ?? [])
  const used = new Set(lines.flatMap((line) => line.match(/\bEl[A-Z]\w+/g) ?? []).map((name) => name.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase()))
  const styles = new URL('node_modules/element-plus/theme-chalk/', web)
  const styled = [...used].filter((name) => existsSync(new URL(`${name}.css`, styles)) && statSync(new URL(`${name}.css`, styles)).size > 0)
  assert.ok(styled.length > 20)
  const imported = readFileSync(new URL('staff/element.css', web), 'utf8')
  assert.deepEqual(styled.filter((name) => !imported.includes(`/${name}.css'`)), [])
})
