import assert from 'node:assert/strict'
import { test } from 'node:test'
import { basisFrom, endSentence, faultOf, identity, newFaqPath, pieces, settled, type DocumentDetail, type Finding } from '../console/documents'

const doubt = (text: string, paragraph: number | null = 0): Finding => ({ kind: '疑似掉字', line: 3, text, note: '可能是“特色科室”', paragraph })

test('doubtful words are marked in place, each occurrence once, and nothing is filled in', () => {
  const found = pieces('建设特科室，入选国家“”和特科室。', [doubt('特科室'), doubt('特科室')])
  assert.deepEqual(found.map((one) => [one.text, Boolean(one.note)]), [
    ['建设', false], ['特科室', true], ['，入选国家', false], ['“〔原文此处为空〕”', true], ['和', false], ['特科室', true], ['。', false],
  ])
})

test('of a finding with its surroundings only the emptied quotation marks are marked', () => {
  const found = pieces('国家“”和“万人计划”入选专家', [doubt('国家“”和“万人计')])
  assert.deepEqual(found.map((one) => one.text), ['国家', '“〔原文此处为空〕”', '和“万人计划”入选专家'])
  assert.match(found[1]!.note!, /特色科室/)
})

test('words that a reviewer corrected are no longer marked and count as settled', () => {
  assert.deepEqual(pieces('建设特色科室', [doubt('特科室')]), [{ text: '建设特色科室' }])
  assert.equal(settled(doubt('特科室'), ['建设特色科室']), true)
  assert.equal(settled(doubt('特科室'), ['建设特科室']), false)
  assert.equal(settled(doubt('', null), ['随便']), false)
})

test('a clause becomes the source of a new FAQ by its address', () => {
  const path = newFaqPath({ title: '规定', number: '鲁人社规〔2018〕5号', issuers: ['甲厅', '乙厅'], published: '2018', url: 'javascript:alert(1)' }, '第三十条')
  const basis = basisFrom(new URLSearchParams(path.split('?')[1]))
  assert.deepEqual(basis, { title: '规定', number: '鲁人社规〔2018〕5号', body: '甲厅、乙厅', date: '2018', clause: '第三十条', url: '' })
  assert.equal(basisFrom(new URLSearchParams('')), null)
})

test('files that cannot be read are told before they are sent', () => {
  assert.equal(faultOf({ name: '通知.PDF', size: 10 }), '')
  assert.match(faultOf({ name: '通知.doc', size: 10 }), /另存为/)
  assert.match(faultOf({ name: '表.xlsx', size: 10 }), /只能导入/)
  assert.match(faultOf({ name: '通知.txt', size: 0 }), /空/)
  assert.match(faultOf({ name: '通知.txt', size: 11 * 1024 * 1024 }), /10 MB/)
})

test('an end says what, from when and by what', () => {
  assert.equal(endSentence({ how: 'repealed', on: '2026-12-01', successor: '', clause: '' }), '全文自 2026-12-01 起废止')
  assert.equal(endSentence({ how: 'replaced', on: '2026-12-01', successor: '《新办法》', clause: '第三十条' }), '第三十条自 2026-12-01 起被《新办法》替代')
})

test('one line tells what the register knows, and leaves out what it does not', () => {
  const document: DocumentDetail['document'] = {
    id: 'd', number: null, title: '办法', issuers: ['甲厅', '乙厅'], published: '2023', url: null, registered: true, standing: 'expired', revision: 1,
    force: { in_force: false, effective_from: null, effective_until: '2025-05-31', ends: [], note: '' },
  }
  assert.equal(identity(document), '甲厅、乙厅 · 2023 公布 · 有效至 2025-05-31')
})
