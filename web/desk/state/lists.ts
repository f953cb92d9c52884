import { computed, reactive, ref, shallowRef, watch, type Ref } from 'vue'
import { may, sentence, session } from '../../staff/session'
import { desk, EVENTS } from '../api/calls'
import type { Chat, Counts, Notice, Seat } from '../api/types'
import { useLive } from './live'
import { withoutRing, withRow } from './rings'
import { mergePages, refreshFirst, unreadOf, type View } from './views'

const PAGE = 50

export interface ListListeners {
  /** One more waits than before. */
  onWaiting: () => void
  /** New words of the talent in a chat of mine. */
  onWords: (chat: Chat) => void
  onNotice: (notice: Notice) => void
  onSeat: (seat: Seat) => void
}

/** The lists, kept up to date: the one shown and mine are read, of the others only the counts. */
export function useLists(view: Ref<View>, listeners: ListListeners) {
  const lists = reactive<Record<View, Chat[]>>({ queue: [], mine: [], team: [], tickets: [], recent: [] })
  const loaded = reactive<Record<View, boolean>>({ queue: false, mine: false, team: false, tickets: false, recent: false })
  const counts = shallowRef<Counts | null>(null)
  const error = ref('')
  const more = ref(false)
  const fetchingMore = ref(false)
  const looked = reactive(new Map<string, number>())
  const worded = new Map<string, number>()
  let running: Promise<void> | null = null
  let again = false

  async function fill(wanted: View): Promise<void> {
    const { chats } = await desk.chats(wanted)
    if (wanted === 'recent') {
      if (!loaded.recent) more.value = chats.length >= PAGE
      lists.recent = refreshFirst(lists.recent, chats)
    } else {
      lists[wanted] = chats
    }
    loaded[wanted] = true
  }

  async function read(): Promise<void> {
    try {
      do {
        again = false
        const wanted = new Set<View>([view.value, ...(may('desk.chat') ? ['mine' as const] : [])])
        const [now] = await Promise.all([desk.counts(), ...[...wanted].map(fill)])
        announce(now)
        counts.value = now
        error.value = ''
      } while (again)
    } catch (failed) {
      error.value = sentence(failed)
    } finally {
      running = null
    }
  }

  /** Changes come in bursts: one run at a time, and one more after it covers all that came meanwhile. */
  function reload(): Promise<void> {
    if (running) again = true
    else running = read()
    return running
  }

  function announce(now: Counts): void {
    if (counts.value && now.queue > counts.value.queue) listeners.onWaiting()
    for (const chat of lists.mine) {
      const before = worded.get(chat.conversation_id)
      worded.set(chat.conversation_id, chat.last_talent_seq)
      if (before !== undefined && chat.last_talent_seq > before) listeners.onWords(chat)
    }
  }

  async function older(): Promise<void> {
    const oldest = lists.recent.at(-1)?.ended_at
    if (!oldest || fetchingMore.value) return
    fetchingMore.value = true
    try {
      const { chats } = await desk.chats('recent', oldest)
      lists.recent = mergePages(lists.recent, chats)
      more.value = chats.length >= PAGE
    } catch (failed) {
      error.value = sentence(failed)
    } finally {
      fetchingMore.value = false
    }
  }

  function hear(name: string, data: unknown): void {
    if (name === 'changed') void reload()
    else if (name === 'ring') lists.mine = withRow(lists.mine, data as Chat)
    else if (name === 'ring_over') {
      const { conversation_id } = data as { conversation_id: string }
      lists.mine = withoutRing(lists.mine, conversation_id, session.staff?.id ?? '')
      void reload()
    } else if (name === 'notice') listeners.onNotice(data as Notice)
    else if (name === 'seat') listeners.onSeat(data as Seat)
  }

  const live = useLive({
    ready: reload(),
    whileHidden: true,
    url: () => EVENTS,
    onEvent: hear,
    reload: () => void reload(),
  })
  watch(view, () => void reload())
  watch(() => session.phase, (phase) => {
    if (phase !== 'in') return
    live.retryNow()
    void reload()
  })

  const look = (id: string, seq: number): void => void looked.set(id, Math.max(seq, looked.get(id) ?? 0))
  const unread = computed(() => unreadOf(lists.mine, looked))
  return { lists, loaded, counts, error, more, fetchingMore, older, reload, status: live.status, look, unread }
}
