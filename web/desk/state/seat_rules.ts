import type { SeatStatus } from '../api/types'

export const SEAT_WORDS: Record<SeatStatus, { text: string; about: string }> = {
  ready: { text: '在线', about: '轮到您时会响铃' },
  busy: { text: '忙碌', about: '保留手上的会话，不再响铃' },
  away: { text: '离开', about: '暂不接待，不响铃' },
  offline: { text: '离线', about: '还没有上线' },
}
export const CHOICES = ['ready', 'busy', 'away'] as const

/** Signs of life are ten seconds apart; one may be late. */
const LATE_MS = 14_000

export interface Line {
  state: 'well' | 'lost' | 'over'
  text: string
}

/** What is honestly to be said of the connection. Pure. */
export function lineOf(known: { heardAt: number; now: number; offline: boolean; graceS: number }): Line {
  const silent = known.now - known.heardAt
  if (!known.offline && silent <= LATE_MS) return { state: 'well', text: '' }
  if (silent <= known.graceS * 1000) return { state: 'lost', text: `连接中断，${known.graceS} 秒内恢复不会丢失会话` }
  return { state: 'over', text: '连接已中断较久，您手上的会话可能已回到排队；恢复后会自动刷新，未发出的内容都保留' }
}
