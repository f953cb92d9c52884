import { api } from '../../staff/session'
import type {
  Answer, Chat, ChatDetail, Colleague, Counts, DeskMessage, Found, Kind, Notice, Phrase, Seat, SeatStatus, Suggestion, Summary, SummaryDraft, Targets,
} from './types'

/** Every call of the desk, by its name. */

const ROOT = '/api/desk'
export const chatPath = (id: string): string => `${ROOT}/chats/${encodeURIComponent(id)}`
export const filePath = (id: string, file: string): string => `${chatPath(id)}/files/${encodeURIComponent(file)}`
export const EVENTS = `${ROOT}/events`

type Moved = { chat: Chat }

export interface Search {
  q: string
  category: string
  label: string
  from: string
  to: string
}

export interface Words {
  client_msg_id: string
  text: string
  based_on_seq: number
  /** Key of the FAQ the text was taken from: its sources go along. */
  faq?: string
  force?: boolean
}

export const desk = {
  chats: (view: string, before?: string) => api.get<{ chats: Chat[] }>(`${ROOT}/chats`, { view, before }),
  counts: () => api.get<Counts>(`${ROOT}/counts`),
  search: (wanted: Search) => api.get<{ chats: Found[] }>(`${ROOT}/search`, { ...wanted }),
  open: (id: string) => api.get<ChatDetail>(chatPath(id)),
  earlier: (id: string, before: number) => api.get<{ messages: DeskMessage[] }>(`${chatPath(id)}/messages`, { before }),
  next: () => api.post<Moved>(`${ROOT}/next`),

  claim: (id: string) => api.post<Moved>(`${chatPath(id)}/claim`),
  accept: (id: string) => api.post<Moved>(`${chatPath(id)}/accept`),
  decline: (id: string) => api.post<Moved>(`${chatPath(id)}/decline`),
  transfer: (id: string, to: { staff_id: string } | { team_id: string }, note: string) =>
    api.post<Moved>(`${chatPath(id)}/transfer`, { ...to, note }),
  withdraw: (id: string) => api.delete<Moved>(`${chatPath(id)}/transfer`),
  targets: (id: string) => api.get<Targets>(`${chatPath(id)}/targets`),
  hold: (id: string, until: string, note: string) => api.post<Moved>(`${chatPath(id)}/hold`, { until, note: note || undefined }),
  resume: (id: string) => api.post<Moved>(`${chatPath(id)}/resume`),
  takeOver: (id: string, note: string) => api.post<Moved>(`${chatPath(id)}/take-over`, { note: note || undefined }),
  giveBack: (id: string, body: { note: string; labels: string[]; summary: Summary | null; settled: Record<string, string>; ticket_done: boolean }) =>
    api.post<Moved>(`${chatPath(id)}/return`, body),
  end: (id: string) => api.post<Moved>(`${chatPath(id)}/end`),
  summaryDraft: (id: string) => api.get<SummaryDraft>(`${chatPath(id)}/summary`),
  summarise: (id: string, summary: Summary, labels: string[], ticketDone: boolean) =>
    api.post<Moved>(`${chatPath(id)}/summary`, { summary, labels, ticket_done: ticketDone }),
  block: (id: string, reason: string) => api.post<Moved>(`${chatPath(id)}/block`, { reason }),
  unblock: (id: string, reason: string) => api.post<Moved>(`${chatPath(id)}/unblock`, { reason }),
  setSpecialist: (id: string, staff: string, why: string) => api.put<Moved>(`${chatPath(id)}/specialist`, { staff_id: staff, why }),
  takeTicket: (handover: string) => api.post<Moved>(`${ROOT}/tickets/${encodeURIComponent(handover)}/take`),
  doneTicket: (handover: string, result: string, tell: boolean) =>
    api.post<Moved>(`${ROOT}/tickets/${encodeURIComponent(handover)}/done`, { result, tell }),

  say: (id: string, words: Words) => api.post<DeskMessage>(`${chatPath(id)}/messages`, words),
  note: (id: string, words: { client_msg_id: string; text: string }) => api.post<DeskMessage>(`${chatPath(id)}/notes`, words),
  upload: (id: string, key: string, name: string, file: Blob) => api.upload<DeskMessage>(`${chatPath(id)}/files`, file, { name, key }),
  draft: (id: string, kind: Kind, text: string, basedOn: number) =>
    api.put<void>(`${chatPath(id)}/drafts/${kind}`, { text, based_on_seq: basedOn }),
  typing: (id: string) => api.post<void>(`${chatPath(id)}/typing`),
  seen: (id: string, seq: number) => api.post<void>(`${chatPath(id)}/seen`, { seq }),
  unmask: (id: string, token: string) => api.post<{ value: string }>(`${chatPath(id)}/unmask`, { token }),
  transcript: (id: string, form: 'redacted' | 'full', type: 'txt' | 'docx') =>
    `${chatPath(id)}/transcript?form=${form}&type=${type}`,

  suggest: (id: string, seq: number) => api.get<Suggestion>(`${ROOT}/suggest`, { conversation_id: id, seq }),
  faq: (q: string, region: string | null) => api.get<{ answers: Answer[] }>(`${ROOT}/faq`, { q, region }),
  phrases: () => api.get<{ phrases: Phrase[] }>(`${ROOT}/phrases`),
  addPhrase: (title: string, text: string) => api.post<Phrase>(`${ROOT}/phrases`, { title, text }),
  changePhrase: (id: string, title: string, text: string) => api.put<Phrase>(`${ROOT}/phrases/${id}`, { title, text }),
  dropPhrase: (id: string) => api.delete<void>(`${ROOT}/phrases/${id}`),
  usedPhrase: (id: string) => api.post<void>(`${ROOT}/phrases/${id}/used`),
  labels: () => api.get<{ labels: string[] }>(`${ROOT}/labels`),

  /** Whoever may chat where one leads, on line or not. */
  colleagues: () => api.get<{ seats: Colleague[] }>(`${ROOT}/manage/wall`),

  seat: () => api.get<Seat>(`${ROOT}/seat`),
  setSeat: (status: SeatStatus) => api.put<Seat>(`${ROOT}/seat`, { status }),
  alive: () => api.post<Seat | undefined>(`${ROOT}/seat/alive`),
  notices: () => api.get<{ notices: Notice[] }>(`${ROOT}/notices`),
  noticed: (id: string) => api.post<void>(`${ROOT}/notices/${id}/seen`),
}
