import { computed, reactive, ref, watch } from 'vue'
import { api, sentence, session } from '../staff/session'
import type { Chat, View } from './chats'
import { VIEWS } from './chats'
import { useLive } from './live'

/** The three lists, kept up to date; `onWaiting` hears of each chat that starts to wait, `onWords` of new words in mine. */
export function useLists(listeners: { onWaiting: (chat: Chat) => void; onWords: (chat: Chat) => void }) {
  const lists = reactive<Record<View, Chat[]>>({ queue: [], mine: [], recent: [] })
  const loaded = ref(false)
  const error = ref('')
  const waitingKnown = new Set<string>()
  const seqKnown = new Map<string, number>()
  let running: Promise<void> | null = null
  let again = false

  async function read(): Promise<void> {
    try {
      do {
        again = false
        const answers = await Promise.all(
          VIEWS.map((view) => api.get<{ chats: Chat[] }>('/api/desk/chats', { view })),
        )
        VIEWS.forEach((view, index) => (lists[view] = answers[index]!.chats))
        announce()
        loaded.value = true
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

  function announce(): void {
    for (const chat of lists.queue) {
      const key = chat.handover_id ?? chat.conversation_id
      if (!waitingKnown.has(key)) {
        waitingKnown.add(key)
        listeners.onWaiting(chat)
      }
    }
    for (const chat of lists.mine) {
      const before = seqKnown.get(chat.conversation_id)
      seqKnown.set(chat.conversation_id, chat.last_seq)
      if (before !== undefined && chat.last_seq > before) listeners.onWords(chat)
    }
  }

  const live = useLive({
    ready: reload(),
    resumes: false,
    url: () => '/api/desk/events',
    onEvent: (name) => void (name === 'changed' && reload()),
    reload: () => void reload(),
  })
  watch(() => session.phase, (phase) => {
    if (phase !== 'in') return
    live.retryNow()
    void reload()
  })

  const mineIds = computed(() => new Set(lists.mine.map((chat) => chat.conversation_id)))
  return { lists, loaded, error, reload, status: live.status, retryNow: live.retryNow, mineIds }
}
