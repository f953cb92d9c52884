import { computed, ref, shallowRef, triggerRef, watch } from 'vue'
import { ApiError } from '@shared/index'
import { may, sentence, session } from '../../staff/session'
import { chatPath, desk } from '../api/calls'
import type { Chat, Kind, ServerDraft } from '../api/types'
import { DeskLog } from './desk_log'
import { newestFromTalent, newestWord } from './guards'
import { useLive } from './live'
import { outbox, useOutgoing } from './outgoing'
import { belongsTo } from './rings'

export type ServerDrafts = Partial<Record<Kind, ServerDraft | null>>

/** One open conversation. Lives until its component goes. */
export function useChat(id: string) {
  const log = shallowRef(new DeskLog())
  const drafts = shallowRef<ServerDrafts | null>(null)
  const loading = ref(true)
  const error = ref('')
  /** Why it cannot be read any more: another's, out of reach, or cleaned up. */
  const gone = ref('')
  let running: Promise<void> | null = null
  let again = false

  const chat = computed(() => log.value.chat)
  const messages = computed(() => log.value.messages)
  const going = useOutgoing(id, (message) => {
    log.value.take([message])
    triggerRef(log)
  })
  const storedKeys = computed(() => new Set(messages.value.flatMap((message) => message.key ?? [])))
  watch(storedKeys, (keys) => outbox.settle(keys))
  /** A stored word stands once, even while its own answer is still awaited. */
  const unsent = computed(() => going.value.filter((item) => !storedKeys.value.has(item.key)))

  async function read(): Promise<void> {
    try {
      do {
        again = false
        const detail = await desk.open(id)
        log.value.load(detail)
        drafts.value = detail.drafts ?? {}
        triggerRef(log)
        error.value = ''
        gone.value = ''
      } while (again)
    } catch (failed) {
      if (failed instanceof ApiError && failed.status === 404) gone.value = '这个会话现在不在您的查看范围内，或已被清理。'
      else error.value = sentence(failed)
    } finally {
      loading.value = false
      running = null
    }
  }

  /** One run at a time; what changes meanwhile is covered by one more after it. */
  function load(): Promise<void> {
    if (running) again = true
    else running = read()
    return running
  }

  const fetching = ref(false)

  /** What was said before the newest 500 messages, which is all that a load brings. */
  async function earlier(): Promise<void> {
    const before = log.value.older
    if (before === null || fetching.value) return
    fetching.value = true
    try {
      log.value.prepend((await desk.earlier(id, before)).messages)
      triggerRef(log)
    } finally {
      fetching.value = false
    }
  }

  function hear(name: string, data: unknown): void {
    if (name === 'left') {
      gone.value = '这个会话已不在您的查看范围内。'
      return
    }
    const stale = log.value.hear(name, data)
    triggerRef(log)
    if (stale) void load()
  }

  const live = useLive({
    ready: load(),
    whileHidden: false,
    url: () => `${chatPath(id)}/events?after=${log.value.covered}`,
    onEvent: hear,
    reload: () => void load(),
  })
  watch(gone, (why) => why && live.stop())
  watch(() => session.phase, (phase) => {
    if (phase !== 'in') return
    live.retryNow()
    void load()
  })

  /** A step of control; what is shown follows the answer, and a refusal shows how things stand now. */
  async function move(step: () => Promise<{ chat: Chat }>): Promise<void> {
    try {
      const answer = await step()
      log.value.chat = answer.chat
      triggerRef(log)
    } catch (failed) {
      if (failed instanceof ApiError && failed.status >= 400 && failed.status < 500) void load()
      throw failed
    }
  }

  const me = computed(() => session.staff?.id ?? '')
  const held = computed(() => chat.value?.control === 'human' || chat.value?.control === 'on_hold')
  const mine = computed(() => chat.value !== null && belongsTo(chat.value, me.value))
  const holding = computed(() => held.value && mine.value && may('desk.chat'))
  return {
    id, chat, log, messages, unsent, drafts, loading, error, gone, status: live.status,
    newest: computed(() => newestWord(messages.value)),
    newestFromTalent: computed(() => newestFromTalent(messages.value)),
    older: computed(() => log.value.older), fetching, earlier,
    held, mine, holding, load, move,
  }
}

export type OpenChat = ReturnType<typeof useChat>
