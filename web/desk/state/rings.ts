import type { Chat } from '../api/types'

/** What rings at this desk. Pure: the clock is passed in. */

export interface Ring {
  chat: Chat
  /** A colleague hands the chat over, instead of the queue. */
  transfer: boolean
  /** Whole seconds left; null when nobody counts. */
  left: number | null
}

/** Whose the chat is or was; one that waits again still names who had it, and is nobody's. */
export function belongsTo(chat: Chat, me: string): boolean {
  return chat.staff_id === me && chat.handover_status !== 'waiting'
}

export function secondsLeft(until: string | null, now: number): number | null {
  return until === null ? null : Math.max(0, Math.ceil((Date.parse(until) - now) / 1000))
}

/** The rings for one person, the one ending first at the front; one that ran out is nobody's business any more. */
export function ringing(chats: readonly Chat[], me: string, now: number): Ring[] {
  const rings: Ring[] = []
  for (const chat of chats) {
    const offered = chat.offered_to === me
    const handed = chat.transfer !== null && (chat.transfer.to === me || (offered && chat.handover_status === 'active'))
    if ((!offered && !handed) || belongsTo(chat, me)) continue
    const left = offered ? secondsLeft(chat.offered_until, now) : null
    if (left !== 0) rings.push({ chat, transfer: handed, left })
  }
  return rings.sort((a, b) => (a.left ?? Infinity) - (b.left ?? Infinity))
}

/** A ring told ahead of the list takes its place in it. */
export function withRow(chats: readonly Chat[], row: Chat): Chat[] {
  const others = chats.filter((chat) => chat.conversation_id !== row.conversation_id)
  return [row, ...others]
}

/** The ring is over: what was only ringing here leaves the list; what one holds stays. */
export function withoutRing(chats: readonly Chat[], conversation: string, me: string): Chat[] {
  return chats.flatMap((chat) => {
    if (chat.conversation_id !== conversation) return [chat]
    return belongsTo(chat, me) ? [{ ...chat, offered_to: null, offered_until: null }] : []
  })
}
