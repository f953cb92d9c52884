import { ApiError } from './api'
import type { ConversationLog } from './conversation_log'

/** An unsent message as it is kept over a reload. */
export interface Unsent<Draft> {
  key: string
  draft: Draft
  /** When it was written, ms. */
  at: number
  /** Why it was refused for good; null while it may still go out by itself. */
  error: string | null
}

export interface OutboxOptions<Draft> {
  /** Asked each time: the owner may begin another conversation. */
  log: () => ConversationLog<Draft>
  post: (key: string, draft: Draft) => Promise<{ seq: number }>
  changed: () => void
  /** Keep it for the next page of this browser; null: no longer needed. */
  keep?: (key: string, unsent: Unsent<Draft> | null) => void
  words: { waiting: string; failed: string; left: string }
  now?: () => number
  setTimeout?: (run: () => void, ms: number) => unknown
  clearTimeout?: (timer: unknown) => void
  random?: () => number
}

/** What lay longer than this is not sent without asking: it may no longer be meant. */
export const SEND_UNASKED_MS = 30 * 60_000
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/**
 * Own messages on their way: one after another in the order of writing, each under one key however often it is
 * tried, so that the server knows a repeat. Without a connection they wait and go out by themselves.
 */
export class Outbox<Draft> {
  private queue: string[] = []
  private readonly written = new Map<string, number>()
  private running = false
  private tries = 0
  private timer: unknown = null

  constructor(private readonly options: OutboxOptions<Draft>) {}

  add(key: string, draft: Draft): void {
    this.options.log().add(key, draft)
    this.written.set(key, this.now())
    this.remember(key, null)
    this.enqueue(key)
  }

  /** What an earlier page of this browser left unsent. */
  restore(rows: readonly Unsent<Draft>[]): void {
    const log = this.options.log()
    for (const row of [...rows].sort((a, b) => a.at - b.at)) {
      if (this.written.has(row.key)) continue
      this.written.set(row.key, row.at)
      log.add(row.key, row.draft)
      const old = this.now() - row.at > SEND_UNASKED_MS
      if (row.error !== null || old) log.fail(row.key, row.error ?? this.options.words.left)
      else this.queue.push(row.key)
    }
    this.options.changed()
    void this.run()
  }

  retry(key: string): void {
    if (!this.options.log().retry(key)) return
    this.remember(key, null)
    this.enqueue(key)
  }

  discard(key: string): void {
    this.options.log().discard(key)
    this.forget(key)
    this.options.changed()
  }

  /** The connection may be back: try at once. */
  wake(): void {
    this.tries = 0
    void this.run()
  }

  get empty(): boolean {
    return this.queue.length === 0
  }

  private enqueue(key: string): void {
    this.queue.push(key)
    this.options.changed()
    // Behind others that wait, it waits as well, and says so.
    if (this.timer !== null) {
      this.options.log().wait(key, this.options.words.waiting)
      this.options.changed()
      return
    }
    void this.run()
  }

  private async run(): Promise<void> {
    if (this.running) return
    this.stopTimer()
    this.running = true
    try {
      for (let key = this.queue[0]; key !== undefined; key = this.queue[0]) {
        if (!(await this.send(key))) return this.later()
        this.queue.shift()
        this.tries = 0
      }
    } finally {
      this.running = false
    }
  }

  /** False: try again later, under the same key, because it may have arrived. */
  private async send(key: string): Promise<boolean> {
    const entry = this.options.log().get(key)
    if (!entry?.draft || entry.message) {
      this.forget(key)
      return true
    }
    this.options.log().resume(key)
    this.options.changed()
    try {
      const receipt = await this.options.post(key, entry.draft)
      this.options.log().acknowledge(key, receipt.seq)
      this.forget(key)
    } catch (error) {
      if (error instanceof ApiError && error.retryable) {
        for (const waiting of this.queue) this.options.log().wait(waiting, this.options.words.waiting)
        this.options.changed()
        return false
      }
      const why = error instanceof ApiError ? error.message : this.options.words.failed
      this.options.log().fail(key, why)
      this.remember(key, why)
    }
    this.options.changed()
    return true
  }

  private later(): void {
    const full = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries)
    this.tries += 1
    const wait = full / 2 + (full / 2) * (this.options.random ?? Math.random)()
    this.stopTimer()
    this.timer = (this.options.setTimeout ?? setTimeout)(() => void this.run(), wait)
  }

  private stopTimer(): void {
    if (this.timer === null) return
    ;(this.options.clearTimeout ?? ((timer) => clearTimeout(timer as number)))(this.timer)
    this.timer = null
  }

  private remember(key: string, error: string | null): void {
    const draft = this.options.log().get(key)?.draft
    if (draft) this.options.keep?.(key, { key, draft, at: this.written.get(key) ?? this.now(), error })
  }

  private forget(key: string): void {
    this.written.delete(key)
    this.options.keep?.(key, null)
  }

  private now(): number {
    return (this.options.now ?? Date.now)()
  }
}
