import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { withQuery } from '@shared/index'
import { api, sentence } from '../session'
import { here, setQuery } from './route'

export interface Paged<Row> {
  total: number
  page_size: number
  rows: Row[]
}

export interface Listed<Row, Extra = object> {
  /** What the list is narrowed by; writing to it changes the address and loads anew. */
  filters: Record<string, string>
  page: Ref<number>
  data: ShallowRef<(Paged<Row> & Extra) | null>
  rows: ComputedRef<Row[]>
  total: ComputedRef<number>
  loading: Ref<boolean>
  error: Ref<string>
  narrowed: ComputedRef<boolean>
  load: () => Promise<void>
  /** Address of the same rows as a workbook. */
  file: (path: string) => string
}

export interface ListOptions<Row> {
  /** Goes along with every request and does not stand in the address. */
  fixed?: () => Record<string, string>
  /** What a filter is while the address does not say. */
  defaults?: Record<string, string>
  /** Filters that may be several values, with commas between. */
  many?: string[]
  /** Narrows here what the server sends whole. */
  narrow?: (row: Row, filters: Record<string, string>) => boolean
}

/** One list of the page: filters and page number stand in the address, so that a link and going back keep them. */
export function useList<Row, Extra = object>(
  path: string, names: string[], options: ListOptions<Row> = {},
): Listed<Row, Extra> {
  const view = here.view
  const defaults = options.defaults ?? {}
  const data = shallowRef(null) as ShallowRef<(Paged<Row> & Extra) | null>
  const loading = ref(false)
  const error = ref('')
  let asked = 0

  const valueOf = (name: string): string => here.query[name] ?? defaults[name] ?? ''
  const page = computed({
    get: () => Math.max(1, Math.floor(Number(here.query.page)) || 1),
    set: (number: number) => setQuery({ ...here.query, page: number > 1 ? String(number) : '' }),
  })
  const filters = new Proxy({} as Record<string, string>, {
    get: (_, name: string) => valueOf(name),
    set: (_, name: string, value: unknown) => {
      const text = value === null || value === undefined || value === false ? '' : String(value)
      if (text !== valueOf(name)) setQuery({ ...here.query, [name]: text, page: '' })
      return true
    },
  })
  const wanted = computed(() => ({
    ...Object.fromEntries(names.map((name) => [name, options.many?.includes(name) ? valueOf(name).split(',') : valueOf(name)])), ...(options.fixed?.() ?? {}),
  }))
  const narrowed = computed(() => names.some((name) => valueOf(name) !== (defaults[name] ?? '')))

  async function load(): Promise<void> {
    const turn = ++asked
    loading.value = true
    try {
      const answer = await api.get<Partial<Paged<Row>> & { rows: Row[] } & Extra>(path, { ...(options.narrow ? {} : wanted.value), page: page.value })
      if (turn !== asked) return
      // A list that comes whole needs no count.
      data.value = { ...answer, total: answer.total ?? answer.rows.length, page_size: answer.page_size || answer.rows.length || 1 }
      error.value = ''
    } catch (failed) {
      if (turn === asked) error.value = sentence(failed)
    } finally {
      if (turn === asked) loading.value = false
    }
  }
  watch([() => JSON.stringify(wanted.value), page], () => {
    // The address may already belong to the view that follows this one.
    if (here.view === view) void load()
  }, { immediate: true })
  onScopeDispose(() => asked++)

  const rows = computed(() => (data.value?.rows ?? []).filter((row) => !options.narrow || options.narrow(row, Object.fromEntries(names.map((name) => [name, valueOf(name)])))))
  const total = computed(() => (options.narrow ? rows.value.length : data.value?.total ?? 0))
  const file = (target: string): string => withQuery(target, wanted.value)
  return { filters, page, data, rows, total, loading, error, narrowed, load, file }
}
