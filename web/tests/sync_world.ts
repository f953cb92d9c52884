import { mock } from 'node:test'
import { content, type ChatState, type Message } from '../shared/index'
import { settle } from './fake_world'

/** ok · offline: refused at once · stalled: nothing comes, as on a dead line or a frozen page · lossy: stored, the answer is lost. */
export type Line = 'ok' | 'offline' | 'stalled' | 'lossy'

interface Stream {
  client: string
  position: number
  feed: ReadableStreamDefaultController<Uint8Array>
  /** A line that once stalled stays dead, however the network is later. */
  dead: boolean
  shown: string
}

interface Stored extends Message {
  visible: boolean
}

/** One conversation on a server, and the lines of several browsers to it. Time stands still between `pass`es. */
export class SyncWorld {
  readonly lines = new Map<string, Line>()
  readonly log: Stored[] = []
  state: ChatState = {
    control: 'bot', position: null, expected_wait_s: null, staff_name: null, thinking: false, last_seq: 0,
    seen_by_staff: 0, seen_by_talent: 0, typing: false,
  }
  private streams: Stream[] = []
  private storage = new Map<string, string>()

  constructor(clients: string[]) {
    mock.timers.reset() // whatever an earlier, failed test left
    mock.timers.enable({ apis: ['setTimeout', 'Date'], now: 1_800_000_000_000 })
    for (const client of clients) {
      this.lines.set(client, 'ok')
      const visitor = { token: 't', conversation_id: 'c', expires_at: new Date(Date.now() + 86_400_000).toISOString() }
      this.storage.set(`huicai.visitor ${client}`, JSON.stringify(visitor))
    }
    const quiet = { addEventListener: () => undefined, removeEventListener: () => undefined }
    const localStorage = {
      getItem: (name: string) => this.storage.get(name) ?? null,
      setItem: (name: string, value: string) => void this.storage.set(name, value),
      removeItem: (name: string) => void this.storage.delete(name),
      key: (at: number) => [...this.storage.keys()][at] ?? null,
      get length() {
        return 0 // each page of this test remembers only what it wrote itself
      },
    }
    Object.assign(globalThis, {
      window: { ...quiet, localStorage, setTimeout: (run: () => void, ms: number) => setTimeout(run, ms), clearTimeout },
      document: { ...quiet, visibilityState: 'visible' },
      location: { origin: '' },
      fetch: (url: string, init: RequestInit) => this.fetch(url, init),
    })
  }

  end(): void {
    mock.timers.reset()
    for (const name of ['window', 'document', 'location']) delete (globalThis as Record<string, unknown>)[name]
  }

  cut(client: string, line: Line): void {
    this.lines.set(client, line)
    for (const stream of this.streams.filter((one) => one.client === client)) {
      if (line === 'stalled') stream.dead = true
      if (line === 'offline') this.close(stream)
    }
  }

  append(author: Message['author'], text: string, { key = null as string | null, visible = true } = {}): Stored {
    const shown = this.log.filter((message) => message.visible)
    const message: Stored = {
      id: `m${this.log.length + 1}`, seq: this.log.length + 1, prev: shown[shown.length - 1]?.seq ?? 0, author,
      author_name: author === 'staff' ? '林晓' : null, internal: !visible, at: '2026-11-21T13:05:00Z',
      content: content({ paragraphs: [text] }), key, band: null, visible,
    }
    this.log.push(message)
    if (visible) this.state = { ...this.state, last_seq: message.seq }
    this.push()
    return message
  }

  change(part: Partial<ChatState>): void {
    this.state = { ...this.state, ...part }
    this.push()
  }

  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      mock.timers.tick(1000)
      if (second % 10 === 9) this.beat()
      await settle()
    }
  }

  private beat(): void {
    for (const stream of this.streams) if (!stream.dead) this.write(stream, ': still here\n\n')
  }

  private push(): void {
    for (const stream of this.streams) this.flush(stream)
  }

  private flush(stream: Stream): void {
    if (stream.dead) return
    for (const message of this.log.slice(stream.position)) {
      stream.position = message.seq
      if (message.visible) this.write(stream, `id: ${message.seq}\nevent: message\ndata: ${JSON.stringify(message)}\n\n`)
    }
    const state = JSON.stringify(this.state)
    if (state !== stream.shown) this.write(stream, `event: state\ndata: ${state}\n\n`)
    stream.shown = state
  }

  private write(stream: Stream, text: string): void {
    try {
      stream.feed.enqueue(new TextEncoder().encode(text))
    } catch {
      stream.dead = true // its reader has gone
    }
  }

  private close(stream: Stream): void {
    this.streams = this.streams.filter((one) => one !== stream)
    try {
      stream.feed.error(new Error('network'))
    } catch {
      // Closed by its reader before.
    }
  }

  private async fetch(address: string, init: RequestInit): Promise<Response> {
    const url = new URL(address)
    const line = this.lines.get(url.origin)!
    if (line === 'offline') throw new TypeError('network')
    if (line === 'stalled') return never(init.signal)
    const response = this.answer(url, init)
    if (line === 'lossy' && init.method === 'POST') throw new TypeError('network')
    return response
  }

  private answer(url: URL, init: RequestInit): Response {
    const visible = this.log.filter((message) => message.visible)
    if (url.pathname === '/api/web/history') {
      const before = Number(url.searchParams.get('before'))
      const limit = Number(url.searchParams.get('limit'))
      return json({ messages: visible.filter((message) => message.seq < before).slice(-limit), state: this.state })
    }
    if (url.pathname === '/api/web/events') {
      const after = Number(url.searchParams.get('after'))
      if (url.searchParams.get('mode') === 'poll') {
        return json({ messages: visible.filter((message) => message.seq > after), state: this.state })
      }
      return this.stream(url.origin, after, init.signal!)
    }
    const body = JSON.parse(String(init.body ?? '{}')) as { client_msg_id?: string; text?: string; seq?: number }
    if (url.pathname === '/api/web/messages') {
      const known = this.log.find((message) => message.key === body.client_msg_id)
      const message = known ?? this.append('talent', body.text!, { key: body.client_msg_id! })
      return json({ id: message.id, seq: message.seq, duplicate: Boolean(known) })
    }
    return new Response(null, { status: 204 })
  }

  private stream(client: string, after: number, signal: AbortSignal): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (feed) => {
        const stream: Stream = { client, position: after, feed, dead: false, shown: '' }
        this.streams.push(stream)
        signal.addEventListener('abort', () => this.close(stream))
        this.write(stream, ': open\n\n')
        this.flush(stream)
      },
    })
    return new Response(body)
  }
}

const json = (body: unknown): Response => new Response(JSON.stringify(body), { status: 200 })

function never(signal: AbortSignal | null | undefined): Promise<Response> {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new Error('aborted'))))
}
