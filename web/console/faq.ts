/** A FAQ as the server keeps it and as the form edits it. */

import type { Source } from '@shared/index'
import type { Word } from '../staff/words'

export type Kind = 'answer' | 'not_published'
export type Status = 'draft' | 'published' | 'changed' | 'withdrawn'

export interface Basis extends Source {
  code?: string | null
}

export interface Table {
  head: string[]
  rows: string[][]
}

export interface Faq {
  key: string
  question: string
  phrasings: string[]
  negatives: string[]
  category: string
  region: string
  place: string
  year: string
  audience: string
  kind: Kind
  answer: { paragraphs: string[]; items: string[]; table: Table | null }
  confidence: string
  sources: Basis[]
  valid_from: string | null
  valid_until: string | null
  follow_ups: string[]
  item: string | null
}

export interface FaqRow {
  key: string
  question: string
  category: string
  place: string
  year: string
  kind: Kind
  status: Status
  phrasings: number
  valid_until: string | null
  updated_at: string
}

export interface FaqPage {
  total: number
  faqs: FaqRow[]
  categories: string[]
}

export interface FaqDetail {
  faq: Faq
  status: Status
  revision: number
  published_version: number | null
  history: { version: number; at: string; staff_name: string | null; state?: string }[]
  warnings: (string | { message: string })[]
}

export const STATUSES: Record<Status, Word> = {
  draft: { text: '草稿', tone: '' },
  published: { text: '已上线', tone: 'good' },
  changed: { text: '已上线，有未发布的修改', tone: 'warn' },
  withdrawn: { text: '已停用', tone: 'bad' },
}

export const FEWEST_PHRASINGS = 6

export const lines = (text: string): string[] => text.split('\n').map((line) => line.trim()).filter(Boolean)

/** The form: lists of sentences are text, one per line, so that they can be pasted. */
export interface FaqForm extends Omit<Faq, 'phrasings' | 'negatives' | 'answer'> {
  phrasings: string
  negatives: string
  paragraphs: string
  items: string
  table: Table | null
}

export function toForm(faq: Faq): FaqForm {
  const { phrasings, negatives, answer, ...rest } = structuredClone(faq)
  return {
    ...rest,
    phrasings: phrasings.join('\n'),
    negatives: negatives.join('\n'),
    paragraphs: answer.paragraphs.join('\n'),
    items: answer.items.join('\n'),
    table: answer.table,
  }
}

const orNull = (text: string | null | undefined): string | null => text?.trim() || null

export function toFaq(form: FaqForm): Faq {
  const { phrasings, negatives, paragraphs, items, table, ...rest } = form
  return {
    ...rest,
    key: rest.key.trim(),
    question: rest.question.trim(),
    category: rest.category.trim(),
    place: rest.place.trim(),
    year: rest.year.trim(),
    phrasings: lines(phrasings),
    negatives: lines(negatives),
    answer: {
      paragraphs: lines(paragraphs),
      items: lines(items),
      table: table && { head: table.head.map((cell) => cell.trim()), rows: table.rows.map((row) => row.map((cell) => cell.trim())) },
    },
    sources: rest.sources.map((source) => ({
      title: source.title.trim(), number: orNull(source.number), body: orNull(source.body), date: orNull(source.date),
      clause: orNull(source.clause), url: orNull(source.url), code: source.code ?? null,
    })).filter((source) => Object.values(source).some(Boolean)),
    valid_from: orNull(rest.valid_from),
    valid_until: orNull(rest.valid_until),
    item: orNull(rest.item),
  }
}

export function blank(): Faq {
  return {
    key: '', question: '', phrasings: [], negatives: [], category: '', region: '370000', place: '山东省', year: '', audience: '人才',
    kind: 'answer', answer: { paragraphs: [], items: [], table: null }, confidence: '高', sources: [emptyBasis()],
    valid_from: null, valid_until: null, follow_ups: [], item: null,
  }
}

export function emptyBasis(): Basis {
  return { title: '', number: '', body: '', date: '', clause: '', url: '' }
}

const bare = (text: string): string => text.replace(/[\s，。？！?!,.、]/g, '').toLowerCase()

/** Lines that say the same as another line or as the standard question. */
export function repeats(text: string, question: string): string[] {
  const seen = new Set([bare(question)].filter(Boolean))
  return lines(text).filter((line) => {
    const same = seen.has(bare(line))
    seen.add(bare(line))
    return same
  })
}

export const FIELD_NAMES: Record<string, string> = {
  key: '编号', question: '标准问', phrasings: '相似问', negatives: '不匹配的问法', category: '分类', region: '适用地区', place: '地区写法',
  year: '适用年份', audience: '适用对象', kind: '类型', answer: '答案', confidence: '可信度', sources: '依据文件',
  valid_from: '生效日期', valid_until: '失效日期', follow_ups: '后续问题', item: '关联事项',
}

export const SOURCE_NAMES = { title: '文件名称', number: '文号', body: '发文机关', date: '日期', clause: '条款', url: '链接' } as const

/** What a person would miss but the server lets pass. */
export function faultsOf(faq: Faq): Record<string, string> {
  const faults: Record<string, string> = {}
  faq.sources.forEach((source, at) => {
    if (!source.title) faults[`sources.${at}.title`] = '请填写文件名称。'
    if (source.url && !/^https?:\/\//i.test(source.url)) faults[`sources.${at}.url`] = '链接要以 http:// 或 https:// 开头。'
  })
  return faults
}

/** The name of a field path such as `sources.0.title`. */
export function pathName(path: string): string {
  const [head, index, leaf] = path.split('.')
  const name = FIELD_NAMES[head!] ?? ''
  if (head === 'sources' && index !== undefined) {
    return `${name}第 ${Number(index) + 1} 条 ${SOURCE_NAMES[leaf as keyof typeof SOURCE_NAMES] ?? ''}`.trim()
  }
  return index !== undefined && /^\d+$/.test(index) ? `${name}第 ${Number(index) + 1} 行` : name
}

export function differing(mine: Faq, theirs: Faq): string[] {
  return (Object.keys(FIELD_NAMES) as (keyof Faq)[])
    .filter((field) => JSON.stringify(mine[field] ?? null) !== JSON.stringify(theirs[field] ?? null))
    .map((field) => FIELD_NAMES[field]!)
}
