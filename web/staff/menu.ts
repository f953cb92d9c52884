import { ref, type Ref } from 'vue'
import type { Menu, Region } from '@shared/index'
import { api } from './session'

const tree = ref<Region[]>([])
const items = ref<Menu['items']>([])
let asked: Promise<void> | null = null

/** The region tree, asked for once; empty until it is here. */
export function useRegions(): Ref<Region[]> {
  asked ??= api.get<Menu>('/api/web/menu').then(
    (menu) => {
      tree.value = menu.regions
      items.value = menu.items
    },
    () => void (asked = null),
  )
  return tree
}

export function pathTo(code: string | null, regions: Region[]): Region[] {
  for (const region of regions) {
    if (region.code === code) return [region]
    const below = pathTo(code, region.children ?? [])
    if (below.length) return [region, ...below]
  }
  return []
}

export function regionName(code: string | null, regions: Region[]): string {
  if (!code) return ''
  if (code === '000000') return '全国'
  return pathTo(code, regions).at(-1)?.name ?? (/^\d+$/.test(code) ? '' : code)
}

/** The name of a service item; its key while the menu has not come. */
export const itemName = (key: string): string => items.value.find((item) => item.key === key)?.name ?? key

export function useItems(): Ref<Menu['items']> {
  useRegions()
  return items
}
