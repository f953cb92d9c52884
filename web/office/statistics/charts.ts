import type { Chart } from '../../manage/chart_options'
import type { Figures } from './types'

type Row = Record<string, unknown>

function bars<T extends object>(title: string, unit: string, rows: T[], nameOf: (row: T) => string, series: [keyof T & string, string][]): Chart {
  return {
    title, unit, kind: 'bar', names: rows.map(nameOf), series: series.map(([key, name]) => ({ name, values: rows.map((row) => (row as Row)[key] as number) })),
  }
}

/** The figures as charts; what has no rows has no chart. A scheme's tiers stand apart from another's. */
export function chartsOf(figures: Figures, itemName: (key: string) => string): Chart[] {
  const schemes = [...new Set(figures.by_tier.map((row) => row.scheme))]
  const months = bars('按月', '人', figures.by_month, (row) => row.month, [['applicants', '申报'], ['approved', '核准']])
  return [
    { ...months, kind: figures.by_month.length > 1 ? 'line' : 'bar' } as Chart,
    ...schemes.map((scheme) => {
      const rows = figures.by_tier.filter((row) => row.scheme === scheme)
      return bars(`认定层次：${rows[0]!.scheme_name}`, '人', rows, (row) => row.tier, [['recognised', '认定']])
    }),
    bars('按地区', '人', figures.by_region, (row) => row.region_name, [['applicants', '申报'], ['approved', '核准']]),
    bars('按行业', '人', figures.by_industry, (row) => row.industry, [['applicants', '申报'], ['approved', '核准']]),
    bars('按事项', '件', figures.by_item, (row) => row.name ?? itemName(row.item), [['parts', '申请'], ['approved', '核准'], ['returned', '退回']]),
    bars('子女入学入园', '人', figures.children, (row) => row.title, [['placed', '已安排']]),
  ].filter((chart) => chart.names.length > 0)
}
