import { SseParser, type SseEvent } from './sse'

/**
 * connecting: first attempt · open · unstable: lost, trying again · lost: several tries failed or the device is offline
 * · paused: the tab is hidden · stopped.
 */
export type StreamStatus = 'connecting' | 'open' | 'unstable' | 'lost' | 'paused' | 'stopped'

/** The browser parts used, so that a test can stand in for them. */
export interface StreamWorld {
  fetch: typeof fetch
  setTimeout: (run: () => void, ms: number) => unknown
  clearTimeout: (timer: unknown) => void
  random: () => number
  now: () => number
  /** Calls back when the tab is shown or hidden, the network returns or goes, the page is restored or focused. */
  onWake: (listener: (what: Wake) => void) => () => void
  hidden: () => boolean
  offline: () => boolean
}

export type Wake = 'shown' | 'hidden' | 'online' | 'offline'

export interface EventStreamOptions {
  /** Address of the stream; asked at each attempt, so it carries the newest `after`. */
  url: () => string
  /** Address of the long poll; without it there is no fall-back. */
  pollUrl?: () => string
  headers?: () => Record<string, string>
  credentials?: RequestCredentials
  /** One event of the stream; `data` is parsed JSON. `rotate` is handled inside. */
  onEvent: (name: string, data: unknown) => void
  /** The answer of a long poll. */
  onPoll?: (answer: unknown) => void
  onStatus?: (status: StreamStatus) => void
  /** 401: true when a new token was obtained and the stream may go on. */
  onUnauthorized?: () => Promise<boolean>
  world?: StreamWorld
}

/** The server's heartbeat comes every 15 s; two missed ones mean a dead line. */
export const SILENCE_MS = 35_000
/** The server speaks at once when a stream opens; a proxy that buffers does not let it through. */
export const FIRST_BYTE_MS = 10_000
/** A long poll answers within 25 s. */
export const POLL_TIMEOUT_MS = 40_000
/** A poll that has not failed by then is taken for a working connection. */
export const POLL_SETTLED_MS = 2_000
export const BACKOFF_FIRST_MS = 1_000
export const BACKOFF_MAX_MS = 30_000
const STREAMS_BEFORE_POLL = 2
const FAILURES_UNTIL_LOST = 4
/** Heartbeats are 15 s apart: after a longer silence a returning tab does not trust its line. */
const STALE_MS = 20_000
/** A restart of the server also breaks streams, so after the first poll that works they get another chance, later a rare one. */
const POLLS_BEFORE_TRIAL = { first: 1, later: 12 }

class HttpStatus extends Error {
  constructor(readonly status: number) {
    super(`status ${status}`)
  }
}

export function browserWorld(): StreamWorld {
  return {
    fetch: (input, init) => fetch(input, init),
    setTimeout: (run, ms) => setTimeout(run, ms),
    clearTimeout: (timer) => clearTimeout(timer as number),
    random: Math.random,
    now: () => Date.now(),
    hidden: () => document.visibilityState === 'hidden',
    offline: () => globalThis.navigator?.onLine === false,
    onWake: (listener) => {
      const seen = (): void => listener(document.visibilityState === 'hidden' ? 'hidden' : 'shown')
      const shown = (): void => listener('shown')
      const online = (): void => listener('online')
      const offline = (): void => listener('offline')
      document.addEventListener('visibilitychange', seen)
      document.addEventListener('resume', seen) // a page the browser had frozen
      const events: [string, () => void][] = [
        ['pageshow', shown], ['focus', shown], ['online', online], ['offline', offline]]
      for (const [name, run] of events) window.addEventListener(name, run)
      return () => {
        document.removeEventListener('visibilitychange', seen)
        document.removeEventListener('resume', seen)
        for (const [name, run] of events) window.removeEventListener(name, run)
      }
    },
  }
}

/** Server-sent events over fetch (a header can carry the token), falling back to long polls. */
export class EventStream {
  status: StreamStatus = 'stopped'
  private readonly world: StreamWorld
  private abort: AbortController | null = null
  private retryTimer: unknown = null
  private watchTimer: unknown = null
  private failures = 0
  private streamFailures = 0
  private polling = false
  private pollsLeft = 0
  private pollsNext = POLLS_BEFORE_TRIAL.first
  private heardAt = 0
  private renewed = false
  private unsubscribe: (() => void) | null = null

  constructor(private readonly options: EventStreamOptions) {
    this.world = options.world ?? browserWorld()
  }

  start(): void {
    if (this.unsubscribe) return
    this.unsubscribe = this.world.onWake((what) => this.wake(what))
    this.failures = 0
    if (this.world.hidden()) this.show('paused')
    else this.connect()
  }

  stop(): void {
    this.unsubscribe?.()
    this.unsubscribe = null
    this.drop()
    this.show('stopped')
  }

  /** At once, without waiting for the back-off; for a "retry" button. */
  retryNow(): void {
    if (!this.unsubscribe || this.status === 'open' || this.world.hidden()) return
    this.failures = 0
    this.connect()
  }

  private wake(what: Wake): void {
    if (what === 'hidden') {
      this.drop()
      this.show('paused')
    } else if (what === 'offline') {
      this.drop()
      this.show('lost')
    } else {
      if (this.world.hidden()) return
      if (what === 'online') {
        // Another network may let streams through, and an "open" line may belong to the old one.
        this.polling = false
        this.streamFailures = 0
        this.pollsNext = POLLS_BEFORE_TRIAL.first
        this.failures = 0
        this.connect()
      } else if (this.status !== 'open' || this.world.now() - this.heardAt > (this.polling ? POLL_TIMEOUT_MS : STALE_MS)) {
        this.failures = 0
        this.connect()
      }
    }
  }

  private show(status: StreamStatus): void {
    if (this.status === status) return
    this.status = status
    this.options.onStatus?.(status)
  }

  private drop(): void {
    if (this.retryTimer !== null) this.world.clearTimeout(this.retryTimer)
    this.retryTimer = null
    this.watch(0, null)
    this.abort?.abort()
    this.abort = null
  }

  /** One watchdog at a time; it runs out when the line stays silent. */
  private watch(ms: number, run: (() => void) | null): void {
    if (this.watchTimer !== null) this.world.clearTimeout(this.watchTimer)
    this.watchTimer = run ? this.world.setTimeout(run, ms) : null
  }

  private connect(): void {
    this.drop()
    if (this.status !== 'open') this.show(this.failures === 0 ? 'connecting' : this.status)
    const abort = new AbortController()
    this.abort = abort
    const run = this.polling ? this.poll(abort) : this.stream(abort)
    run.then(
      () => this.abort === abort && this.connect(),
      (error: unknown) => this.abort === abort && void this.failed(error),
    )
  }

  private async request(url: string, accept: string, abort: AbortController): Promise<Response> {
    const response = await this.world.fetch(url, {
      headers: { Accept: accept, ...(this.options.headers?.() ?? {}) },
      credentials: this.options.credentials ?? 'same-origin',
      cache: 'no-store',
      signal: abort.signal,
    })
    if (!response.ok) throw new HttpStatus(response.status)
    return response
  }

  /** Resolves when the server asks for a new connection, rejects when the line breaks. */
  private async stream(abort: AbortController): Promise<void> {
    this.watch(FIRST_BYTE_MS, () => abort.abort())
    const response = await this.request(this.options.url(), 'text/event-stream', abort)
    const reader = response.body?.getReader?.()
    if (!reader) {
      this.streamFailures = STREAMS_BEFORE_POLL
      this.pollsNext = Infinity
      throw new Error('streams are not readable here')
    }
    const decoder = new TextDecoder()
    const parser = new SseParser()
    for (;;) {
      const { done, value } = await reader.read()
      if (this.abort !== abort) return
      if (done) throw new Error('stream ended')
      this.alive()
      this.streamFailures = 0
      this.pollsNext = POLLS_BEFORE_TRIAL.first
      this.watch(SILENCE_MS, () => abort.abort())
      for (const event of parser.feed(decoder.decode(value, { stream: true }))) {
        if (event.event === 'rotate') {
          void reader.cancel().catch(() => undefined)
          return
        }
        this.deliver(event)
      }
    }
  }

  private deliver(event: SseEvent): void {
    let data: unknown
    try {
      data = event.data ? JSON.parse(event.data) : null
    } catch {
      return // One unreadable event must not end the line; the owner's gap check finds what it carried.
    }
    this.options.onEvent(event.event, data)
  }

  private async poll(abort: AbortController): Promise<void> {
    this.watch(POLL_SETTLED_MS, () => {
      this.alive()
      this.watch(POLL_TIMEOUT_MS, () => abort.abort())
    })
    const response = await this.request(this.options.pollUrl!(), 'application/json', abort)
    const answer: unknown = await response.json()
    if (this.abort !== abort) return
    this.alive()
    this.options.onPoll?.(answer)
    this.pollsLeft -= 1
    if (this.pollsLeft > 0) return
    this.polling = false
    this.streamFailures = STREAMS_BEFORE_POLL - 1
  }

  private alive(): void {
    this.failures = 0
    this.renewed = false
    this.heardAt = this.world.now()
    this.show('open')
  }

  private async failed(error: unknown): Promise<void> {
    const attempt = this.abort
    this.watch(0, null)
    // Once only: a server that refuses the new token too must not be asked in a circle.
    if (error instanceof HttpStatus && error.status === 401 && this.options.onUnauthorized && !this.renewed) {
      this.renewed = true
      const renewed = await this.options.onUnauthorized().catch(() => false)
      if (this.abort !== attempt) return
      if (renewed) return this.connect()
    }
    this.failures += 1
    if (!this.polling) {
      this.streamFailures += 1
      if (this.streamFailures >= STREAMS_BEFORE_POLL && this.options.pollUrl) {
        this.polling = true
        this.pollsLeft = this.pollsNext
        this.pollsNext = Math.max(this.pollsNext, POLLS_BEFORE_TRIAL.later)
        // The long poll is another way, not another try of the same one.
        if (this.failures <= STREAMS_BEFORE_POLL) return this.connect()
      }
    }
    this.show(this.failures >= FAILURES_UNTIL_LOST || this.world.offline() ? 'lost' : 'unstable')
    this.retryTimer = this.world.setTimeout(() => this.connect(), this.delay())
  }

  /** 1, 2, 4 … 30 s, each between half and full, so that a thousand clients do not return in the same second. */
  private delay(): number {
    const full = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (this.failures - 1))
    return full / 2 + (full / 2) * this.world.random()
  }
}
