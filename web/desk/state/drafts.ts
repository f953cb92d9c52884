import { computed, onScopeDispose, reactive, ref, watch } from 'vue'
import { session } from '../../staff/session'
import { desk } from '../api/calls'
import type { Kind } from '../api/types'
import type { OpenChat } from './chat'
import { adopt, overtaken, sameWords, typed, type DraftMark } from './guards'

const SAVE_AFTER_MS = 800
const KINDS = ['reply', 'note'] as const

/** What is being written in one chat: reply and note, kept on the server so that another browser finds them. */
export function useDrafts(open: OpenChat, mayWrite: () => boolean) {
  const marks = reactive<Record<Kind, DraftMark>>({ reply: { text: '', basedOn: null }, note: { text: '', basedOn: null } })
  const saved: Record<Kind, string> = { reply: '', note: '' }
  const timers: Partial<Record<Kind, ReturnType<typeof setTimeout>>> = {}
  const chains: Record<Kind, Promise<void>> = { reply: Promise.resolve(), note: Promise.resolve() }
  /** What the server held when it was last read; it masks personal values, so that an own text may come back changed. */
  const held: Record<Kind, string> = { reply: '', note: '' }
  const echoes: Record<Kind, boolean> = { reply: false, note: false }
  const unsaved = ref(false)

  function write(kind: Kind, text: string): void {
    marks[kind] = typed(marks[kind], text, open.newestFromTalent.value)
    clearTimeout(timers[kind])
    timers[kind] = setTimeout(() => save(kind), SAVE_AFTER_MS)
  }

  /** One after the other, so that an older text never lands on a newer one. */
  function save(kind: Kind): void {
    clearTimeout(timers[kind])
    delete timers[kind]
    if (!mayWrite()) return
    chains[kind] = chains[kind].then(async () => {
      const { text, basedOn } = marks[kind]
      if (text === saved[kind]) return
      try {
        await desk.draft(open.id, kind, text, basedOn ?? 0)
        saved[kind] = text
        echoes[kind] = true
        unsaved.value = false
      } catch {
        // Kept here; the next stroke or the next chat tries again.
        unsaved.value = true
      }
    })
  }

  /** The text is on its way; the draft goes with it. */
  function sent(kind: Kind): void {
    marks[kind] = { text: '', basedOn: null }
    save(kind)
  }

  /** Seen and meant as it stands. */
  function looked(): void {
    if (marks.reply.basedOn !== null) marks.reply = { ...marks.reply, basedOn: open.newestFromTalent.value }
  }

  watch(open.drafts, (server) => {
    if (!server) return
    for (const kind of KINDS) {
      const text = server[kind]?.text ?? ''
      const news = text !== held[kind] && !echoes[kind]
      held[kind] = text
      echoes[kind] = false
      if (timers[kind] || !news) continue
      const taken = adopt(marks[kind], saved[kind], server[kind] ?? null)
      if (taken === marks[kind]) continue
      marks[kind] = taken
      saved[kind] = taken.text
    }
  }, { immediate: true })

  // What the same person sent from another window is not left here to go out once more.
  watch(() => open.messages.value.at(-1), (last) => {
    if (last?.author !== 'staff' || last.author_name !== session.staff?.name) return
    const kind = last.internal ? 'note' : 'reply'
    if (sameWords(marks[kind].text, last.content.paragraphs)) sent(kind)
  })

  const flush = (): void => {
    for (const kind of KINDS) if (timers[kind]) save(kind)
  }
  const hidden = (): void => void (document.visibilityState === 'hidden' && flush())
  document.addEventListener('visibilitychange', hidden)
  addEventListener('pagehide', flush)
  onScopeDispose(() => {
    document.removeEventListener('visibilitychange', hidden)
    removeEventListener('pagehide', flush)
    flush()
  })

  return {
    marks, unsaved, write, sent, looked,
    overtaken: computed(() => overtaken(marks.reply.basedOn, open.newestFromTalent.value)),
  }
}

export type Drafts = ReturnType<typeof useDrafts>
