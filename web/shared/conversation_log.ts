import type { Message } from './wire'

/** waiting: could not be sent yet and goes out by itself. */
export type Delivery = 'sending' | 'waiting' | 'sent' | 'failed'

/** A message as the reader sees it: stored (it has `message`) or still on its way. */
export interface LogEntry<Draft = string> {
  /** Stable across "on its way" → "stored", so a view may use it as list key. */
  key: string
  seq: number | null
  message: Message | null
  draft: Draft | null
  delivery: Delivery
  /** Why sending failed, for the reader. */
  error: string | null
}

/**
 * One conversation on the client: ordered by `seq` alone, each message once, own messages shown at once
 * and replaced when the stored one arrives.
 *
 * `covered` is the seq up to which nothing can be missing. Numbers may be skipped for good (internal notes
 * are not sent to talents), so each message names the one before it; what the server holds beyond the last
 * message is only a suspicion: the owner fetches the range and says `cover(seq)`.
 */
export class ConversationLog<Draft = string> {
  private readonly stored = new Map<number, LogEntry<Draft>>()
  private readonly pending = new Map<string, LogEntry<Draft>>()
  private coveredSeq = 0

  constructor(covered = 0) {
    this.coveredSeq = covered
  }

  get covered(): number {
    return this.coveredSeq
  }

  get highest(): number {
    let highest = this.coveredSeq
    for (const seq of this.stored.keys()) if (seq > highest) highest = seq
    return highest
  }

  get oldest(): number | null {
    let oldest: number | null = null
    for (const seq of this.stored.keys()) if (oldest === null || seq < oldest) oldest = seq
    return oldest
  }

  /** Stored messages by seq, then own messages on their way in order of writing. */
  entries(): LogEntry<Draft>[] {
    const bySeq = [...this.stored.values()].sort((a, b) => a.seq! - b.seq!)
    const shown = new Set(bySeq.map((entry) => entry.key))
    return [...bySeq, ...[...this.pending.values()].filter((entry) => !shown.has(entry.key))]
  }

  get(key: string): LogEntry<Draft> | undefined {
    return this.pending.get(key) ?? [...this.stored.values()].find((entry) => entry.key === key)
  }

  /** Takes messages in any order, repeated or not; tells which were new. */
  receive(messages: readonly Message[]): Message[] {
    const fresh: Message[] = []
    for (const message of messages) {
      const before = this.stored.get(message.seq)
      if (before?.message) continue
      const key = message.key ?? before?.key ?? message.id
      this.pending.delete(key)
      this.stored.set(message.seq, {
        key, seq: message.seq, message, draft: null, delivery: 'sent', error: null,
      })
      fresh.push(message)
    }
    this.cover(this.coveredSeq)
    return fresh
  }

  /** Everything up to `seq` that this reader may see has been received. */
  cover(seq: number): void {
    if (seq > this.coveredSeq) this.coveredSeq = seq
    for (const [next, entry] of [...this.stored].sort(([a], [b]) => a - b)) {
      if (next <= this.coveredSeq) continue
      if (!entry.message || entry.message.prev > this.coveredSeq) break
      this.coveredSeq = next
    }
  }

  /** The range that may be missing, or null; `lastSeq` is what the server says it holds. */
  gap(lastSeq = 0): { after: number; before: number } | null {
    let last = lastSeq
    for (const [seq, entry] of this.stored) if (entry.message && seq > last) last = seq
    return last > this.coveredSeq ? { after: this.coveredSeq, before: last + 1 } : null
  }

  add(key: string, draft: Draft): LogEntry<Draft> {
    const entry: LogEntry<Draft> = { key, seq: null, message: null, draft, delivery: 'sending', error: null }
    this.pending.set(key, entry)
    return entry
  }

  /** The server has it: it takes its place by seq even before the stored message arrives. */
  acknowledge(key: string, seq: number): void {
    const entry = this.pending.get(key)
    if (!entry) return
    this.pending.delete(key)
    if (this.stored.has(seq)) return
    this.stored.set(seq, { ...entry, seq, delivery: 'sent', error: null })
  }

  fail(key: string, error: string): void {
    const entry = this.pending.get(key)
    if (entry) this.pending.set(key, { ...entry, delivery: 'failed', error })
  }

  /** Not through yet; it is tried again without anybody's doing. */
  wait(key: string, why: string): void {
    const entry = this.pending.get(key)
    if (entry) this.pending.set(key, { ...entry, delivery: 'waiting', error: why })
  }

  /** Under way once more. */
  resume(key: string): void {
    const entry = this.pending.get(key)
    if (entry) this.pending.set(key, { ...entry, delivery: 'sending', error: null })
  }

  /** The same key again: the server knows a repeat by it. */
  retry(key: string): LogEntry<Draft> | null {
    const entry = this.pending.get(key)
    if (!entry || entry.delivery !== 'failed') return null
    const again: LogEntry<Draft> = { ...entry, delivery: 'sending', error: null }
    this.pending.set(key, again)
    return again
  }

  discard(key: string): void {
    if (this.pending.get(key)?.delivery === 'failed') this.pending.delete(key)
  }
}
