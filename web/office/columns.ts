import type { Word } from '../staff/words'

/** A column of a list: words, a coloured word, or what the slot `cell-<key>` shows. */
export interface Column<Row> {
  key: string
  title: string
  text?: (row: Row) => string | number | null | undefined
  tag?: (row: Row) => Word | null
  href?: (row: Row) => string
  num?: boolean
  /** Words in small print below. */
  below?: (row: Row) => string | null | undefined
}

export const shownIn = <Row>(column: Column<Row>, row: Row): string => {
  const value = column.text ? column.text(row) : (row as Record<string, unknown>)[column.key]
  if (value === null || value === undefined || value === '') return '—'
  return Array.isArray(value) ? value.join('、') || '—' : String(value)
}
