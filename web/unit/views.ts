import { defineAsyncComponent, type Component } from 'vue'

export interface View {
  path: string
  title: string
  page: Component
}

const later = (load: () => Promise<{ default: Component }>): Component => defineAsyncComponent(load)

export const VIEWS: View[] = [
  { path: 'home', title: '首页', page: later(() => import('./Home.vue')) },
  { path: 'cases', title: '待核准与办件', page: later(() => import('./Cases.vue')) },
  { path: 'people', title: '我的人员', page: later(() => import('./People.vue')) },
  { path: 'apply', title: '批量申报', page: later(() => import('./apply/Apply.vue')) },
  { path: 'demands', title: '需求', page: later(() => import('./Demands.vue')) },
  { path: 'visits', title: '上门预约', page: later(() => import('./Visits.vue')) },
  { path: 'accounts', title: '单位账号', page: later(() => import('./Accounts.vue')) },
]
