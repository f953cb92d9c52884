import { content, type Content } from '@shared/index'
import { today } from '../staff/clock'
import type { Faq } from './faq'

// The sentences of data/dialogue/knowledge.yml, as the draft is shown before the server has it.
const CAUTIONS: Record<string, string | null> = {
  高: null,
  中: '标准可能调整，请以当年官方通知为准；拿不准时可以转人工核实。',
  低: '其中有非官方整理的内容，仅供参考，请以当年官方通知为准，建议转人工核实。',
}
const NOT_VALID = '这条内容已经失效，仅供查阅历史规定。'

function force({ valid_from: from, valid_until: until }: Faq, now: string): string {
  if (until && until < now) return `已失效（${until}止）`
  if (from && from > now) return `尚未生效（${from}起施行）`
  if (until) return `现行有效（至${until}）`
  return from ? '现行有效' : '未注明失效日期'
}

/** The answer as the assistant will give it, from a draft. */
export function asAnswer(faq: Faq, title: (key: string) => string): Content {
  const now = today()
  const unpublished = faq.kind === 'not_published'
  const expired = faq.valid_until !== null && faq.valid_until < now
  const buttons = faq.follow_ups.map((key) => ({ title: title(key) }))
  if (faq.item && !unpublished) buttons.unshift({ title: '开始办理' })
  if (faq.confidence !== '高' || unpublished) buttons.push({ title: '转人工' })
  return content({
    paragraphs: [...(expired ? [NOT_VALID] : []), ...faq.answer.paragraphs],
    items: faq.answer.items,
    table: faq.answer.table,
    caution: CAUTIONS[faq.confidence] ?? null,
    scope: faq.year ? `${faq.place} · ${faq.year}年口径` : faq.place || null,
    status: unpublished ? null : force(faq, now),
    sources: faq.sources.filter((source) => source.title),
    buttons,
  })
}
