import type { Phrase } from '../api/types'

/** Canned phrases: finding and filling. Pure. */

/** The word after a "/" that opens the list: at the start of the text or of a line. */
export function asked(text: string, caret: number): string | null {
  const found = /(?:^|\n)\/([^\n/]{0,20})$/.exec(text.slice(0, caret))
  return found ? found[1]! : null
}

export function withoutAsk(text: string, caret: number): { text: string; caret: number } {
  const ask = asked(text, caret)
  if (ask === null) return { text, caret }
  const start = caret - ask.length - 1
  return { text: text.slice(0, start) + text.slice(caret), caret: start }
}

function rank(phrase: Phrase, wanted: string): number {
  if (phrase.title.toLowerCase().startsWith(wanted)) return 0
  if ((phrase.initials ?? '').toLowerCase().startsWith(wanted)) return 1
  if (phrase.title.toLowerCase().includes(wanted)) return 2
  if (phrase.text.toLowerCase().includes(wanted)) return 3
  return 4
}

/** By title, pinyin initials, then text; the often used first among equals. */
export function matching(phrases: readonly Phrase[], wanted: string): Phrase[] {
  const sought = wanted.trim().toLowerCase()
  return phrases
    .map((phrase) => ({ phrase, at: sought ? rank(phrase, sought) : 0 }))
    .filter(({ at }) => at < 4)
    .sort((a, b) => a.at - b.at || b.phrase.uses - a.phrase.uses)
    .map(({ phrase }) => phrase)
}

/** Known variables are filled; one without a value stays, so that nobody sends it unread. */
export function filled(text: string, values: Record<string, string>): string {
  return text.replace(/\{([^{}\n]{1,12})\}/g, (all, name: string) => values[name] ?? all)
}

/** Variables that nobody filled, e.g. ["受理编号"]. */
export function unfilled(text: string): string[] {
  return [...text.matchAll(/\{([\u4e00-\u9fff]{1,12})\}/g)].map((found) => found[1]!)
}
