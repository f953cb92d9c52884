/** Answers of /api/unit, as bot/units gives them. */

export interface Home {
  employer: { id: string; name: string; region: string }
  head: boolean
  to_approve: number; to_complete: number; supplement: number; open: number; done: number; proposals: number
}
export interface CaseRow {
  id: string; case_no: string; item: string; item_name: string; name: string; status: string; version: number; applicant: string
  batch_id: string | null; region_name: string; officer_id: string | null; officer_name: string | null
  created_at: string; updated_at: string; ended_at: string | null
}
export interface Option { value: string; title: string }
export interface Step {
  key: string; label: string; ask: string; help: string | null; options: Option[]; only_if: Record<string, string[]>
  kind?: string; required?: boolean; personal?: boolean; max_length?: number
}
export interface Material { key: string; name: string; required: boolean; form: string | null; note: string | null }
export interface Lacking { kind: 'field' | 'material' | 'other'; key: string; what: string; why: string }
export interface CaseDetail extends CaseRow {
  values: { key: string; label: string; value: string }[]
  fillable: string[]; fields: Step[]; materials: Material[]
  files: { material: string; file_id: string; name: string; size: number; refused_why: string | null }[]
  supplement: Lacking[]; due_at: string | null; reason: string | null; can: string[]
  timeline: { status: string; told: string | null; by: string | null; at: string }[]
}
export interface Person {
  id: string; name: string; region_name: string; education: string; title: string | null; position: string | null
  tiers: { scheme_name: string; tier: string }[]; phone_hint: string | null; id_hint: string
  card: { kind: string; state: string; valid_to: string | null } | null
}
export interface Proposal { id: string; kind: string; about: string; status: string; answer: string | null; created_at: string; due_at: string }
export interface Item { key: string; name: string; questions: Step[]; fields: Step[]; conditions: string[]; materials: Material[]; time_limit: string }
export interface ItemRow { key: string; name: string; category: string; place: string }
export interface Fault { field: string; message: string }
export interface Batch { id: string; item_name: string; people: number; made_by: string | null; created_at: string }
export interface Account { id: string; username: string; name: string; head: boolean; active: boolean; must_change_password: boolean }
export interface Demand {
  id: string; kind: string; title: string; field: string; region: string; region_name: string; education: string | null; places: number
  about: string; status: string; reason: string | null; closes_on: string; created_at: string
}
export interface Visit {
  id: string; topic: string; people: number | null; wished: string; place: string | null; status: string; arranged_for: string | null
  result: string | null; created_at: string; can: string[]
}

const TONES: Record<string, string> = {
  待单位核准: 'warn', 待补正: 'warn', 已办结: 'good', 已退回: 'bad', 已撤回: '', 公示中: 'brand', 审核中: 'brand', 会办中: 'brand', 已受理: 'brand',
  待处理: 'warn', 已完成: 'good', 已答复: 'good', 待审核: 'warn', 已发布: 'good', 待安排: 'warn', 已安排: 'brand', 已取消: '',
}
export const statusTag = (status: string): { text: string; tone: '' | 'brand' | 'good' | 'warn' | 'bad' } => ({ text: status, tone: (TONES[status] ?? '') as '' })

/** A step is asked only when earlier answers call for it. */
export const applies = (step: Step, values: Record<string, string>): boolean =>
  Object.entries(step.only_if).every(([key, wanted]) => wanted.includes(values[key] ?? ''))
