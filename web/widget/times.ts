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
