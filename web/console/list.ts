import { computed, reactive, ref, watch } from 'vue'
import { api, sentence } from '../staff/session'

// As the server pages.
export const PAGE_SIZE = 50
const TYPING_PAUSE_MS = 300

export interface PagedList<T> {
  /** What is typed into the search; asked for after a pause. */
  text: string
  found: T | null
  loading: boolean
  error: string
  page: number
  filtered: boolean
  filter: (name: string) => string
  go: (change: Record<string, string>) => void
  clear: () => void
  load: () => Promise<void>
}

/** A list of the server. Its filters live in the address, so that "back" from a row returns to the same list. */
export function usePagedList<T>(view: string, query: () => URLSearchParams, filters: string[]): PagedList<T> {
  let asked = 0
  let pause: ReturnType<typeof setTimeout> | undefined
  const filter = (name: string): string => query().get(name) ?? ''

  function go(change: Record<string, string>): void {
    const next = new URLSearchParams(query())
    if (!('page' in change)) next.delete('page')
    for (const [name, value] of Object.entries(change)) value ? next.set(name, value) : next.delete(name)
    location.replace(`#/${view}${next.size ? `?${next}` : ''}`)
  }

  function clear(): void {
    list.text = ''
    go(Object.fromEntries(['query', ...filters].map((name) => [name, ''])))
  }

  async function load(): Promise<void> {
    const turn = ++asked
    list.loading = true
    try {
      const chosen = Object.fromEntries(['query', ...filters].map((name) => [name, filter(name)]))
      const answer = await api.get<T>(`/api/console/${view}`, { ...chosen, page: list.page })
      // Answers may overtake each other while somebody types.
      if (turn !== asked) return
      list.found = answer
      list.error = ''
    } catch (failed) {
      if (turn === asked) list.error = sentence(failed)
    } finally {
      if (turn === asked) list.loading = false
    }
  }

  const list: PagedList<T> = reactive({
    text: filter('query'),
    found: ref<T | null>(null),
    loading: true,
    error: '',
    page: computed(() => Number(filter('page')) || 1),
    filtered: computed(() => ['query', ...filters].some(filter)),
    filter, go, clear, load,
  }) as PagedList<T>

  watch(() => query().toString(), load, { immediate: true })
  watch(() => list.text, (now) => {
    clearTimeout(pause)
    pause = setTimeout(() => {
      pause = undefined
      go({ query: now.trim() })
    }, TYPING_PAUSE_MS)
  })
  // The way back, and the tab's own link, change the address alone; who is still typing is left alone.
  watch(() => filter('query'), (now) => {
    if (pause === undefined && list.text.trim() !== now) list.text = now
  })
  return list
}
