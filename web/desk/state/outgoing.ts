import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue'
import { session } from '../../staff/session'
import { desk } from '../api/calls'
import type { DeskMessage } from '../api/types'
import { Outbox, type Outgoing } from './outbox'

/** The page's one outbox: it outlives the chat that is open. */

const items = shallowRef<Outgoing[]>([])
const listeners = new Map<string, (message: DeskMessage) => void>()
const storedAs = (): string => `huicai-desk-outbox:${session.staff?.id ?? ''}`

async function deliver(item: Outgoing): Promise<DeskMessage> {
  if (item.kind === 'file') return desk.upload(item.chat, item.key, item.file!.name, item.file!)
  if (item.kind === 'note') return desk.note(item.chat, { client_msg_id: item.key, text: item.text })
  return desk.say(item.chat, {
    client_msg_id: item.key,
    text: item.text,
    based_on_seq: item.basedOn,
    ...(item.faq ? { faq: item.faq } : {}),
    ...(item.force ? { force: true } : {}),
  })
}

export const outbox: Outbox = new Outbox({
  deliver,
  stored: (item, message) => listeners.get(item.chat)?.({ ...message, key: item.key }),
  changed: () => void (items.value = outbox.items),
  setTimeout: (run, ms) => setTimeout(run, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
  now: () => Date.now(),
  // Per tab and gone with it: a reload or a sleeping tab loses nothing, another person finds nothing.
  save: (text) => (text ? sessionStorage.setItem(storedAs(), text) : sessionStorage.removeItem(storedAs())),
})

/** Words of one chat that are not stored yet; `stored` hears of each that is. */
export function useOutgoing(chat: string, stored: (message: DeskMessage) => void): ComputedRef<Outgoing[]> {
  listeners.set(chat, stored)
  onScopeDispose(() => listeners.get(chat) === stored && listeners.delete(chat))
  return computed(() => items.value.filter((item) => item.chat === chat))
}

/** Keeps the outbox going while the desk is open. */
export function useOutbox(): ComputedRef<number> {
  outbox.restore(sessionStorage.getItem(storedAs()))
  const wake = (): void => outbox.wake()
  const shown = (): void => void (document.visibilityState === 'visible' && outbox.wake())
  const leaving = (event: BeforeUnloadEvent): void => {
    if (outbox.items.length) event.preventDefault()
  }
  addEventListener('online', wake)
  addEventListener('pageshow', wake)
  document.addEventListener('visibilitychange', shown)
  addEventListener('beforeunload', leaving)
  watch(() => session.phase, (phase) => {
    if (phase === 'in') outbox.wake()
  })
  onScopeDispose(() => {
    removeEventListener('online', wake)
    removeEventListener('pageshow', wake)
    document.removeEventListener('visibilitychange', shown)
    removeEventListener('beforeunload', leaving)
    outbox.clear()
  })
  return computed(() => items.value.length)
}
