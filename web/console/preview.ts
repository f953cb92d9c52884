import { content, type Content } from '@shared/index'
import { today } from '../staff/clock'
import type { Faq } from './faq'

const CAUTION = '请以当年官方通知为准。'

/** The answer as the assistant will give it, from a draft. */
export function asAnswer(faq: Faq, title: (key: string) => string): Content {
  const now = today()
  const expired = faq.valid_until !== null && faq.valid_until < now
  const unsure = faq.confidence !== '高'
  const buttons = faq.follow_ups.map((key) => ({ title: title(key) }))
  if (unsure || faq.kind === 'not_published') buttons.push({ title: '转人工' })
  return content({
    paragraphs: faq.answer.paragraphs,
    items: faq.answer.items,
    table: faq.answer.table,
    caution: faq.kind === 'answer' && unsure ? CAUTION : null,
    scope: [faq.place, faq.year && `${faq.year}年口径`].filter(Boolean).join(' · ') || null,
    status: faq.kind === 'answer' ? (expired ? '已过有效期，不再作答' : '现行有效') : null,
    sources: faq.sources.filter((source) => source.title),
    buttons,
  })
}
