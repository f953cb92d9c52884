import type { Control, Message } from '@shared/index'

export const VIEWS = ['queue', 'mine', 'recent'] as const
export type View = (typeof VIEWS)[number]

export const VIEW_TITLES: Record<View, string> = { queue: '等待接待', mine: '我的会话', recent: '最近结束' }

/** A row of the lists. */
export interface Chat {
  conversation_id: string
  handover_id: string | null
  handover_status?: string | null
  control: Control
  channel: string
  category: string | null
  reason: string | null
  region: string | null
  waiting_since: string | null
  ended_at?: string | null
  staff_name: string | null
  last_text: string
  last_at: string
  last_seq: number
}

export interface Tried {
  question: string
  faq: string | null
  band: string | null
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

export interface ChatDetail {
  chat: Chat
  packet: Packet | null
  messages: Message[]
}

export const chatPath = (id: string): string => `/api/desk/chats/${encodeURIComponent(id)}`
