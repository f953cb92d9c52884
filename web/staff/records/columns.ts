import type { Word } from '../words'

/** A column of a list: words, a coloured word, or what the slot `cell-<key>` shows. */
export interface Column<Row> {
  key: string
  title: string
  text?: (row: Row) => string | number | null | undefined
  tag?: (row: Row) => Word | null
  /** None: nothing to open. */
  href?: (row: Row) => string | null
  num?: boolean
  /** Short words that stay on one line. */
  short?: boolean
  /** Words in small print below. */
  below?: (row: Row) => string | null | undefined
}

/** Nothing to show: on a phone such a line is left out. */
export const isBlank = <Row>(column: Column<Row>, row: Row): boolean =>
  (column.tag ? !column.tag(row) : shownIn(column, row) === '—') && !column.below?.(row)

export const shownIn = <Row>(column: Column<Row>, row: Row): string => {
  const value = column.text ? column.text(row) : (row as Record<string, unknown>)[column.key]
  if (value === null || value === undefined || value === '') return '—'
  return Array.isArray(value) ? value.join('、') || '—' : String(value)
}
