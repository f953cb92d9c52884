import { computed, ref, shallowRef, watch } from 'vue'
import {
  ApiError, ConversationLog, newKey, type ChatState, type LogEntry, type Message,
} from '@shared/index'
import { api, isCode, sentence, session } from '../staff/session'
import { chatPath, type Chat, type ChatDetail, type Packet } from './chats'
import { useLive } from './live'

export type Kind = 'reply' | 'note'

export interface Draft {
  text: string
  kind: Kind
}

export type Entry = LogEntry<Draft>

/** The server may put the sender before the key of a staff message; ours is its last part. */
function ours(message: Message): Message {
  return message.author === 'staff' && message.key ? { ...message, key: message.key.split(':').at(-1)! } : message
}

/** One open conversation. Lives until its component goes. */
export function useChat(id: string) {
  const chat = shallowRef<Chat | null>(null)
  const packet = shallowRef<Packet | null>(null)
  const entries = shallowRef<Entry[]>([])
  const loading = ref(true)
  const error = ref('')
  const gone = ref(false)
  let log = new ConversationLog<Draft>()

  function show(): void {
    entries.value = log.entries()
  }

  async function load(): Promise<void> {
    try {
      const detail = await api.get<ChatDetail>(chatPath(id))
      chat.value = detail.chat
      packet.value = detail.packet
      const first = detail.messages[0]
      if (first && log.highest === 0) log = withPending(first.seq - 1)
      log.receive(detail.messages.map(ours))
      log.cover(detail.messages.at(-1)?.seq ?? 0)
      error.value = ''
      show()
    } catch (failed) {
      gone.value = failed instanceof ApiError && failed.status === 404
      error.value = gone.value ? '没有找到这个会话，它可能已被清理。' : sentence(failed)
    } finally {
      loading.value = false
    }
  }

  /** A log that starts at the first message served; older ones are not asked for. */
  function withPending(covered: number): ConversationLog<Draft> {
    const fresh = new ConversationLog<Draft>(covered)
    for (const entry of log.entries()) if (entry.draft) fresh.add(entry.key, entry.draft)
    return fresh
  }

  function hear(name: string, data: unknown): void {
    if (name === 'message') {
      log.receive([ours(data as Message)])
      show()
      if (log.gap()) void load()
    } else if (name === 'state' && chat.value) {
      const state = data as ChatState
      const changed = chat.value.control !== state.control
      chat.value = { ...chat.value, control: state.control, staff_name: state.staff_name ?? chat.value.staff_name }
      if (changed || log.gap(state.last_seq)) void load()
    }
  }

  const ready = load()
  const live = useLive({
    ready,
    resumes: true,
    url: () => `${chatPath(id)}/events?after=${log.covered}`,
    onEvent: hear,
    reload: () => void load(),
  })
  watch(gone, (is) => is && live.stop())
  watch(() => session.phase, (phase) => {
    if (phase !== 'in') return
    live.retryNow()
    void load()
  })

  async function deliver(key: string, draft: Draft): Promise<void> {
    try {
      const path = `${chatPath(id)}/${draft.kind === 'note' ? 'notes' : 'messages'}`
      const stored = await api.post<Message>(path, { client_msg_id: key, text: draft.text })
      log.acknowledge(key, stored.seq)
      log.receive([{ ...stored, key }])
    } catch (failed) {
      log.fail(key, sentence(failed))
      // Refused because the chat is no longer ours: show whose it is now.
      if (failed instanceof ApiError && failed.status === 409) void load()
    }
    show()
  }

  async function send(draft: Draft): Promise<void> {
    const key = newKey()
    log.add(key, draft)
    show()
    await deliver(key, draft)
  }

  async function retry(key: string): Promise<void> {
    const entry = log.retry(key)
    if (!entry?.draft) return
    show()
    await deliver(key, entry.draft)
  }

  function discard(key: string): Draft | null {
    const draft = log.get(key)?.draft ?? null
    log.discard(key)
    show()
    return draft
  }

  async function move(step: 'claim' | 'return' | 'close', body?: { note: string }): Promise<void> {
    try {
      const answer = await api.post<{ chat: Chat }>(`${chatPath(id)}/${step}`, body)
      chat.value = { ...chat.value, ...answer.chat }
    } catch (failed) {
      if (isCode(failed, 'already_taken', 'not_yours', 'illegal_transition')) void load()
      throw failed
    }
  }

  const newestFromTalent = computed(() => {
    let newest = 0
    for (const { message } of entries.value) if (message?.author === 'talent') newest = Math.max(newest, message.seq)
    return newest
  })

  return {
    chat, packet, entries, loading, error, gone, status: live.status, newestFromTalent,
    ready, load, send, retry, discard, move,
  }
}

export type OpenChat = ReturnType<typeof useChat>
