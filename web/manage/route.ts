import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

export interface Tab {
  path: string
  title: string
  /** Any of them opens the tab. */
  permissions: string[]
}

export const TABS: Tab[] = [
  { path: 'wall', title: '大屏', permissions: ['desk.report'] },
  { path: 'reports', title: '报表', permissions: ['desk.report'] },
  { path: 'ratings', title: '评价与回访', permissions: ['desk.watch'] },
  { path: 'quality', title: '质检', permissions: ['desk.quality'] },
  { path: 'own', title: '我的质检', permissions: ['desk.chat'] },
  { path: 'settings', title: '设置', permissions: ['desk.settings'] },
  { path: 'accounts', title: '账号', permissions: ['staff.manage'] },
  { path: 'audit', title: '审计', permissions: ['audit.read'] },
]

/** Everybody who finds at least one tab here. */
export const ANY_TAB = [...new Set(TABS.flatMap((tab) => tab.permissions))]

export interface Place {
  tab: string
  part: string
}

function read(): Place {
  const [tab = '', part = ''] = location.hash.replace(/^#\/?/, '').split('/')
  return { tab, part }
}

/** The address after #: tab and part of it. */
export function usePlace(): ShallowRef<Place> {
  const place = shallowRef(read())
  const follow = (): void => void (place.value = read())
  addEventListener('hashchange', follow)
  onScopeDispose(() => removeEventListener('hashchange', follow))
  return place
}
