import type { AnswerRow, MaterialRow } from '../cases/types'

export interface Dispatch {
  id: string; part_id: string; case_no: string; item_name: string; applicant: string; region: string; region_name: string; department: string; department_name: string
  question: string; asked_at: string; due_at: string; overdue: boolean; reminders: number; opinion: string | null; answer: string | null; answered_at: string | null
}
export interface DispatchDetail { dispatch: Dispatch; values: AnswerRow[]; materials: MaterialRow[] }
