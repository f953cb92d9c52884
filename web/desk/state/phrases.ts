import { ref, shallowRef } from 'vue'
import { sentence } from '../../staff/session'
import { desk } from '../api/calls'
import type { Phrase } from '../api/types'

/** Canned phrases of the page, read once and again after a change. */

const phrases = shallowRef<Phrase[]>([])
const error = ref('')
const loaded = ref(false)

async function load(): Promise<void> {
  try {
    phrases.value = (await desk.phrases()).phrases
    loaded.value = true
    error.value = ''
  } catch (failed) {
    error.value = sentence(failed)
  }
}

export function usePhrases() {
  if (!loaded.value) void load()

  async function keep(phrase: { id: string | null; title: string; text: string }): Promise<void> {
    if (phrase.id) await desk.changePhrase(phrase.id, phrase.title, phrase.text)
    else await desk.addPhrase(phrase.title, phrase.text)
    await load()
  }

  async function drop(id: string): Promise<void> {
    await desk.dropPhrase(id)
    await load()
  }

  function used(phrase: Phrase): void {
    phrases.value = phrases.value.map((one) => (one.id === phrase.id ? { ...one, uses: one.uses + 1 } : one))
    void desk.usedPhrase(phrase.id).catch(() => undefined)
  }

  return { phrases, error, loaded, load, keep, drop, used }
}
