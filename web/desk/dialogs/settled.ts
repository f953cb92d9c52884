/** What the assistant should take as known after a chat comes back. Pure. */

export interface Settled {
  slot: string
  name: string
  value: string
}

const NAMES: Record<string, string> = { region: '地区', tier: '人才层次' }

/** The slots that mean something to a person, prefilled with what is known. */
export function settledRows(slots: Record<string, unknown>, region: string | null): Settled[] {
  return Object.entries(NAMES).map(([slot, name]) => {
    const known = slots[slot] ?? (slot === 'region' ? region : null)
    return { slot, name, value: typeof known === 'string' ? known : '' }
  })
}
