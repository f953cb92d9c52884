import { same, type FieldSpec } from '../../staff/records/fields'
import type { Options } from './types'

/** The record's form. Numbers that identify or reach somebody are only ever written, never shown. */
export function talentFields(options: Options, known: boolean): FieldSpec[] {
  const kept = known ? '不填就不改' : undefined
  return [
    { key: 'name', title: '姓名', kind: 'text', required: true, max: 64 },
    { key: 'gender', title: '性别', kind: 'choice', choices: same(['男', '女']) },
    { key: 'birth_year', title: '出生年份', kind: 'number', least: 1900, most: 2100 },
    { key: 'nationality', title: '国籍', kind: 'text', required: true, max: 32, initial: '中国' },
    { key: 'id_kind', title: '证件类型', kind: 'choice', required: true, choices: same(['身份证', '护照']), initial: '身份证' },
    { key: 'id_number', title: '证件号码', kind: 'text', required: !known, max: 32, hint: kept },
    { key: 'phone', title: '手机号', kind: 'text', max: 32, hint: kept },
    { key: 'email', title: '邮箱', kind: 'text', max: 100, hint: kept },
    { key: 'education', title: '学历', kind: 'choice', required: true, choices: same(options.educations) },
    { key: 'school', title: '毕业院校', kind: 'text', max: 64 },
    { key: 'graduated_on', title: '毕业日期', kind: 'date' },
    { key: 'top_school', title: '双一流高校毕业', kind: 'switch' },
    { key: 'employer_id', title: '工作单位', kind: 'employer' },
    { key: 'position', title: '职务', kind: 'text', max: 64 },
    { key: 'title', title: '职称', kind: 'text', max: 32 },
    { key: 'industry', title: '行业', kind: 'choice', choices: same(options.industries) },
    { key: 'region', title: '工作地区', kind: 'region', required: true },
    { key: 'origin', title: '来源', kind: 'choice', choices: same(options.origins) },
    { key: 'arrived_on', title: '引进日期', kind: 'date' },
    { key: 'postdoc', title: '博士后', kind: 'choice', choices: same(['在站', '出站']) },
    { key: 'fields', title: '专业领域', kind: 'words' },
    { key: 'honours', title: '称号和奖项', kind: 'choices', choices: same(options.honours), wide: true },
    { key: 'departments', title: '共享给哪些部门', kind: 'choices', choices: options.departments.map((one) => ({ value: one.key, label: one.name })), wide: true },
    { key: 'fulltime', title: '全职', kind: 'switch' },
    { key: 'expert', title: '列入海内外专家库', kind: 'switch' },
    { key: 'abroad', title: '旅居海外', kind: 'switch' },
    { key: 'serves_grassroots', title: '每年要服务基层', kind: 'switch' },
  ]
}
export const WHY: FieldSpec = { key: 'why', title: '修改原因', kind: 'text', max: 200, initial: '', wide: true }

/** Names of what changed, for the log: it holds names of fields, never their values. */
export function fieldNames(options: Options | null): Record<string, string> {
  if (!options) return {}
  return Object.fromEntries(talentFields(options, true).map((field) => [field.key, field.title]))
}
