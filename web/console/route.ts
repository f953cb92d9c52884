import { onScopeDispose, shallowRef } from 'vue'

export type Route =
  | { page: 'list'; query: URLSearchParams }
  | { page: 'edit'; key: string }
  | { page: 'new'; query: URLSearchParams }
  | { page: 'documents'; query: URLSearchParams }
  | { page: 'document'; id: string }
  | { page: 'items' }
  | { page: 'item'; key: string }
  | { page: 'new-item' }
  | { page: 'try' }

type Guard = () => Promise<boolean>

let guard: Guard | null = null

/** Asked before the page is left; false stays. */
export function guardLeaving(ask: Guard): void {
  guard = ask
  onScopeDispose(() => {
    if (guard === ask) guard = null
  })
}

export const mayLeave = async (): Promise<boolean> => !guard || guard()

function read(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [page, key] = path.split('/')
  if (page === 'try') return { page: 'try' }
  if (page === 'new') return { page: 'new', query: new URLSearchParams(query) }
  if (page === 'items') return key === 'new' ? { page: 'new-item' } : key ? { page: 'item', key: decodeURIComponent(key) } : { page: 'items' }
  if (page === 'documents' && key) return { page: 'document', id: decodeURIComponent(key) }
  if (page === 'documents') return { page: 'documents', query: new URLSearchParams(query) }
  if (page === 'faqs' && key) return { page: 'edit', key: decodeURIComponent(key) }
  return { page: 'list', query: new URLSearchParams(query) }
}

const named = (route: Route): string => `${route.page} ${'key' in route ? route.key : 'id' in route ? route.id : ''}`
const same = (a: Route, b: Route): boolean => named(a) === named(b)

/** The address after # as a page; a refused leave puts the old address back. */
export function useRoute() {
  const route = shallowRef<Route>(read(location.hash))
  let settled = location.hash
  let reverting = false

  async function follow(): Promise<void> {
    if (reverting) {
      reverting = false
      return
    }
    const next = read(location.hash)
    if (!same(next, route.value) && !(await mayLeave())) {
      reverting = true
      location.hash = settled || '#/'
      return
    }
    settled = location.hash
    route.value = next
  }

  const listen = (): void => void follow()
  addEventListener('hashchange', listen)
  onScopeDispose(() => removeEventListener('hashchange', listen))
  return route
}

export const editPath = (key: string): string => `#/faqs/${encodeURIComponent(key)}`
export const itemEditPath = (key: string): string => `#/items/${encodeURIComponent(key)}`
