/** What travels between server and browser; docs/architecture.md is the contract. */

export type Author = 'talent' | 'assistant' | 'staff' | 'system'
export type Band = 'answer' | 'offer' | 'clarify' | 'not_published' | 'none'
export type Control = 'bot' | 'queued' | 'offered' | 'human' | 'on_hold' | 'wrap_up' | 'closed'

export interface Source {
  title: string
  number?: string | null
  body?: string | null
  date?: string | null
  clause?: string | null
  url?: string | null
}

/** A file in the chat; its bytes are fetched apart. */
export interface FileRef {
  id: string
  name: string
  media_type: string
  size: number
}

export interface Content {
  paragraphs: string[]
  items: string[]
  table: { head: string[]; rows: string[][] } | null
  /** `more`: parts shown on request, each a title and its lines. */
  card: { title: string; rows: [string, string][]; more?: [string, string[]][] } | null
  caution: string | null
  scope: string | null
  status: string | null
  sources: Source[]
  /** Asked after all else, right above the buttons. */
  question?: string | null
  /** `wish`: what a page may offer its own way: ask for a person, leave a ticket, no longer wait, prove who one is. */
  buttons: { title: string; wish?: 'person' | 'ticket' | 'cancel' | 'identity' | null }[]
  feedback: boolean
  files?: FileRef[]
  /** The episode whose rating this message asks for. */
  rate?: string | null
}

export interface Message {
  id: string
  seq: number
  /** Seq of the message this reader is shown before this one; 0 before the first. */
  prev: number
  author: Author
  author_name: string | null
  internal: boolean
  at: string
  content: Content
  /** The sender's own key (client_msg_id), on the sender's own messages only. */
  key: string | null
  band: Band | null
}

export interface ChatState {
  control: Control
  /** While queued or offered. */
  position: number | null
  expected_wait_s?: number | null
  staff_name: string | null
  thinking: boolean
  last_seq: number
  /** Seq up to which the other side has read. */
  seen_by_staff?: number
  seen_by_talent?: number
  /** The other side is typing. */
  typing?: boolean
  /** While on hold: until when the specialist wants to be back, ISO. */
  hold_until?: string | null
  /** Messages up to here were an earlier person's and are shown no more. */
  hidden_seq?: number
  /** The guide waits for a file. */
  asks_file?: boolean
  /** Nothing more is taken from this talent. */
  blocked?: boolean
}

export type Category = '政策咨询' | '手续代办' | '待遇落实'

/** What asking for a person would mean now. */
export interface Outlook {
  guess: Category
  open: boolean
  opens_at: string | null
  position: number | null
}

export interface Receipt {
  id: string
  seq: number
  duplicate: boolean
}

export interface Region {
  code: string
  name: string
  children: Region[]
}

export interface Menu {
  categories: { title: string; questions: { faq: string; title: string }[] }[]
  regions: Region[]
  items: { key: string; name: string; category: string; department: string }[]
  /** Ways into the items, as the chat itself offers them. */
  ways: { way: string; title: string }[]
}

const EMPTY: Content = {
  paragraphs: [], items: [], table: null, card: null, caution: null,
  scope: null, status: null, sources: [], buttons: [], feedback: false, files: [], rate: null,
}

/** A complete Content from a partial one, so that no reader needs to guard against a missing field. */
export function content(part: Partial<Content> = {}): Content {
  return { ...EMPTY, ...part }
}
