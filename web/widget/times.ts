const ZONE = 'Asia/Shanghai'
const clock = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat('zh-CN', { timeZone: ZONE, year: 'numeric', month: 'long', day: 'numeric' })

const usable = (at: string): Date | null => {
  const date = new Date(at)
  return Number.isNaN(date.getTime()) ? null : date
}

export function clockTime(at: string): string {
  const date = usable(at)
  return date ? clock.format(date) : ''
}

export function dayOf(at: string): string {
  const date = usable(at)
  return date ? day.format(date) : ''
}

const moment = new Intl.DateTimeFormat('zh-CN', {
  timeZone: ZONE, month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23',
})

/** The clock for today, day and clock otherwise. */
export function momentOf(at: string | null | undefined): string {
  const date = usable(at ?? '')
  if (!date) return ''
  return day.format(date) === day.format(new Date()) ? clock.format(date) : moment.format(date)
}
