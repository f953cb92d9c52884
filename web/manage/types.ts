/** Answers of /api/desk/manage and /api/staff, as docs/desk.md has them. */

export interface Count { key: string; count: number }
export interface WallSeat {
  staff_id: string; name: string; team_name: string | null; status: SeatStatus; load: number; free: number; capacity: number
}
export type SeatStatus = 'ready' | 'busy' | 'away' | 'offline'
export interface Wall {
  at: string; waiting: number; ringing: number; active: number; on_hold: number; wrap_up: number
  longest_wait_s: number | null; waiting_since: string | null; tickets: number; tickets_overdue: number
  seats: WallSeat[]
  today: {
    requested: number; answered: number; abandoned: number; by_reason: Count[]; by_category: Count[]
    first_reply_s: number | null; rating: number | null; rated: number
  }
}

export interface Spread { median_s: number | null; p90_s: number | null }
export interface Share { kept: number; of: number }
export type SlaKind = 'queue_wait' | 'first_reply' | 'resolution' | 'callback'
export interface Figures {
  requested: number; served: number; abandoned: number; ticketed: number; returned: number; closed: number
  bounced: number; transfers: number; missed: number
  queue_wait: Spread; first_reply: Spread; handling: Spread
  ratings: number[]; rating: number | null; sla: Record<SlaKind, Share>; quality: number | null
}
export interface Group extends Figures { key: string; name: string }
export type Part = 'by_day' | 'by_team' | 'by_category' | 'by_reason' | 'by_specialist'
export type Report = { from: string; to: string; total: Figures } & Record<Part, Group[]>

export interface FollowUp {
  id: string; staff_id: string | null; staff_name: string | null; due_at: string; created_at: string
  done_at: string | null; result: string | null
}
export interface Rated {
  handover_id: string; conversation_id: string; category: string; reason: string; team_name: string | null
  specialist_name: string | null; rating: number | null; comment: string | null; rated_at: string | null; follow_up: FollowUp | null
}
export interface Paged { total: number; page_size: number }

export interface Criterion { key: string; name: string; points: number; description: string }
export interface Check {
  handover_id: string; conversation_id: string; specialist_id: string | null; specialist_name: string | null
  category: string; reason: string; requested_at: string; ended_at: string | null; rating: number | null; sampled_at: string
  scores: Record<string, number> | null; total: number | null; comment: string | null; reviewer_name: string | null
  reviewed_at: string | null
}
export interface Checks extends Paged { sheet: { criteria: Criterion[]; most: number }; checks: Check[] }

export interface Team {
  id: string; name: string; region: string; categories: string[]; calendar_id: string; queue_limit: number; active: boolean; updated_at: string
}
export type Ranges = [string, string][]
export interface PreviewDay { date: string; weekday: number; kind: 'plain' | 'own' | 'holiday' | 'make_up'; name: string | null; ranges: Ranges }
export interface Preview { days: PreviewDay[]; unknown_years: number[] }
export interface Calendar {
  id: string; name: string; week: Record<string, Ranges>; days: Record<string, Ranges>; public_holidays: boolean
  updated_at: string; teams: number; preview: Preview | null
}
export interface Seat {
  staff_id: string; name: string; username: string; region: string; team_id: string | null; set_up: boolean
  level: string; kind: string; categories: string[]; languages: string[]; skills: string[]; capacity: number
  status: SeatStatus; updated_at: string
}
export interface Trigger {
  key: string; title: string; unit: string | null; enabled: boolean; connect: boolean; threshold: number | null
  words: string[]; updated_at: string | null; updated_by_name: string | null
}
export interface ServiceLevel {
  team_id: string; queue_wait_s: number; first_reply_s: number; resolution_s: number; callback_s: number; warn_percent: number
  updated_at: string
}
export interface Label { id: string; name: string; active: boolean; updated_at: string }
export interface Phrase { id: string; title: string; text: string; team_id: string | null; uses: number; updated_at: string }

export interface Account {
  id: string; username: string; name: string; roles: string[]; region: string; team_id: string | null; active: boolean
  work_phone: string | null; department: string | null; employer_id: string | null; must_change_password: boolean; created_at: string; updated_at: string
}
export interface Named { key: string; name: string }
export interface RoleInfo { role: string; title: string; permissions: string[] }
export interface AuditEntry {
  id: string; at: string; staff_id: string | null; staff_name: string | null; action: string; title: string
  subject: string; subject_name: string | null; detail: Record<string, unknown>; names: Record<string, string>
}

export const CATEGORIES = ['政策咨询', '手续代办', '待遇落实']
export const LEVELS = ['省', '市', '县']
export const KINDS = ['用人单位', '职能主管部门', '服务承接单位', '服务窗口']
export const SEAT_STATUS: Record<SeatStatus, { text: string; tone: string }> = {
  ready: { text: '在线', tone: 'good' },
  busy: { text: '忙碌', tone: 'warn' },
  away: { text: '离开', tone: '' },
  offline: { text: '不在线', tone: '' },
}
