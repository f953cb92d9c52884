import { onScopeDispose, reactive } from 'vue'

/** The address after #: a view, what of it is open, and the state of its list. */
export interface Place {
  view: string
  id: string
  query: Record<string, string>
}

export function readPlace(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?')
  const [view = '', id = ''] = path.split('/')
  return { view, id: decodeURIComponent(id), query: Object.fromEntries(new URLSearchParams(query)) }
}

/** Empty values do not stand in the address. */
export function pathOf(view: string, id = '', query: Record<string, string> = {}): string {
  const kept = Object.entries(query).filter(([, value]) => value !== '')
  const tail = kept.length ? `?${new URLSearchParams(kept).toString()}` : ''
  return `#/${view}${id ? `/${encodeURIComponent(id)}` : ''}${tail}`
}

const place = reactive<Place>(readPlace(typeof location === 'undefined' ? '' : location.hash))

function follow(): void {
  Object.assign(place, readPlace(location.hash))
}

export function usePlace(): Place {
  addEventListener('hashchange', follow)
  onScopeDispose(() => removeEventListener('hashchange', follow))
  follow()
  return place
}

export const here = place

export function goTo(view: string, id = '', query: Record<string, string> = {}): void {
  location.hash = pathOf(view, id, query)
}

/** Filters change the address without a step in the history: going back leaves the list. */
export function setQuery(query: Record<string, string>): void {
  history.replaceState(null, '', pathOf(place.view, place.id, query))
  follow()
}
