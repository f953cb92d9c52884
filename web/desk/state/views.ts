import type { Chat, Counts } from '../api/types'

export const VIEWS = ['queue', 'mine', 'team', 'tickets', 'recent'] as const
export type View = (typeof VIEWS)[number]

export const VIEW_TITLES: Record<View, string> = { queue: '排队', mine: '我的', team: '本组', tickets: '工单', recent: '已结束' }
export const VIEW_EMPTY: Record<View, [string, string]> = {
  queue: ['没有人在排队', '有人找人工时会出现在这里，并按顺序呼叫在线的同事。'],
  mine: ['您现在没有接待中的会话', '您在线时，轮到您会响铃。'],
  team: ['本组现在没有接待中的会话', '同事正在接待的会话会出现在这里。'],
  tickets: ['没有待回电的工单', '对方在下班后留下的联系方式会出现在这里。'],
  recent: ['还没有结束的会话', ''],
}

export const rowKey = (chat: Chat): string => chat.handover_id ?? chat.conversation_id

export function countOf(view: View, counts: Counts | null): number | null {
  return counts && view !== 'recent' ? counts[view] : null
}

/** Further pages of a list behind what is there; a row that moved meanwhile stands once, in its newest form. */
export function mergePages(shown: readonly Chat[], more: readonly Chat[]): Chat[] {
  const fresh = new Map(more.map((chat) => [rowKey(chat), chat]))
  const merged = shown.map((chat) => {
    const again = fresh.get(rowKey(chat))
    if (again) fresh.delete(rowKey(chat))
    return again ?? chat
  })
  return [...merged, ...fresh.values()]
}

/** The first page anew, with the older pages already shown kept below it. */
export function refreshFirst(shown: readonly Chat[], first: readonly Chat[]): Chat[] {
  const known = new Set(first.map(rowKey))
  const oldest = first.at(-1)?.ended_at
  if (!oldest) return [...first]
  return [...first, ...shown.filter((chat) => !known.has(rowKey(chat)) && (chat.ended_at ?? '') < oldest)]
}

/** Chats of mine in which the talent has written since anybody looked, at this tab (`looked`) or another. */
export function unreadOf(mine: readonly Chat[], looked: ReadonlyMap<string, number>): Set<string> {
  const unread = new Set<string>()
  for (const { conversation_id: id, last_talent_seq: said, staff_seen_seq: seen = 0 } of mine) {
    if (said > Math.max(seen, looked.get(id) ?? 0)) unread.add(id)
  }
  return unread
}
