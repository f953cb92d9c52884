import { computed, shallowRef, triggerRef, type ComputedRef, type ShallowRef } from 'vue'
import {
  ApiError, ConversationLog, EventStream, Outbox, newKey, withQuery,
  type ChatState, type LogEntry, type Message, type Receipt, type StreamStatus,
} from '@shared/index'
import { useAttachments, type Attachments } from './attachments'
import { usePerson, type Person } from './person'
import { useIdentity, type IdentityLine } from './identity/line'
import { recall, remember } from './storage'
import { VisitorSession } from './session'
import { UnsentShelf } from './unsent'
import { words } from './words'

/** What is posted, and the words that stand for it until the stored message arrives. */
export interface Draft {
  text: string
  path: string
  body: Record<string, unknown>
  file?: File
}

export type Entry = LogEntry<Draft>
type Opening = 'new' | 'loading' | 'ready' | 'failed'
interface Page {
  messages: Message[]
  state: ChatState
}

const PAGE = 50
/** Greater than any seq: "the newest". */
const NEWEST = 2 ** 31 - 1
const REGION_NAME = 'huicai.region'
const START: ChatState = { control: 'bot', position: null, staff_name: null, thinking: false, last_seq: 0 }
/** A hidden tab holds no stream; while a person is concerned it looks now and then. */
const HIDDEN_LOOK_MS = 20_000

export interface Chat {
  entries: ShallowRef<Entry[]>
  state: ShallowRef<ChatState>
  status: ShallowRef<StreamStatus>
  opening: ShallowRef<Opening>
  hasOlder: ShallowRef<boolean>
  older: ShallowRef<'idle' | 'loading' | 'failed'>
  notice: ShallowRef<string>
  region: ShallowRef<string | null>
  waiting: ComputedRef<boolean>
  feedback: ShallowRef<Map<string, boolean>>
  server: string
  person: Person
  attachments: Attachments
  identity: { shown: ShallowRef<boolean>; line: IdentityLine; open(): void; close(): void }
  open(): Promise<void>
  close(): void
  reconnect(): void
  loadOlder(): Promise<void>
  say(text: string): void
  press(message: Message, index: number): void
  ask(target: { faq: string } | { item: string } | { way: string }, title: string): void
  retry(key: string): void
  discard(key: string): void
  rate(messageId: string, helpful: boolean): Promise<void>
  chooseRegion(code: string | null): Promise<void>
  onArrival(listener: (fresh: Message[]) => void): void
}

/** The token has ended, or it names a conversation that the server no longer holds. */
const isOver = (error: ApiError): boolean => error.status === 401 || error.code === 'no_such_conversation'

/** One talent's conversation with one server. */
export function useChat(server: string): Chat {
  const region = shallowRef(recall<string>(REGION_NAME))
  const session = new VisitorSession(server, () => region.value)
  const { api } = session
  let log = new ConversationLog<Draft>()
  const entries = shallowRef<Entry[]>([])
  const state = shallowRef<ChatState>(START)
  const status = shallowRef<StreamStatus>('stopped')
  const opening = shallowRef<Opening>(session.known ? 'loading' : 'new')
  const hasOlder = shallowRef(false)
  const older = shallowRef<'idle' | 'loading' | 'failed'>('idle')
  const notice = shallowRef('')
  const feedback = shallowRef(new Map<string, boolean>())
  const waiting = computed(() => ['queued', 'offered', 'human', 'on_hold'].includes(state.value.control))
  const shelf = new UnsentShelf<Draft>(server)
  let arrival: (fresh: Message[]) => void = () => undefined
  let filling = false
  /** Up to here the messages were an earlier person's. */
  let hidden: number | null = null
  let lookTimer = 0

  const outbox = new Outbox<Draft>({
    log: () => log,
    post: (key, draft) => authorised(() => api.post<Receipt>(draft.path, { client_msg_id: key, ...draft.body })),
    changed: show,
    keep: (key, unsent) => shelf.keep(session.conversation, key, unsent),
    words: { waiting: words.sendsLater, failed: words.failed, left: words.leftUnsent },
  })
  const person = usePerson({ api, authorised, send, state, notice })
  const mine = shallowRef(false)
  const identity = {
    shown: mine,
    line: useIdentity({ api, server, headers: () => session.headers(), authorised }),
    open: () => void (mine.value = true),
    close: () => void (mine.value = false),
  }
  const attachments = useAttachments({
    server, headers: () => session.headers(), log: () => log, authorised, changed: show, notice,
  })

  const stream = new EventStream({
    url: () => server + withQuery('/api/web/events', { after: log.covered }),
    pollUrl: () => server + withQuery('/api/web/events', { after: log.covered, mode: 'poll' }),
    headers: () => session.headers(),
    credentials: 'omit',
    onEvent: (name, data) => {
      if (name === 'message') take([data as Message])
      else if (name === 'state') showState(data as ChatState)
    },
    onPoll: (answer) => {
      const page = answer as Page
      take(page.messages)
      showState(page.state)
    },
    onStatus: (value) => {
      status.value = value
      if (value === 'open') {
        outbox.wake()
        attachments.wake()
      }
      lookWhileHidden()
    },
    onUnauthorized: () => startOver().then(() => true),
  })

  function show(): void {
    entries.value = log.entries()
  }

  function take(messages: Message[]): void {
    const fresh = log.receive(messages)
    if (!fresh.length) return
    show()
    arrival(fresh)
    void fill(0)
  }

  function showState(value: ChatState): void {
    state.value = value
    const now = value.hidden_seq ?? 0
    if (hidden !== null && now > hidden) void clear()
    hidden = now
    void fill(value.last_seq)
  }

  /** The chat is no longer that person's: what was said before is taken off the screen too. */
  async function clear(): Promise<void> {
    log = new ConversationLog<Draft>()
    hasOlder.value = false
    show()
    try {
      await loadNewest()
    } catch {
      // The next event fills the hole.
    }
  }

  /** Fetches what a hole in the numbers may hide. It stays a hole when those are internal notes. */
  async function fill(lastSeq: number): Promise<void> {
    const gap = log.gap(lastSeq)
    if (!gap || filling) return
    filling = true
    const current = log
    try {
      let before = gap.before
      for (;;) {
        const page = await api.get<Page>('/api/web/history', { before, limit: PAGE })
        if (current !== log) return
        const fresh = log.receive(page.messages)
        if (fresh.length) arrival(fresh)
        const first = page.messages[0]
        if (!first || page.messages.length < PAGE || first.seq <= gap.after + 1) break
        before = first.seq
      }
      log.cover(gap.before - 1)
      show()
    } catch {
      // The next event or reconnection finds the same gap again.
    } finally {
      filling = false
    }
  }

  async function loadNewest(): Promise<void> {
    const page = await api.get<Page>('/api/web/history', { before: NEWEST, limit: PAGE })
    log.receive(page.messages)
    const last = page.messages[page.messages.length - 1]
    if (last) log.cover(last.seq)
    hasOlder.value = page.messages.length >= PAGE
    show()
    showState(page.state)
  }

  /** Somebody who waits for a person and looks elsewhere learns from the title that one has come. */
  function lookWhileHidden(): void {
    window.clearTimeout(lookTimer)
    if (status.value !== 'paused' || !waiting.value) return
    lookTimer = window.setTimeout(async () => {
      try {
        const page = await api.get<Page>('/api/web/history', { before: NEWEST, limit: 1 })
        if (status.value === 'paused') showState(page.state)
      } catch {
        // The stream catches up when the tab is shown.
      }
      lookWhileHidden()
    }, HIDDEN_LOOK_MS)
  }

  /** The token was refused: another conversation begins; what is on its way moves along. */
  async function startOver(): Promise<void> {
    if (await session.renew()) return
    stream.stop() // It may still be open to the old conversation.
    const unsent = log.entries().filter((entry) => entry.draft && entry.seq === null)
    log = new ConversationLog<Draft>()
    for (const entry of unsent) log.add(entry.key, entry.draft!)
    for (const entry of unsent) {
      if (entry.delivery === 'failed') log.fail(entry.key, entry.error!)
      else if (entry.delivery === 'waiting') log.wait(entry.key, entry.error!)
    }
    state.value = START
    hasOlder.value = false
    hidden = null
    notice.value = words.renewed
    try {
      await loadNewest()
    } finally {
      stream.start()
    }
  }

  async function authorised<T>(call: () => Promise<T>): Promise<T> {
    await session.ensure()
    let answer: T
    try {
      answer = await call()
    } catch (error) {
      if (!(error instanceof ApiError) || !isOver(error)) throw error
      await startOver()
      answer = await call()
    }
    // Whatever came through first, the conversation is there from now on.
    opening.value = 'ready'
    stream.start()
    return answer
  }

  function send(draft: Draft): void {
    notice.value = ''
    outbox.add(newKey(), draft)
  }

  async function open(): Promise<void> {
    if (!session.known) {
      outbox.restore(shelf.take(null))
      return
    }
    opening.value = 'loading'
    try {
      await authorised(loadNewest)
      outbox.restore(shelf.take(session.conversation))
    } catch {
      opening.value = 'failed'
    }
  }

  const stopListening = session.onBegun(() => void open())

  return {
    entries, state, status, opening, hasOlder, older, notice, region, feedback, server, person, attachments, identity, open, waiting,
    close: () => {
      stopListening()
      window.clearTimeout(lookTimer)
      stream.stop()
    },
    reconnect: () => {
      stream.retryNow()
      outbox.wake()
      attachments.wake()
    },
    async loadOlder() {
      if (older.value === 'loading' || log.oldest === null) return
      older.value = 'loading'
      try {
        const page = await api.get<Page>('/api/web/history', { before: log.oldest, limit: PAGE })
        log.receive(page.messages)
        hasOlder.value = page.messages.length >= PAGE
        older.value = 'idle'
        show()
      } catch {
        older.value = 'failed'
      }
    },
    say: (text) => send({ text, path: '/api/web/messages', body: { text } }),
    press: (message, index) => send({
      text: message.content.buttons[index]!.title,
      path: '/api/web/messages',
      body: { button: { message_id: message.id, index } },
    }),
    ask: (target, title) => send({ text: title, path: '/api/web/ask-menu', body: target }),
    retry(key) {
      if (log.get(key)?.draft?.file) attachments.retry(key)
      else outbox.retry(key)
    },
    discard(key) {
      if (log.get(key)?.draft?.file) attachments.discard(key)
      else outbox.discard(key)
    },
    async rate(messageId, helpful) {
      await authorised(() => api.post('/api/web/feedback', { message_id: messageId, helpful }))
      feedback.value.set(messageId, helpful)
      triggerRef(feedback)
    },
    async chooseRegion(code) {
      const before = region.value
      region.value = code
      remember(REGION_NAME, code)
      if (!session.known) return
      try {
        await authorised(() => api.put('/api/web/region', { region: code }))
      } catch {
        region.value = before
        remember(REGION_NAME, before)
        notice.value = words.regionFailed
      }
    },
    onArrival: (listener) => (arrival = listener),
  }
}
