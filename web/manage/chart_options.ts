import { reasonWord } from '../staff/words'
import type { Group, Part, Report } from './types'

/** What a chart shows, for the chart and for the text table beside it. */
export interface Chart {
  title: string
  unit: string
  kind: 'line' | 'bar'
  names: string[]
  series: { name: string; values: (number | null)[] }[]
}

const minutes = (seconds: number | null): number | null => (seconds === null ? null : Math.round(seconds / 6) / 10)
export const groupName = (part: Part, group: Group): string => (part === 'by_reason' ? reasonWord(group.key).text : group.name)

export function chartsOf(report: Report): Chart[] {
  const days = report.by_day
  const dayNames = days.map((day) => day.name.slice(5))
  const counts = (part: Part, title: string): Chart => ({
    title, unit: '次', kind: 'bar', names: report[part].map((group) => groupName(part, group)),
    series: [
      { name: '请求', values: report[part].map((group) => group.requested) },
      { name: '接通', values: report[part].map((group) => group.served) },
    ],
  })
  return [
    {
      title: '每日请求与接通', unit: '次', kind: days.length > 1 ? 'line' : 'bar', names: dayNames,
      series: [
        { name: '请求', values: days.map((day) => day.requested) },
        { name: '接通', values: days.map((day) => day.served) },
        { name: '放弃', values: days.map((day) => day.abandoned) },
        { name: '转工单', values: days.map((day) => day.ticketed) },
      ],
    },
    {
      title: '每日排队与首次回复（中位数）', unit: '分钟', kind: days.length > 1 ? 'line' : 'bar', names: dayNames,
      series: [
        { name: '排队', values: days.map((day) => minutes(day.queue_wait.median_s)) },
        { name: '首次回复', values: days.map((day) => minutes(day.first_reply.median_s)) },
      ],
    },
    counts('by_category', '按事项'),
    counts('by_reason', '按转人工原因'),
    counts('by_team', '按班组'),
    {
      title: '评分分布', unit: '次', kind: 'bar', names: ['1 分', '2 分', '3 分', '4 分', '5 分'],
      series: [{ name: '评价', values: report.total.ratings }],
    },
  ]
}

// Told apart by brightness as well as by colour.
const COLOURS = ['#1b5c9c', '#3f9c6c', '#bb3325', '#b56a0b']

export function optionOf(chart: Chart, still: boolean): object {
  return {
    animation: !still,
    color: COLOURS,
    aria: { enabled: true, label: { enabled: false }, decal: { show: chart.kind === 'bar' && chart.series.length > 1 } },
    grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true },
    legend: { top: 4, show: chart.series.length > 1, textStyle: { color: '#36424f' } },
    // Drawn on the canvas: nothing of the data becomes markup.
    tooltip: { trigger: 'axis', renderMode: 'richText', confine: true },
    xAxis: { type: 'category', data: chart.names, axisLabel: { color: '#44515f', hideOverlap: true } },
    yAxis: { type: 'value', name: chart.unit, minInterval: chart.unit === '分钟' ? 0 : 1, axisLabel: { color: '#44515f' } },
    series: chart.series.map((series) => ({
      name: series.name, type: chart.kind, data: series.values, barMaxWidth: 34, connectNulls: false, showSymbol: chart.names.length < 40,
    })),
  }
}
