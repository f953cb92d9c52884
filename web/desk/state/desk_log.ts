import { ConversationLog } from '@shared/index'
import type { Chat, ChatDetail, DeskMessage, DeskState, Episode, Packet, Profile, Sent } from '../api/types'

/** One chat as the desk knows it, from a load and the stream after it. No Vue, no network. */
export class DeskLog {
  chat: Chat | null = null
  packet: Packet | null = null
  profile: Profile | null = null
  episodes: Episode[] = []
  state: DeskState | null = null
  /** What was said before this seq can still be fetched; null when all of it is here. */
  older: number | null = null
  private log = new ConversationLog<never>()
  private readonly sent = new Map<number, Sent>()

  get covered(): number {
    return this.log.covered
  }

  get messages(): DeskMessage[] {
    return this.log.entries().map((entry) => {
      const message = entry.message as DeskMessage
      return this.sent.has(message.seq) ? { ...message, delivery: this.sent.get(message.seq)! } : message
    })
  }

  load(detail: ChatDetail): void {
    // An answer asked for earlier may arrive later; it must not turn the chat back.
    if (!this.chat || (detail.chat.version ?? 0) >= (this.chat.version ?? 0)) this.chat = detail.chat
    this.packet = detail.packet
    this.profile = detail.profile ?? null
    this.episodes = detail.episodes ?? []
    // Starts at the first message served; a log that ends before it has a hole nobody will fill, so it begins anew.
    const before = (detail.messages[0]?.seq ?? 1) - 1
    if (before > this.log.covered) this.log = new ConversationLog<never>(before)
    if (before > 0 && (this.log.oldest ?? Infinity) > before) this.older = before + 1
    this.take(detail.messages)
    this.log.cover(detail.messages.at(-1)?.seq ?? 0)
  }

  /** Messages from before the oldest one here; none means that this is the beginning. */
  prepend(messages: readonly DeskMessage[]): void {
    this.take(messages)
    const first = messages[0]?.seq ?? 1
    this.older = first > 1 ? first : null
  }

  /** Takes messages in any order; true when something is missing in between. */
  take(messages: readonly DeskMessage[]): boolean {
    for (const { seq, delivery } of messages) if (delivery) this.sent.set(seq, delivery)
    this.log.receive(messages)
    return this.log.gap() !== null
  }

  /** An event of the stream; true when the chat must be read again. */
  hear(name: string, data: unknown): boolean {
    if (name === 'message') return this.take([data as DeskMessage])
    if (name === 'delivery') {
      const { seq, delivery } = data as { seq: number; delivery: Sent }
      this.sent.set(seq, delivery)
      return false
    }
    if (name !== 'state') return false
    const state = data as DeskState
    this.state = state
    if (!this.chat) return true
    const moved = state.control !== this.chat.control || (state.version ?? this.chat.version) !== this.chat.version
    return moved || this.log.gap(state.last_seq) !== null
  }
}
