import { ref, watch, type Ref } from 'vue'
import { createApi, type Menu, type Region } from '@shared/index'

export interface MenuState {
  menu: Ref<Menu | null>
  state: Ref<'loading' | 'ready' | 'failed'>
  load(): Promise<void>
}

/** The question menu of the chosen region; needs no session. */
export function useMenu(server: string, region: Ref<string | null>): MenuState {
  const api = createApi({ base: server, credentials: 'omit' })
  const menu = ref<Menu | null>(null)
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  let latest = 0

  async function load(): Promise<void> {
    const mine = (latest += 1)
    state.value = 'loading'
    try {
      const answer = await api.get<Menu>('/api/web/menu', { region: region.value })
      if (mine !== latest) return
      menu.value = answer
      state.value = 'ready'
    } catch {
      if (mine === latest) state.value = 'failed'
    }
  }

  watch(region, load)
  return { menu, state, load }
}

/** From the province down to the region with this code; empty when it is not in the tree. */
export function pathTo(code: string | null, regions: Region[]): Region[] {
  for (const region of regions) {
    if (region.code === code) return [region]
    const below = pathTo(code, region.children ?? [])
    if (below.length) return [region, ...below]
  }
  return []
}
