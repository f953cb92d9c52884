import type { Content, Control, Message, Source } from '@shared/index'

/** What travels between the desk and the server; docs/desk.md is the contract. Times are ISO UTC. */

export type SeatStatus = 'ready' | 'busy' | 'away' | 'offline'
export type HandoverStatus = 'waiting' | 'active' | 'ticketed' | 'returned' | 'closed' | 'cancelled'
export type SlaState = 'ok' | 'warn' | 'breach'
export type Sent = 'queued' | 'sending' | 'sent' | 'failed' | 'parked' | 'unknown'

export interface Transfer {
  to: string | null
  to_name: string | null
  team_id: string | null
  team_name: string | null
  by_name: string | null
  note: string | null
}

export interface Contact {
  hint: string | null
  token?: string | null
  when: string | null
  due_at: string | null
}

/** A row of the lists. */
export interface Chat {
  conversation_id: string
  handover_id: string | null
  handover_status: HandoverStatus | null
  control: Control
  version: number
  channel: string
  category: string | null
  reason: string | null
  region: string | null
  team_id: string | null
  team_name: string | null
  staff_id: string | null
  staff_name: string | null
  specialist_id: string | null
  specialist_name: string | null
  waiting_since: string | null
  position: number | null
  offered_to: string | null
  offered_until: string | null
  transfer: Transfer | null
  hold_until: string | null
  wrap_up_until: string | null
  ended_at: string | null
  ended_by: string | null
  labels: string[]
  rating: number | null
  blocked: boolean
  contact: Contact | null
  sla: { kind: string; due_at: string; state: SlaState } | null
  last_text: string
  last_at: string
  last_seq: number
  last_talent_seq: number
  staff_seen_seq?: number
  /** A call-back that is still owed beside this talk. */
  ticket?: { handover_id: string; staff_name: string | null; hint: string | null; when: string | null; due_at: string | null } | null
}

export type Found = Chat & { snippet: string }

export interface Tried {
  question: string
  faq: string | null
  title?: string | null
  band: string | null
  sources?: Source[]
}

/** What was known when a person was asked for. */
export interface Packet {
  reason: string
  category: string
  note?: string | null
  tried: Tried[]
  slots: Record<string, unknown>
  application: Record<string, unknown> | null
}

export interface PersonalValue {
  token: string
  kind: string
  hint: string
}

export interface Profile {
  values: PersonalValue[]
  /** Of the talent proven in this chat, masked. */
  record?: {
    id: string
    name: string
    employer_name: string | null
    region_name: string
    tiers: string[]
    card: { kind: string; state: string; valid_to: string | null } | null
  } | null
  /** Theirs, and what this talk handed in, the newest first. */
  cases?: { id: string; case_no: string; name: string; status: string }[]
  region?: string | null
  tier?: string | null
  first_at?: string | null
  episodes_count?: number | null
}

/** 服务小结. */
export interface Summary {
  need: string
  facts: string
  done: string
  result: string
  next: string
}

export interface SummaryDraft extends Summary {
  labels: string[]
}

export interface Episode {
  handover_id: string
  status: HandoverStatus
  category: string | null
  reason: string | null
  requested_at: string
  ended_at: string | null
  staff_name: string | null
  labels: string[]
  summary: Partial<Summary> | null
  rating: number | null
  rating_comment?: string | null
  note?: string | null
}

export interface ServerDraft {
  text: string
  based_on_seq: number
}

export type Kind = 'reply' | 'note'

export interface FileRef {
  id: string
  name: string
  media_type: string
  size: number
}

export interface DeskMessage extends Message {
  content: Content & { files?: FileRef[] | null }
  /** Where a message for WeChat stands on its way; none in the web chat. */
  delivery?: Sent | null
}

export interface ChatDetail {
  chat: Chat
  packet: Packet | null
  messages: DeskMessage[]
  profile?: Profile | null
  episodes?: Episode[]
  drafts?: Partial<Record<Kind, ServerDraft | null>>
}

/** The `state` event of one chat. */
export interface DeskState {
  control: Control
  version?: number
  staff_id?: string | null
  staff_name: string | null
  last_seq: number
  seen_by_talent?: number
  seen_by_staff?: number
  typing?: boolean
}

export interface Seat {
  status: SeatStatus
  capacity?: number
  free?: number
  /** How many are held, by control. */
  chats?: Partial<Record<Control, number>>
  missed?: number
}

export interface Notice {
  id: string
  kind: string
  text: string
  conversation_id: string | null
  created_at: string
}

export interface Phrase {
  id: string
  title: string
  text: string
  initials?: string
  scope?: 'own' | 'team' | 'all'
  uses: number
}

/** An answer of the knowledge, ready to be sent with its sources. */
export interface Answer {
  text: string
  faq: string | null
  question: string
  sources: Source[]
  scope: string | null
  confidence: string | null
}

export interface Suggestion {
  seq: number
  replies: Answer[]
}

export interface Targets {
  staff: { id: string; name: string; team_name: string | null; status: SeatStatus; free: number }[]
  teams: { id: string; name: string; ready: number }[]
}

/** A colleague as the wall tells of them. */
export interface Colleague {
  staff_id: string
  name: string
  team_name: string | null
}

export interface Counts {
  queue: number
  mine: number
  team: number
  tickets: number
  notices: number
}
