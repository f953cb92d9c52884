/** Times in a form are Beijing's, whatever the computer's zone; China keeps no summer time. */

const EAST_MS = 8 * 3_600_000

export function toField(at: Date): string {
  return new Date(at.getTime() + EAST_MS).toISOString().slice(0, 16)
}

export function fromField(text: string): Date | null {
  const at = Date.parse(`${text}:00+08:00`)
  return Number.isNaN(at) ? null : new Date(at)
}
