import { computed, ref, shallowRef } from 'vue'
import { ApiError, type Content } from '@shared/index'
import { api, isCode } from '../staff/session'
import { emptyItem, tidied, type Item, type ItemDetail } from './items'

export const itemPath = (key: string): string => `/api/console/items/${encodeURIComponent(key)}`

/** One service item being edited; `key` null is a new one. */
export function useItemEditor(key: string | null) {
  const item = ref<Item>(emptyItem())
  const detail = shallowRef<ItemDetail | null>(null)
  const errors = ref<Record<string, string>>({})
  const advice = ref<string[]>([])
  const card = shallowRef<Content | null>(null)
  /** What a colleague saved while this form was open. */
  const theirs = shallowRef<ItemDetail | null>(null)
  const saved = ref(JSON.stringify(tidied(item.value)))
  const dirty = computed(() => JSON.stringify(tidied(item.value)) !== saved.value)

  function adopt(next: ItemDetail): void {
    detail.value = next
    item.value = structuredClone({ ...emptyItem(), ...next.item })
    saved.value = JSON.stringify(tidied(item.value))
    errors.value = {}
    advice.value = next.advice
    card.value = next.card
    theirs.value = null
  }

  const load = async (): Promise<void> => {
    if (key !== null) adopt(await api.get<ItemDetail>(itemPath(key)))
  }

  /** The card and what is wrong, as the item stands here; nothing is stored. */
  async function check(): Promise<void> {
    const found = await api.post<{ fields: Record<string, string>; advice: string[]; card: Content | null }>('/api/console/items/check', { item: tidied(item.value) })
    errors.value = found.fields
    advice.value = found.advice
    card.value = found.card
  }

  /** Stores the draft; false when the server found faults, which are then in `errors`, or a conflict. */
  async function save(): Promise<boolean> {
    const body = tidied(item.value)
    try {
      adopt(detail.value
        ? await api.put<ItemDetail>(itemPath(detail.value.item.key), { item: body, revision: detail.value.revision })
        : await api.post<ItemDetail>('/api/console/items', { item: body }))
      return true
    } catch (failed) {
      if (isCode(failed, 'changed_meanwhile') && detail.value) {
        theirs.value = await api.get<ItemDetail>(itemPath(detail.value.item.key))
        return false
      }
      if (failed instanceof ApiError && failed.status === 422 && Object.keys(failed.fields).length) {
        errors.value = failed.fields
        return false
      }
      throw failed
    }
  }

  /** Carry on with one's own words: the next save replaces the colleague's. */
  function keepMine(): void {
    if (theirs.value) detail.value = theirs.value
    saved.value = ''
    theirs.value = null
  }

  function takeTheirs(): void {
    if (theirs.value) adopt(theirs.value)
  }

  const change = async (step: 'publish' | 'withdraw'): Promise<void> =>
    adopt(await api.post<ItemDetail>(`${itemPath(detail.value!.item.key)}/${step}`, { revision: detail.value!.revision }))

  /** An item from a file or an earlier version takes the place of what is in the form; it is not saved yet. */
  function replace(next: Partial<Item>): void {
    const own = detail.value ? { key: detail.value.item.key } : {}
    item.value = structuredClone({ ...emptyItem(), ...next, ...own })
  }

  async function importFile(file: File): Promise<void> {
    const found = await api.post<{ item: Partial<Item> }>('/api/console/items/import', { text: await file.text() })
    replace(found.item)
    await check()
  }

  const at = (path: string): string => errors.value[path] ?? ''
  /** The first fault of a field or of anything inside it. */
  const within = (path: string): string =>
    at(path) || (Object.entries(errors.value).find(([name]) => name.startsWith(`${path}.`))?.[1] ?? '')

  return { item, detail, errors, advice, card, theirs, dirty, load, check, save, keepMine, takeTheirs, change, replace, importFile, at, within }
}

export type At = (path: string) => string
