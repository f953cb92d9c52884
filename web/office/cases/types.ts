/** Answers of /api/office/cases, as bot/service/case_list.py and case_detail.py give them. */

export interface CaseRow {
  id: string; application_id: string; case_no: string; position: number; item: string; item_name: string; applicant: string; applicant_kind: string
  talent_id: string | null; employer_id: string | null; employer_name: string | null; batch_id: string | null; region: string; region_name: string
  department: string | null; department_name: string | null; status: string; level: string | null; verdict: string | null; route: string | null
  staff_id: string | null; staff_name: string | null; supplements: number; due_at: string | null; overdue: boolean; version: number
  created_at: string; updated_at: string; ended_at: string | null; rating: number | null
}
export interface CaseCounts { counts: Record<string, number> }
export interface Option { value: string; title: string }
export interface AnswerRow { key: string; label: string; value: string; masked: boolean }
export interface FileRow { id: string; name: string; media_type: string; size: number; refused_why: string | null; at: string }
export interface MaterialRow { key: string; name: string; required: boolean; form: string | null; note: string | null; files: FileRow[] }
export interface Change { event: string; before: string | null; after: string; level: string | null; by_name: string | null; told: string | null; note: string | null; at: string }
export interface DispatchRow {
  id: string; department: string; department_name: string; question: string; asked_by_name: string | null; asked_at: string; due_at: string; overdue: boolean
  reminders: number; reminded_at: string | null; opinion: string | null; answer: string | null; answered_by_name: string | null; answered_at: string | null
}
export interface ObjectionRow { id: string; received_at: string; upheld: boolean | null; finding: string | null; settled_at: string | null }
export interface ObjectionWords { id: string; text: string; name: string | null; contact: string | null }
export interface Lack { kind: 'field' | 'material' | 'other'; key?: string; label?: string; why: string }
/** As it was asked and told. */
export interface Lacking { kind: Lack['kind']; key: string; what: string; why: string }
export interface TaskRow { id: string; kind: string; due_at: string; done_at: string | null; result: string | null }
export interface CaseDetail {
  case: CaseRow
  application: {
    id: string; case_no: string; applicant_kind: string; name: string; talent_id: string | null; talent_name: string | null; conversation_id: string | null
    made_by_name: string | null; unit_staff_name: string | null; created_at: string; closed_at: string | null; rating: number | null; rating_comment: string | null
    parts: { id: string; item: string; item_name: string; status: string }[]
  }
  item: {
    key: string; version: number; name: string; lead_dept: string; office: string; time_limit: string
    basis: { title: string; number?: string | null; clause?: string | null }[]; fields: { key: string; label: string; options?: Option[] }[]; consults: string[]
    publicity: boolean; publicity_days?: number | null; outcome: string; scheme: string | null; tiers?: string[]
  } | null
  levels?: string[]
  values: AnswerRow[]; materials: MaterialRow[]; supplement: { round: number; missing: Lacking[] }; timeline: Change[]; dispatches: DispatchRow[]
  objections: ObjectionRow[]; tasks: TaskRow[]; publicity: { from: string; to: string } | null; decision: string | null; reason: string | null
  result: Record<string, unknown> | null; can: string[]
}
export interface Deed {
  reason?: string; basis?: string; note?: string; missing?: Lack[]; values?: Record<string, string>; files?: { material: string; attachment_id: string }[]
  asks?: { department: string; question: string; due_on?: string | null }[]; objection?: { text: string; name?: string; contact?: string }; objection_id?: string
  staff_id?: string; result?: Record<string, unknown>
}
