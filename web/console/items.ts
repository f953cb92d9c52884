/** A service item as the console edits it; the shape is the server's, bot/service/schemas.py. */
import type { Content } from '@shared/index'
import type { Basis } from './faq'

export type Condition = Record<string, string[]>
export interface Option { value: string; title: string; words: string[] }
export interface Question { key: string; label: string; ask: string; help: string | null; options: Option[]; only_if: Condition }
export interface Rule { when: Condition; verdict: string; because: string; basis: string | null; route: string | null }
export interface Material { key: string; name: string; required: boolean; form: string | null; note: string | null; only_if: Condition; upload: boolean }
export interface FormField {
  key: string; label: string; ask: string; kind: string; also: string[]; help: string | null; required: boolean; personal: boolean
  options: Option[]; only_if: Condition; pattern: string | null; min_length: number; max_length: number; min_year: number; max_year: number; error: string
}
export interface Approval {
  levels: string[]; by_route: Record<string, string[]>; publicity: boolean; publicity_days: number | null
  publicity_call: boolean; outcome: string; scheme: string | null
}
export interface Item {
  key: string; name: string; audience: string; region: string; place: string; year: string; green: boolean; category: string
  phrasings: string[]; lead_dept: string; department: string | null; consults: string[]; office: string; phone: string | null
  basis: Basis[]; time_limit: string; conditions: string[]; materials: Material[]; steps: string[]
  brief: { conditions: string | null; materials: string | null; steps: string | null }
  caution: string | null; questions: Question[]; rules: Rule[]; fields: FormField[]; approval: Approval; route: string | null
}
export type ItemStatus = 'draft' | 'published' | 'changed' | 'withdrawn'
export interface ItemLine {
  key: string; name: string; category: string; place: string; year: string; region: string
  status: ItemStatus; version: number | null; phrasings: number; updated_at: string
}
export interface ItemDetail {
  item: Item; status: ItemStatus; revision: number; published_version: number | null; updated_at: string
  history: { version: number; at: string; staff_name: string | null }[]; advice: string[]; card: Content
}
export interface Choice { value: string; title: string }
export interface Choices { departments: Choice[]; schemes: Choice[]; categories: string[]; regions: Choice[] }

export const ITEM_STATUSES: Record<ItemStatus, { text: string; tone: string }> = {
  draft: { text: '草稿', tone: '' },
  published: { text: '办理中', tone: 'good' },
  changed: { text: '办理中，有未上架的修改', tone: 'warn' },
  withdrawn: { text: '已下架', tone: 'bad' },
}
export const KINDS: Record<string, string> = {
  name: '姓名', id_number: '身份证号', passport: '护照号', phone: '手机号', email: '邮箱', employer: '单位', school: '学校',
  address: '住址', birth_date: '出生日期', choice: '单选', region: '地区（单选）', text: '文字', year: '年份',
}
export const PERSONAL = ['name', 'id_number', 'passport', 'phone', 'email', 'employer', 'school', 'address', 'birth_date']
export const VERDICTS = ['符合', '可能符合', '不符合']
export const ROUTES: Record<string, string> = { direct: '直接颁发', review: '审核颁发', assess: '评审颁发' }
export const LEVELS = ['单位', '县', '市', '省']
export const OUTCOMES: Record<string, string> = { card: '发卡', tier: '层次认定', place: '安排落实（如入学）', benefit: '待遇落实' }

export const chooses = (field: FormField): boolean => field.kind === 'choice' || field.kind === 'region'

/** A name that no step of the list has yet: the words people see are the label, this is for the rules. */
export function freeKey(stem: string, taken: { key: string }[]): string {
  const keys = new Set(taken.map((one) => one.key))
  let number = taken.length + 1
  while (keys.has(`${stem}${number}`)) number += 1
  return `${stem}${number}`
}

export const emptyOption = (at: number): Option => ({ value: `o${at + 1}`, title: '', words: [] })
export const emptyQuestion = (item: Item): Question => ({
  key: freeKey('question', [...item.questions, ...item.fields]), label: '', ask: '', help: null, options: [emptyOption(0), emptyOption(1)], only_if: {},
})
export const emptyRule = (): Rule => ({ when: {}, verdict: '可能符合', because: '', basis: null, route: null })
export const emptyMaterial = (item: Item): Material => ({
  key: freeKey('material', item.materials), name: '', required: true, form: null, note: null, only_if: {}, upload: false,
})
export const emptyField = (item: Item): FormField => ({
  key: freeKey('field', [...item.questions, ...item.fields]), label: '', ask: '', kind: 'text', also: [], help: null, required: true, personal: false,
  options: [], only_if: {}, pattern: null, min_length: 1, max_length: 200, min_year: 1950, max_year: 2100, error: '',
})
export const emptyItem = (): Item => ({
  key: '', name: '', audience: '人才', region: '000000', place: '', year: '', green: false, category: '其他', phrasings: [], lead_dept: '', department: null,
  consults: [], office: '', phone: null, basis: [], time_limit: '未公布', conditions: [], materials: [], steps: [],
  brief: { conditions: null, materials: null, steps: null }, caution: null, questions: [], rules: [],
  fields: [
    { ...emptyField({ questions: [], fields: [] } as unknown as Item), key: 'name', label: '姓名', ask: '请告诉我您的姓名。', kind: 'name', personal: true, error: '请只填写姓名，外文姓名按护照填写。' },
    { ...emptyField({ questions: [], fields: [] } as unknown as Item), key: 'phone', label: '手机号', ask: '请填写您的手机号，专员会用它联系您。', kind: 'phone', personal: true, error: '手机号应为11位数字，请核对后重新填写。' },
  ],
  approval: { levels: ['市'], by_route: {}, publicity: false, publicity_days: null, publicity_call: false, outcome: 'benefit', scheme: null }, route: null,
})

/** What is sent: without blank lines, and nothing where nothing was written. */
export function tidied(item: Item): Item {
  const text = (value: string | null | undefined): string | null => value?.trim() || null
  const lines = (all: string[]): string[] => all.map((line) => line.trim()).filter(Boolean)
  return {
    ...item,
    phrasings: lines(item.phrasings), conditions: lines(item.conditions), steps: lines(item.steps),
    phone: text(item.phone), caution: text(item.caution), route: item.route || null, department: item.department || null,
    brief: { conditions: text(item.brief.conditions), materials: text(item.brief.materials), steps: text(item.brief.steps) },
    basis: item.basis.map((one) => ({ ...one, number: text(one.number), body: text(one.body), date: text(one.date), clause: text(one.clause), url: text(one.url), code: text(one.code) })) as Basis[],
    questions: item.questions.map((one) => ({ ...one, help: text(one.help) })),
    rules: item.rules.map((one) => ({ ...one, basis: text(one.basis), route: one.route || null })),
    materials: item.materials.map((one) => ({ ...one, form: text(one.form), note: text(one.note) })),
    fields: item.fields.map((one) => ({
      ...one, help: text(one.help), pattern: text(one.pattern), personal: PERSONAL.includes(one.kind),
      also: PERSONAL.includes(one.kind) ? one.also : [], options: chooses(one) ? one.options : [],
    })),
    approval: { ...item.approval, scheme: item.approval.outcome === 'tier' ? item.approval.scheme : null, publicity_days: item.approval.publicity_days || null },
  }
}

const PARTS: Record<string, string> = {
  key: '编号', name: '名称', audience: '适用对象', region: '地区', place: '地方名称', year: '年份', category: '菜单分组', phrasings: '相似说法',
  lead_dept: '主管部门', department: '办理部门', consults: '会办部门', office: '承办', phone: '电话', basis: '依据', time_limit: '时限', conditions: '条件',
  materials: '材料', steps: '流程', brief: '简要说法', caution: '提示', questions: '资格问题', rules: '判断规则', fields: '填写项', approval: '审核', route: '取得方式',
}

/** rules.2.because → 判断规则第 3 条 */
export function placeName(path: string): string {
  const [part = '', at] = path.split('.')
  return `${PARTS[part] ?? part}${at !== undefined && /^\d+$/.test(at) ? `第 ${Number(at) + 1} 条` : ''}`
}

/** Which part of the editor shows a path. */
export function tabOf(path: string): string {
  const part = path.split('.')[0] ?? ''
  if (['conditions', 'materials', 'steps', 'brief', 'caution', 'time_limit', 'basis'].includes(part)) return 'notice'
  if (['questions', 'rules'].includes(part)) return 'check'
  if (part === 'fields') return 'form'
  return part === 'approval' || part === 'route' ? 'approval' : 'basics'
}
