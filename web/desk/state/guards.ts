import type { Suggestion } from '../api/types'
import type { DeskMessage } from '../api/types'

/** Decisions on what may still be said as it was meant. Pure. */

/** The talent wrote after what the writer had before their eyes. */
export function overtaken(basedOn: number | null, newestFromTalent: number): boolean {
  return basedOn !== null && newestFromTalent > basedOn
}

/** Newest word seen by the talent or said by them; notes and the service's own lines move nothing. */
export function newestWord(messages: readonly DeskMessage[]): number {
  let newest = 0
  for (const { seq, author, internal } of messages) if (!internal && author !== 'system' && seq > newest) newest = seq
  return newest
}

export function newestFromTalent(messages: readonly DeskMessage[]): number {
  let newest = 0
  for (const { seq, author } of messages) if (author === 'talent' && seq > newest) newest = seq
  return newest
}

/** Suggestions answer one moment of the chat: any later word of either side makes them stale. */
export function stillFits(suggestion: Suggestion | null, newest: number): Suggestion | null {
  return suggestion && suggestion.replies.length > 0 && suggestion.seq >= newest ? suggestion : null
}

export interface DraftMark {
  text: string
  /** What the writer had seen when this text was begun; null while there is no text. */
  basedOn: number | null
}

/** A text keeps the moment it was begun at; an emptied one begins anew. */
export function typed(before: DraftMark, text: string, newest: number): DraftMark {
  if (!text.trim()) return { text, basedOn: null }
  return { text, basedOn: before.basedOn ?? newest }
}

/** What another browser stored is taken over unless there is unsaved text here. */
export function adopt(local: DraftMark, saved: string, server: { text: string; based_on_seq: number } | null): DraftMark {
  if (local.text !== saved) return local
  return server?.text ? { text: server.text, basedOn: server.based_on_seq } : { text: '', basedOn: null }
}

const bare = (text: string): string => text.replace(/\s+/g, '')

/** Whether what is being written is what has just been said, however its lines were broken. */
export function sameWords(text: string, said: readonly string[]): boolean {
  return bare(text) !== '' && bare(text) === bare(said.join(''))
}
