import { applies, type Fault, type Item, type Step } from '../types'

/** One person of a joint application, as the page holds it. */
export interface Entry {
  id: number
  values: Record<string, string>
  talent: { id: string; name: string } | null
  faults: Fault[]
  /** From the uploaded list. */
  listed?: boolean
}

export const MOST = 100

export const stepsOf = (item: Item): Step[] => [...item.questions, ...item.fields]
export const shownSteps = (item: Item, values: Record<string, string>): Step[] => stepsOf(item).filter((step) => applies(step, values))

/** Whom the row is about, as far as it is filled in. */
export function nameOf(item: Item, entry: Entry): string {
  const field = item.fields.find((one) => one.kind === 'name')
  return (field && entry.values[field.key]) || entry.talent?.name || ''
}

/** A list uploaded anew, mostly one that was put right, takes the place of the one before it. */
export const withSheet = (entries: Entry[], listed: Entry[]): Entry[] => [...entries.filter((entry) => !entry.listed), ...listed]

/** What is sent: only what applies and is written. */
export function bodyOf(item: Item, entry: Entry): { values: Record<string, string>; talent_id: string | null } {
  const values: Record<string, string> = {}
  for (const step of stepsOf(item)) {
    const text = (entry.values[step.key] ?? '').trim()
    if (text && applies(step, entry.values)) values[step.key] = text
  }
  return { values, talent_id: entry.talent?.id ?? null }
}

/** Options by their names, as a workbook has them, become the values of the form. */
export function fromSheet(item: Item, given: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(given).map(([key, text]) => {
    const options = stepsOf(item).find((step) => step.key === key)?.options ?? []
    return [key, options.find((one) => one.title === text || one.value === text)?.value ?? text]
  }))
}
