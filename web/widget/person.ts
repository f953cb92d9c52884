import { shallowRef, triggerRef, type ShallowRef } from 'vue'
import { ApiError, newKey, type Api, type Category, type ChatState, type Outlook } from '@shared/index'
import type { Draft } from './chat'
import { recall, remember } from './storage'
import { words } from './words'

export const CATEGORIES: Category[] = ['政策咨询', '手续代办', '待遇落实']

export interface Ticket {
  category: Category
  phone: string
  when: string
  note: string
}

interface Line {
  api: Api
  authorised<T>(call: () => Promise<T>): Promise<T>
  send(draft: Draft): void
  state: ShallowRef<ChatState>
  notice: ShallowRef<string>
}

export interface Person {
  /** The sheet that is open: asking for a person, or leaving a number. */
  sheet: ShallowRef<'person' | 'ticket' | null>
  outlook: ShallowRef<Outlook | null>
  /** Episodes that this browser has rated or skipped. */
  rated: ShallowRef<Map<string, 'rated' | 'skipped'>>
  open(sheet: 'person' | 'ticket'): Promise<void>
  close(): void
  ask(category: Category): void
  /** Why it was refused, or null when it is registered. */
  leaveTicket(ticket: Ticket): Promise<string | null>
  cancel(): Promise<void>
  rate(handover: string, score: number, comment: string): Promise<void>
  skipRating(handover: string): void
  typing(): void
  seen(seq: number): void
}

const RATED_NAME = 'huicai.rated'
const RATED_KEPT = 20
const TYPING_EVERY_MS = 2_500
const SEEN_AFTER_MS = 400

/** What a talent does to reach a person and while one has the chat. None of it needs the assistant. */
export function usePerson(line: Line): Person {
  const sheet = shallowRef<'person' | 'ticket' | null>(null)
  const outlook = shallowRef<Outlook | null>(null)
  const rated = shallowRef(new Map(recall<[string, 'rated' | 'skipped'][]>(RATED_NAME) ?? []))
  let ticketKey = newKey()
  let typedAt = -Infinity
  let seenTimer = 0
  let seenSeq = 0

  const post = (path: string, body: unknown): Promise<unknown> => line.authorised(() => line.api.post(path, body))

  function mark(handover: string, what: 'rated' | 'skipped'): void {
    rated.value.set(handover, what)
    triggerRef(rated)
    remember(RATED_NAME, [...rated.value].slice(-RATED_KEPT))
  }

  return {
    sheet, outlook, rated,
    async open(which) {
      sheet.value = which
      outlook.value = null
      try {
        outlook.value = await line.authorised(() => line.api.get<Outlook>('/api/web/human'))
      } catch {
        // Without it the three choices are there all the same; the server decides when asked.
      }
    },
    close: () => void (sheet.value = null),
    ask(category) {
      sheet.value = null
      line.send({ text: words.humanAsked, path: '/api/web/human', body: { category } })
    },
    async leaveTicket({ category, phone, when, note }) {
      try {
        await post('/api/web/ticket', {
          client_msg_id: ticketKey, category,
          ...(phone ? { phone } : {}), ...(when ? { when } : {}), ...(note ? { note } : {}),
        })
      } catch (error) {
        // The same key while its fate is unknown, another one after a refusal.
        if (error instanceof ApiError && !error.retryable) ticketKey = newKey()
        return error instanceof ApiError ? error.message : words.failed
      }
      ticketKey = newKey()
      sheet.value = null
      return null
    },
    async cancel() {
      try {
        await post('/api/web/cancel-human', {})
        line.notice.value = ''
      } catch (error) {
        // Somebody was quicker, or another tab has done it.
        if (error instanceof ApiError && error.status === 409) return
        line.notice.value = words.cancelQueueFailed
      }
    },
    async rate(handover, score, comment) {
      await post('/api/web/rating', { handover_id: handover, score, ...(comment ? { comment } : {}) })
      mark(handover, 'rated')
    },
    skipRating: (handover) => mark(handover, 'skipped'),
    typing() {
      const { control } = line.state.value
      if (control !== 'human' && control !== 'on_hold') return
      if (Date.now() - typedAt < TYPING_EVERY_MS) return
      typedAt = Date.now()
      line.api.post('/api/web/typing').catch(() => undefined) // lossy on purpose
    },
    seen(seq) {
      if (seq <= Math.max(seenSeq, line.state.value.seen_by_talent ?? 0)) return
      window.clearTimeout(seenTimer)
      seenTimer = window.setTimeout(() => {
        line.api.post('/api/web/seen', { seq }).then(() => (seenSeq = Math.max(seenSeq, seq)), () => undefined)
      }, SEEN_AFTER_MS)
    },
  }
}
