import { defineAsyncComponent, type Component } from 'vue'

export interface View {
  path: string
  title: string
  group: string
  /** Any of them opens the view. */
  permissions: string[]
  page: Component
}

const later = (load: () => Promise<{ default: Component }>): Component => defineAsyncComponent(load)

export const VIEWS: View[] = [
  { path: 'cases', title: '办件', group: '办理', permissions: ['case.read'], page: later(() => import('./cases/Cases.vue')) },
  { path: 'new', title: '建件', group: '办理', permissions: ['case.intake'], page: later(() => import('./cases/NewCase.vue')) },
  { path: 'tasks', title: '任务', group: '办理', permissions: ['case.read'], page: later(() => import('./tasks/Tasks.vue')) },
  { path: 'dispatches', title: '会办', group: '办理', permissions: ['case.opinion', 'case.review'], page: later(() => import('./dispatches/Dispatches.vue')) },
  { path: 'publicity', title: '公示', group: '办理', permissions: ['case.read'], page: later(() => import('./cases/Publicity.vue')) },
  { path: 'talents', title: '人才库', group: '人才', permissions: ['talent.read'], page: later(() => import('./talents/Talents.vue')) },
  { path: 'employers', title: '单位与机构', group: '人才', permissions: ['talent.read'], page: later(() => import('./network/Employers.vue')) },
  { path: 'departments', title: '部门与窗口', group: '人才', permissions: ['talent.read'], page: later(() => import('./network/Departments.vue')) },
  { path: 'grassroots', title: '基层与需求', group: '服务', permissions: ['talent.read'], page: later(() => import('./grassroots/Grassroots.vue')) },
  { path: 'benefits', title: '免申即享', group: '服务', permissions: ['grassroots.edit'], page: later(() => import('./benefits/Benefits.vue')) },
  { path: 'statistics', title: '统计', group: '服务', permissions: ['statistics.read'], page: later(() => import('./statistics/Statistics.vue')) },
  { path: 'requests', title: '个人信息请求', group: '管理', permissions: ['talent.edit'], page: later(() => import('./requests/Requests.vue')) },
  { path: 'settings', title: '本中心设定', group: '管理', permissions: ['talent.edit'], page: later(() => import('./settings/Settings.vue')) },
]

export const ANY_VIEW = [...new Set(VIEWS.flatMap((view) => view.permissions))]
