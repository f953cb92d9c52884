import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf, givenOf, isIdNumber, stepsOf, type FormField, type Question } from '../office/cases/item'
import { bodyOf, faultOf, startOf, type FieldSpec } from '../office/fields'
import { pathOf, readPlace } from '../office/route'

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

test('an address keeps the list it came from', () => {
  const path = pathOf('cases', '', { status: '待补正', query: '张 样', page: '' })
  assert.deepEqual(readPlace(path), { view: 'cases', id: '', query: { status: '待补正', query: '张 样' } })
  assert.deepEqual(readPlace(pathOf('talents', 'a/b')), { view: 'talents', id: 'a/b', query: {} })
  assert.deepEqual(readPlace(''), { view: '', id: '', query: {} })
})
