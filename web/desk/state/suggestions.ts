import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { desk } from '../api/calls'
import type { Suggestion } from '../api/types'
import type { OpenChat } from './chat'
import { stillFits } from './guards'

/** The talent often writes two lines; the second one is waited for. */
const ASK_AFTER_MS = 600

/** Suggested replies to the talent's newest words. */
export function useSuggestions(open: OpenChat) {
  const found = shallowRef<Suggestion | null>(null)
  const dismissed = shallowRef(0)
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(seq: number): Promise<void> {
    try {
      const told = await desk.suggest(open.id, seq)
      if (seq === open.newest.value) found.value = told
    } catch {
      // A suggestion that does not come is not missed.
    }
  }

  watch([open.newestFromTalent, open.newest, open.holding], ([fromTalent, newest, holding]) => {
    clearTimeout(timer)
    if (holding && fromTalent > 0 && fromTalent === newest) timer = setTimeout(() => void ask(newest), ASK_AFTER_MS)
  }, { immediate: true })
  onScopeDispose(() => clearTimeout(timer))

  const replies = computed(() => {
    const fits = open.holding.value ? stillFits(found.value, open.newest.value) : null
    return fits && fits.seq > dismissed.value ? fits.replies : []
  })
  const dismiss = (): void => void (dismissed.value = found.value?.seq ?? 0)
  return { replies, dismiss }
}
