import { ApiError, newKey } from '@shared/index'
import type { DeskMessage, Kind } from '../api/types'

/**
 * Words on their way to the server, of all chats. Each keeps its key until the server has answered, so a repeat is
 * known there and nothing doubles; words of one chat go one after the other, so that their order stays.
 */

export interface Outgoing {
  key: string
  chat: string
  kind: Kind | 'file'
  text: string
  basedOn: number
  faq: string | null
  force: boolean
  state: 'waiting' | 'sending' | 'failed' | 'overtaken'
  error: string | null
  since: number
  file?: File
}

export interface OutboxWorld {
  deliver: (item: Outgoing) => Promise<DeskMessage>
  stored: (item: Outgoing, message: DeskMessage) => void
  changed: () => void
  setTimeout: (run: () => void, ms: number) => unknown
  clearTimeout: (timer: unknown) => void
  now: () => number
  save: (text: string | null) => void
}

/** A longer cut is told and left to the person: what was meant may no longer fit. */
export const GIVE_UP_MS = 120_000
export const RETRY_MS = [1_000, 2_000, 4_000, 8_000] as const
export const GAVE_UP = '网络一直没有恢复，已停止自动重发。'

export class Outbox {
  items: Outgoing[] = []
  private readonly timers = new Map<string, unknown>()
  private readonly tries = new Map<string, number>()

  constructor(private readonly world: OutboxWorld) {}

  of(chat: string): Outgoing[] {
    return this.items.filter((item) => item.chat === chat)
  }

  add(what: Pick<Outgoing, 'chat' | 'kind' | 'text' | 'basedOn'> & { faq?: string | null; force?: boolean; file?: File }): string {
    const key = newKey()
    const item: Outgoing = { faq: null, force: false, ...what, key, state: 'waiting', error: null, since: this.world.now() }
    this.items = [...this.items, item]
    this.told()
    this.run(what.chat)
    return key
  }

  /** Sends a failed one again under its own key; `force` although the talent has written since. */
  retry(key: string, force = false): void {
    const item = this.items.find((one) => one.key === key)
    if (!item || (item.state !== 'failed' && item.state !== 'overtaken')) return
    this.change(key, { state: 'waiting', error: null, force: item.force || force, since: this.world.now() })
    this.run(item.chat)
  }

  /** Takes back what was not sent; null for words on their way, which may already have arrived. */
  discard(key: string): Outgoing | null {
    const item = this.items.find((one) => one.key === key && (one.state === 'failed' || one.state === 'overtaken'))
    if (!item) return null
    this.remove(key)
    return item
  }

  /** The stored message came by another way. */
  settle(keys: ReadonlySet<string>): void {
    for (const { key, chat } of this.items) {
      if (!keys.has(key)) continue
      this.remove(key)
      this.run(chat)
    }
  }

  /** The network, the tab or the log-in is back: no waiting for the next try. */
  wake(): void {
    const chats = new Set(this.items.map((item) => item.chat))
    for (const chat of chats) {
      this.world.clearTimeout(this.timers.get(chat))
      this.timers.delete(chat)
      this.run(chat)
    }
  }

  clear(): void {
    for (const timer of this.timers.values()) this.world.clearTimeout(timer)
    this.timers.clear()
    this.items = []
    this.told()
  }

  restore(text: string | null): void {
    if (!text) return
    try {
      const kept = JSON.parse(text) as Outgoing[]
      this.items = kept.map((item) => (item.state === 'sending' ? { ...item, state: 'waiting' } : item))
      this.wake()
      this.world.changed()
    } catch {
      this.world.save(null)
    }
  }

  private run(chat: string): void {
    if (this.timers.has(chat)) return
    const queue = this.of(chat)
    if (queue.some((item) => item.state === 'sending')) return
    const next = queue.find((item) => item.state === 'waiting')
    if (!next) return
    this.change(next.key, { state: 'sending' })
    this.world.deliver(next).then(
      (message) => this.arrived(next, message),
      (failed: unknown) => this.refused(next, failed),
    )
  }

  private arrived(item: Outgoing, message: DeskMessage): void {
    this.world.stored(item, message)
    this.remove(item.key)
    this.run(item.chat)
  }

  private refused(item: Outgoing, failed: unknown): void {
    if (!this.items.some((one) => one.key === item.key)) return this.run(item.chat)
    const error = failed instanceof ApiError ? failed : new ApiError('unknown', '没有发出，请重试。', 400)
    // Signed out: kept until the person is back, see `wake`.
    if (error.status === 401) return this.change(item.key, { state: 'waiting', error: error.message })
    if (error.retryable && this.world.now() - item.since < GIVE_UP_MS) {
      const tries = this.tries.get(item.key) ?? 0
      this.tries.set(item.key, tries + 1)
      this.change(item.key, { state: 'waiting', error: error.message })
      const pause = RETRY_MS[Math.min(tries, RETRY_MS.length - 1)]!
      this.timers.set(item.chat, this.world.setTimeout(() => {
        this.timers.delete(item.chat)
        this.run(item.chat)
      }, pause))
      return
    }
    const why = error.retryable ? GAVE_UP : error.message
    this.change(item.key, { state: error.code === 'overtaken' ? 'overtaken' : 'failed', error: why })
    this.run(item.chat)
  }

  private change(key: string, part: Partial<Outgoing>): void {
    this.items = this.items.map((item) => (item.key === key ? { ...item, ...part } : item))
    this.told()
  }

  private remove(key: string): void {
    this.tries.delete(key)
    this.items = this.items.filter((item) => item.key !== key)
    this.told()
  }

  /** Files are too large to keep over a reload; the page warns before it is left with one on its way. */
  private told(): void {
    const kept = this.items.filter((item) => item.kind !== 'file')
    this.world.save(kept.length ? JSON.stringify(kept) : null)
    this.world.changed()
  }
}
