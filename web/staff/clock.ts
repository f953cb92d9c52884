import { onScopeDispose, ref, type Ref } from 'vue'

const zone = 'Asia/Shanghai'
const dayOf = new Intl.DateTimeFormat('zh-CN', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
const hourOf = new Intl.DateTimeFormat('zh-CN', { timeZone: zone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const shortDayOf = new Intl.DateTimeFormat('zh-CN', { timeZone: zone, month: 'numeric', day: 'numeric' })

/** The current time in milliseconds, moving on every second while the caller lives. */
export function useNow(): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), 1000)
  onScopeDispose(() => clearInterval(timer))
  return now
}

export function waited(since: string, now: number): string {
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000))
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor((seconds % 3600) / 60)
  if (hours >= 24) return `${Math.floor(hours / 24)} 天`
  if (hours) return `${hours} 小时 ${minutes} 分`
  return minutes ? `${minutes} 分 ${String(seconds % 60).padStart(2, '0')} 秒` : `${seconds} 秒`
}

export function moment(at: string, now = Date.now()): string {
  const then = new Date(at)
  const hour = hourOf.format(then)
  return dayOf.format(then) === dayOf.format(now) ? hour : `${shortDayOf.format(then)} ${hour}`
}

export function fullMoment(at: string): string {
  return `${dayOf.format(new Date(at))} ${hourOf.format(new Date(at))}`
}

/** The day in Shanghai. */
export const day = (at: string): string => dayOf.format(new Date(at))

/** The last whole day before a midnight. */
export const lastDay = (until: string): string => dayOf.format(Date.parse(until) - 1000)

/** A term as people say it: the midnight that ends a day belongs to that day. */
export function until(at: string): string {
  return hourOf.format(new Date(at)) === '00:00' ? `${lastDay(at)} 24:00` : fullMoment(at)
}

export function today(): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(Date.now())
}
