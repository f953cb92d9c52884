import type { Share } from './types'

export function span(seconds: number | null): string {
  if (seconds === null) return '—'
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} 秒`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return whole % 60 ? `${minutes} 分 ${whole % 60} 秒` : `${minutes} 分`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 ? `${hours} 小时 ${minutes % 60} 分` : `${hours} 小时`
}

export const percent = ({ kept, of }: Share): string => (of ? `${((100 * kept) / of).toFixed(1)}%` : '—')
export const number = (value: number | null): string => (value === null ? '—' : String(value))

const DAY_MS = 86_400_000

export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10)
}

/** What people type between commas, pauses or line breaks, each once. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.split(/[,，、;；\n]/).map((word) => word.trim()).filter(Boolean))]
}
