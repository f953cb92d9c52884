import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { sentence } from './session'

export interface Loaded<T> {
  data: ShallowRef<T | null>
  loading: Ref<boolean>
  error: Ref<string>
  load: () => Promise<void>
}

/** One answer of the server on the page. A later request overtakes an earlier one. */
export function useLoaded<T>(ask: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T | null>(null)
  const loading = ref(false)
  const error = ref('')
  let asked = 0

  async function load(): Promise<void> {
    const turn = ++asked
    loading.value = true
    try {
      const answer = await ask()
      if (turn !== asked) return
      data.value = answer
      error.value = ''
    } catch (failed) {
      if (turn === asked) error.value = sentence(failed)
    } finally {
      if (turn === asked) loading.value = false
    }
  }
  onScopeDispose(() => asked++)
  return { data, loading, error, load }
}
