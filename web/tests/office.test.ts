import assert from 'node:assert/strict'
import { test } from 'node:test'
import { blankForm, deedOf } from '../office/cases/deed_form'
import { DEEDS, nextOf, ORDER } from '../office/cases/deeds'
import { faultsOf, givenOf, isIdNumber, stepsOf, type FormField, type Question } from '../office/cases/item'
import { linesOf } from '../office/cases/supplement'
import { bodyOf, faultOf, startOf, type FieldSpec } from '../staff/records/fields'
import { gridOf } from '../office/grassroots/grid'
import { isOutdated } from '../staff/records/outdated'
import { pathOf, readPlace } from '../staff/records/route'
import { chartsOf } from '../office/statistics/charts'
import type { Figures } from '../office/statistics/types'
import { lastDay, until } from '../staff/clock'
import { wayOut } from '../staff/words'
import { ApiError } from '../shared/api'
import { withSheet, type Entry } from '../unit/apply/people'

const field = (part: Partial<FormField> & Pick<FormField, 'key' | 'kind'>): FormField => ({
  label: part.key, ask: '', required: true, personal: false, options: [], min_length: 1, max_length: 200, min_year: 1950, max_year: 2100,
  error: `${part.key} 不合适`, ...part,
})
const group: Question = { key: 'group', label: '类别', ask: '', options: [{ value: 'a', title: '甲' }, { value: 'b', title: '乙' }] }
const item = {
  questions: [group, { ...group, key: 'more', only_if: { group: ['b'] } }],
  fields: [
    field({ key: 'name', kind: 'name' }), field({ key: 'id', kind: 'id_number', also: ['passport'] }),
    field({ key: 'year', kind: 'year', min_year: 2000, max_year: 2026 }), field({ key: 'code', kind: 'text', pattern: '[A-Z]{2}\\d', required: false }),
    field({ key: 'why', kind: 'text', only_if: { more: ['a'] } }),
  ],
}

test('a step hangs on earlier answers, also through one that is no longer asked', () => {
  const keys = (values: Record<string, string>): string[] => stepsOf(item, values).map((step) => step.key)
  assert.deepEqual(keys({ group: 'a', more: 'a' }), ['group', 'name', 'id', 'year', 'code'])
  assert.deepEqual(keys({ group: 'b', more: 'a' }), ['group', 'more', 'name', 'id', 'year', 'code', 'why'])
  assert.deepEqual(givenOf(item, { group: 'a', more: 'a', name: ' 张样例 ', why: '旧的' }), { group: 'a', name: '张样例' })
})

test('everything wrong is told at once, in the words of the item', () => {
  const faults = faultsOf(item, { group: 'b', name: '张', id: '110105194912310021', year: '1999', code: 'A1' })
  assert.deepEqual(faults, { more: '请选择“类别”。', name: 'name 不合适', id: 'id 不合适', year: 'year 不合适', code: 'code 不合适' })
  assert.deepEqual(faultsOf(item, { group: 'a', name: '张样例', id: '11010519491231002X', year: '2020' }), {})
  assert.deepEqual(faultsOf(item, { group: 'a', name: 'John Smith', id: 'E12345678', year: '2020', code: 'AB1' }), {})
})

test('an ID number has a check digit and a day that exists', () => {
  assert.equal(isIdNumber('11010519491231002X'), true)
  assert.equal(isIdNumber('110105194912310021'), false)
  assert.equal(isIdNumber('110105194902310027'), false)
})

const fields: FieldSpec[] = [
  { key: 'name', title: '名称', kind: 'text', required: true }, { key: 'places', title: '人数', kind: 'number', least: 1, most: 99, initial: 1 },
  { key: 'about', title: '说明', kind: 'long', initial: '' }, { key: 'tags', title: '领域', kind: 'words' }, { key: 'day', title: '日期', kind: 'date' },
]

test('a record comes back from its form as it went in; what was emptied is absent', () => {
  const record = { id: 'x', name: '甲', places: 3, about: '', tags: ['一'], day: '2026-01-02' }
  const values = startOf(fields, record)
  assert.deepEqual(bodyOf(fields, values), { name: '甲', places: 3, about: '', tags: ['一'], day: '2026-01-02' })
  assert.deepEqual(bodyOf(fields, { ...values, name: ' 乙 ', places: '', day: '' }), { name: '乙', places: null, about: '', tags: ['一'], day: null })
  ;(values.tags as string[]).push('二')
  assert.deepEqual(record.tags, ['一'])
})

test('the form names the first thing to mend', () => {
  assert.equal(faultOf(fields, { name: '  ', places: 1 }), '请填写“名称”。')
  assert.equal(faultOf(fields, { name: '甲', places: '0' }), '“人数”不能小于 1。')
  assert.equal(faultOf(fields, { name: '甲', places: '' }), null)
})

test('a dialog that cancels something is not left by a button of the same word', () => {
  for (const act of ['取消', '取消项目', '取消预约']) assert.equal(wayOut(act), '返回')
  assert.equal(wayOut('提交'), '取消')
})

test('only a record that has moved on makes the page old; a wrong choice is chosen again', () => {
  const refused = (code: string): ApiError => new ApiError(code, '', 409)
  for (const code of ['changed_meanwhile', 'not_now', 'case_ended']) assert.equal(isOutdated(refused(code)), true)
  for (const code of ['not_the_same_person', 'card_known', 'asked_too_often']) assert.equal(isOutdated(refused(code)), false)
})

test('an address keeps the list it came from', () => {
  const path = pathOf('cases', '', { status: '待补正', query: '张 样', page: '' })
  assert.deepEqual(readPlace(path), { view: 'cases', id: '', query: { status: '待补正', query: '张 样' } })
  assert.deepEqual(readPlace(pathOf('talents', 'a/b')), { view: 'talents', id: 'a/b', query: {} })
  assert.deepEqual(readPlace(''), { view: '', id: '', query: {} })
})

test('a list of what is missing is sent whole, and never without its reasons', () => {
  const form = blankForm()
  form.lines = linesOf([{ key: 'phone', label: '手机号' }], [{ key: 'id_copy', name: '证件照片' }])
  assert.deepEqual(deedOf('ask_supplement', form), { fault: '请至少勾选一项，并写明原因。' })
  form.lines.forEach((line) => (line.on = true))
  form.lines[0]!.why = ' 不清晰 '
  assert.deepEqual(deedOf('ask_supplement', form), { fault: '请写明“手机号”要补正的原因。' })
  form.lines[1]!.why = '少一位'
  form.others = [{ label: '', why: '' }, { label: '劳动合同', why: '请补交' }]
  assert.deepEqual(deedOf('ask_supplement', form), {
    deed: {
      missing: [
        { kind: 'material', key: 'id_copy', why: '不清晰' }, { kind: 'field', key: 'phone', why: '少一位' }, { kind: 'other', label: '劳动合同', why: '请补交' },
      ],
    },
  })
})

test('a refusal needs its reason and its basis; a note is sent only where there is one', () => {
  const form = { ...blankForm(), reason: '不在范围内' }
  assert.deepEqual(deedOf('refuse', form), { fault: '请填写“依据”。' })
  assert.deepEqual(deedOf('refuse', { ...form, basis: '第三条' }), { deed: { reason: '不在范围内', basis: '第三条' } })
  assert.deepEqual(deedOf('accept', blankForm()), { deed: {} })
  assert.deepEqual(deedOf('withdraw', blankForm()), { fault: '请填写“申请人是怎样提出撤回的”。' })
})

test('what is issued is named before it is asked whether one is sure', () => {
  const issued = (result: Record<string, unknown>, outcome: string): unknown => deedOf('issue', { ...blankForm(), result }, outcome)
  assert.deepEqual(issued({ valid_from: '2026-11-22' }, 'card'), { fault: '请填写卡号。' })
  assert.deepEqual(issued({ tier: ' ' }, 'tier'), { fault: '请选择认定的层次。' })
  assert.deepEqual(issued({ on: '2026-11-22' }, 'place'), { fault: '请写明安排的结果，比如学校、年级。' })
  assert.deepEqual(issued({ number: 'H1', valid_from: '2026-11-22' }, 'card'), { deed: { result: { number: 'H1', valid_from: '2026-11-22' } } })
})

test('departments are asked once each, and asked something', () => {
  const ask = { department: 'sd-rst', question: '请核对', due_on: null }
  assert.deepEqual(deedOf('consult', { ...blankForm(), asks: [ask, ask] }), { fault: '同一个部门只能派发一次。' })
  assert.deepEqual(deedOf('consult', { ...blankForm(), asks: [ask] }), { deed: { asks: [ask] } })
})

test('what comes next is said: the next level, then publicity, then the issue', () => {
  const at = { case: { level: '市' }, levels: ['市', '省'], item: { publicity: true, publicity_days: 5 } }
  assert.equal(nextOf('approve', at), '市级审核通过，转到省级审核，并告知申请人。')
  assert.equal(nextOf('approve', { ...at, case: { level: '省' } }), '省级审核通过，进入公示（5 天），并告知申请人。')
  assert.equal(nextOf('approve', { case: { level: '省' }, levels: ['省'], item: { publicity: false, publicity_days: null } }), '省级审核通过，进入待制发，并告知申请人。')
  assert.deepEqual([...ORDER].sort(), Object.keys(DEEDS).sort())
  for (const event of ORDER) assert.notEqual(nextOf(event, at), '', event)
})

test('a term that ends at midnight belongs to the day before, in Shanghai', () => {
  assert.equal(until('2026-11-27T16:00:00Z'), '2026/11/27 24:00')
  assert.equal(until('2026-11-27T04:05:00Z'), '2026/11/27 12:05')
  assert.equal(lastDay('2026-11-27T16:00:00Z'), '2026/11/27')
})

test('every scheme has a chart of its own, and what has no rows has none', () => {
  const figures = {
    by_tier: [{ scheme: 'a', scheme_name: '2017版', tier: '第一层次', recognised: 2 }, { scheme: 'b', scheme_name: '2021版', tier: '第一层次', recognised: 3 }],
    by_region: [], by_industry: [], by_month: [{ month: '2026-11', applicants: 4, approved: 1 }], by_item: [{ item: 'x', parts: 1, approved: 1, returned: 0 }], children: [], plan: [],
  } as unknown as Figures
  const charts = chartsOf(figures, (key) => `事项${key}`)
  assert.deepEqual(charts.map((chart) => [chart.title, chart.names, chart.series[0]!.values]), [
    ['按月', ['2026-11'], [4]], ['认定层次：2017版', ['第一层次'], [2]], ['认定层次：2021版', ['第一层次'], [3]], ['按事项', ['事项x'], [1]],
  ])
})

test('demands stand by place and field, those most asked for first', () => {
  const cell = (region: string, field: string, demands: number): { region: string; region_name: string; field: string; demands: number; places: number } =>
    ({ region, region_name: `地${region}`, field, demands, places: demands })
  const grid = gridOf([cell('1', '海洋', 1), cell('1', '新材料', 2), cell('2', '新材料', 4)])
  assert.deepEqual(grid.fields, [{ name: '新材料', demands: 6 }, { name: '海洋', demands: 1 }])
  assert.deepEqual(grid.rows.map((row) => [row.name, row.demands, row.cells.map((one) => one?.demands ?? null)]), [['地2', 4, [4, null]], ['地1', 3, [2, 1]]])
  assert.equal(grid.demands, 7)
})

test('a list of people uploaded anew replaces the one before it and leaves who was added by hand', () => {
  const entry = (id: number, listed?: boolean): Entry => ({ id, values: {}, talent: null, faults: [], listed })
  assert.deepEqual(withSheet([entry(1), entry(2, true), entry(3, true)], [entry(4, true)]).map((one) => one.id), [1, 4])
})
