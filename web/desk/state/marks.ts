import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { desk } from '../api/calls'
import type { OpenChat } from './chat'

const TYPING_EVERY_MS = 3_000
const TYPING_SHOWN_MS = 8_000
/** The sign outlives the word it announced by as long on the server. */
const TYPING_STALE_MS = 4_000

/** Read marks and "typing", both ways. Lossy on purpose: what is missed is told by the next one. */
export function useMarks(open: OpenChat, atBottom: Ref<boolean>) {
  let typedAt = 0
  let told = 0

  function typing(): void {
    const now = Date.now()
    if (!open.holding.value || now - typedAt < TYPING_EVERY_MS) return
    typedAt = now
    void desk.typing(open.id).catch(() => undefined)
  }

  /** Seen is what stands on a screen somebody looks at. */
  function seen(): void {
    const seq = open.newestFromTalent.value
    if (!open.holding.value || !atBottom.value || document.visibilityState !== 'visible' || !document.hasFocus()) return
    if (seq <= told || seq <= (open.log.value.state?.seen_by_staff ?? 0)) return
    told = seq
    void desk.seen(open.id, seq).catch(() => (told = 0))
  }
  watch([open.newestFromTalent, open.holding, atBottom], seen, { flush: 'post' })
  addEventListener('focus', seen)
  document.addEventListener('visibilitychange', seen)

  const talentTypes = ref(false)
  let fading: ReturnType<typeof setTimeout> | undefined
  let wordAt = 0
  watch(open.newestFromTalent, () => {
    wordAt = Date.now()
    talentTypes.value = false
  })
  watch(() => open.log.value.state, (state) => {
    clearTimeout(fading)
    talentTypes.value = (state?.typing ?? false) && Date.now() - wordAt > TYPING_STALE_MS
    if (talentTypes.value) fading = setTimeout(() => (talentTypes.value = false), TYPING_SHOWN_MS)
  })

  onScopeDispose(() => {
    clearTimeout(fading)
    removeEventListener('focus', seen)
    document.removeEventListener('visibilitychange', seen)
  })
  return { typing, talentTypes }
}
