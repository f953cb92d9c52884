/** Policy documents as the server gives them, and how the pages say them. */

import type { Word } from '../staff/words'
import type { Basis } from './faq'

export type Standing = 'in_force' | 'not_yet' | 'unstated' | 'repealed' | 'replaced' | 'expired'

export interface End {
  how: 'repealed' | 'replaced'
  on: string
  successor: string
  clause: string
}

export interface Force {
  in_force: boolean
  effective_from: string | null
  effective_until: string | null
  ends: End[]
  note: string
}

export interface DocumentLine {
  id: string
  number: string | null
  title: string
  issuers: string[]
  published: string
  standing: Standing | null
  draft: boolean
  doubts: number
  version: number | null
  citing: number
  review: number
  updated_at: string
}

export interface DocumentPage {
  total: number
  documents: DocumentLine[]
}

export interface Finding {
  kind: string
  line: number | null
  text: string
  note: string
  /** Place among the paragraphs, where the words were found. */
  paragraph: number | null
}

export interface Facts {
  title: string
  number: string
  issuers: string[]
  published: string
  effective_from: string | null
  effective_until: string | null
  in_force: boolean
  url: string
  status_text?: string
  source_site?: string
}

export interface Clause {
  label: string
  heading: string | null
  text: string
  first: number
}

export interface DocumentText {
  version: number
  revision: number
  file_name: string
  facts: Facts
  paragraphs: { text: string; edited: boolean }[]
  clauses: Clause[]
  report: { removed: Finding[]; doubts: Finding[] }
  staff_name: string | null
  at: string
}

export interface Citing {
  key: string
  question: string
  clause: string | null
  last_day: string | null
  ended: boolean
}

export interface DocumentDetail {
  known?: boolean
  release?: number
  document: {
    id: string
    number: string | null
    title: string
    issuers: string[]
    published: string
    url: string | null
    registered: boolean
    standing: Standing | null
    revision: number
    force: Force
  }
  draft: DocumentText | null
  text: DocumentText | null
  history: { version: number; state: string; file_name: string; staff_name: string | null; at: string }[]
  citing: Citing[]
}

export const STANDINGS: Record<Standing, Word> = {
  in_force: { text: '现行有效', tone: 'good' },
  not_yet: { text: '尚未施行', tone: 'brand' },
  unstated: { text: '未注明', tone: '' },
  repealed: { text: '已废止', tone: 'bad' },
  replaced: { text: '已被替代', tone: 'bad' },
  expired: { text: '已到期', tone: 'bad' },
}

export const TEXT_STATES: Record<string, Word> = {
  draft: { text: '草稿', tone: 'warn' },
  published: { text: '已发布', tone: 'good' },
  superseded: { text: '已被新文本取代', tone: '' },
  discarded: { text: '已丢弃', tone: '' },
}

export const FILTERS: Record<string, string> = {
  ...Object.fromEntries(Object.entries(STANDINGS).map(([code, word]) => [code, word.text])),
  draft: '有待审草稿', review: '有问答待复核',
}

export const ACCEPTED = ['.txt', '.html', '.htm', '.docx', '.pdf']
export const MOST_MB = 10

/** Why a file need not be sent at all; the server looks again. */
export function faultOf(file: { name: string; size: number }): string {
  const suffix = file.name.slice(file.name.lastIndexOf('.')).toLowerCase()
  if (/\.(doc|wps|rtf)$/i.test(file.name)) return '旧版 Word 文件，请另存为 .docx 或 PDF 后再导入。'
  if (!ACCEPTED.includes(suffix)) return '只能导入 txt、html、docx、pdf 文件。'
  if (file.size === 0) return '文件是空的。'
  if (file.size > MOST_MB * 1024 * 1024) return `文件超过 ${MOST_MB} MB，请拆分后再导入。`
  return ''
}

const EMPTIED = /“ ?”|‘ ?’|《 ?》|「 ?」/g
/** What a site blanked out is shown, never filled in. */
const shown = (words: string): string => words.replace(EMPTIED, (pair) => `${pair[0]}〔原文此处为空〕${pair.at(-1)}`)

export interface Piece {
  text: string
  /** Why these words are marked; undefined for plain text. */
  note?: string
}

/** A paragraph cut at its doubtful places. Words a reviewer has corrected are no longer found, so no longer marked. */
export function pieces(text: string, doubts: Finding[]): Piece[] {
  const marks: { start: number; end: number; note: string }[] = []
  const taken = (start: number, end: number): boolean => marks.some((mark) => start < mark.end && mark.start < end)
  for (const { text: words, note, kind } of doubts) {
    // A finding may carry words around the emptied quotation marks; only the marks are in doubt.
    const pair = words.match(EMPTIED)?.[0]
    const offset = pair ? words.indexOf(pair) : 0
    const length = pair?.length ?? words.length
    let at = words ? text.indexOf(words) : -1
    while (at >= 0 && taken(at + offset, at + offset + length)) at = text.indexOf(words, at + 1)
    if (at >= 0) marks.push({ start: at + offset, end: at + offset + length, note: `${kind}：${note}` })
  }
  // They may come without a finding too, e.g. typed by a reviewer.
  for (const match of text.matchAll(EMPTIED)) {
    const end = match.index + match[0].length
    if (!taken(match.index, end)) marks.push({ start: match.index, end, note: '引号里的字在原网页上是空的，请对照正式文件' })
  }
  marks.sort((a, b) => a.start - b.start)
  const found: Piece[] = []
  let at = 0
  for (const { start, end, note } of marks) {
    if (start > at) found.push({ text: text.slice(at, start) })
    found.push({ text: shown(text.slice(start, end)), note })
    at = end
  }
  if (at < text.length) found.push({ text: text.slice(at) })
  return found
}

/** Whether the words in question are gone from the paragraph. */
export function settled(doubt: Finding, paragraphs: string[]): boolean {
  return doubt.paragraph !== null && !(paragraphs[doubt.paragraph] ?? '').includes(doubt.text)
}

export function endSentence(end: End): string {
  const what = end.clause || '全文'
  return end.how === 'replaced'
    ? `${what}自 ${end.on} 起被${end.successor || '其他文件'}替代`
    : `${what}自 ${end.on} 起废止`
}

/** What the register knows, in one line. */
export function identity({ issuers, published, force }: DocumentDetail['document']): string {
  return [
    issuers.join('、'),
    published && `${published} 公布`,
    force.effective_from && `${force.effective_from} 起施行`,
    force.effective_until && `有效至 ${force.effective_until}`,
  ].filter(Boolean).join(' · ')
}

/** The address of a new FAQ that rests on this clause. */
export function newFaqPath(facts: Pick<Facts, 'title' | 'number' | 'issuers' | 'published' | 'url'>, clause: string): string {
  const query = new URLSearchParams({ title: facts.title })
  for (const [name, value] of Object.entries({ number: facts.number, body: facts.issuers.join('、'), date: facts.published, clause, url: facts.url })) {
    if (value) query.set(name, value)
  }
  return `#/new?${query}`
}

/** The source a new FAQ starts with, from its address; null for a blank one. */
export function basisFrom(query: URLSearchParams): Basis | null {
  const title = query.get('title')
  if (!title) return null
  const url = query.get('url') ?? ''
  return {
    title, number: query.get('number') ?? '', body: query.get('body') ?? '', date: query.get('date') ?? '',
    clause: query.get('clause') ?? '', url: /^https?:\/\//.test(url) ? url : '',
  }
}

export const documentPath = (id: string): string => `#/documents/${encodeURIComponent(id)}`
export const documentApi = (id: string): string => `/api/console/documents/${encodeURIComponent(id)}`
export const issuersOf = (text: string): string[] => text.split(/[、,，;；\n]/).map((one) => one.trim()).filter(Boolean)
