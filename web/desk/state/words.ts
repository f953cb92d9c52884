import type { Word } from '../../staff/words'
import type { HandoverStatus, Sent, SlaState } from '../api/types'

/** Words of the desk alone; those other pages share are in staff/words.ts. */

export const CATEGORIES = ['政策咨询', '手续代办', '待遇落实'] as const

const ENDINGS: Record<HandoverStatus, string> = {
  waiting: '等待中', active: '接待中', ticketed: '待回电', returned: '已交还助手', closed: '已结束', cancelled: '对方取消',
}
export const endingWord = (status: HandoverStatus | null): string => (status ? ENDINGS[status] : '')

const SENT: Record<Sent, Word> = {
  queued: { text: '等待发往微信', tone: '' },
  sending: { text: '正在发往微信', tone: '' },
  sent: { text: '已发往微信', tone: '' },
  failed: { text: '微信未送达', tone: 'bad' },
  parked: { text: '对方再次来信时送达', tone: 'warn' },
  unknown: { text: '微信未回应，不确定是否送达', tone: 'warn' },
}
export const sentWord = (sent: Sent): Word => SENT[sent] ?? { text: '', tone: '' }

const SLA_KINDS: Record<string, string> = { queue_wait: '等待接听', first_reply: '首次回复', resolution: '办结', callback: '回电' }
const SLA_TONES: Record<SlaState, Word['tone']> = { ok: '', warn: 'warn', breach: 'bad' }
export function slaWord(sla: { kind: string; state: SlaState }): Word {
  const kind = SLA_KINDS[sla.kind] ?? ''
  return { text: sla.state === 'breach' ? `${kind}已超时` : `${kind}时限`, tone: SLA_TONES[sla.state] }
}

export const ratingWord = (rating: number): string => ['', '非常不满意', '不满意', '基本满意', '满意', '非常满意'][rating] ?? ''

const ENDERS: Record<string, string> = { staff: '专员结束', talent: '对方结束', system: '系统结束' }
export const enderWord = (by: string | null): string => (by ? (ENDERS[by] ?? '') : '')

export const SUMMARY_FIELDS = [
  ['need', '诉求', '对方想办什么、想问什么'],
  ['facts', '情况', '已了解到的关键情况'],
  ['done', '处理过程', '做了哪些工作'],
  ['result', '处理结果', '结论或答复'],
  ['next', '后续事项', '还需要谁做什么；没有就空着'],
] as const

/** 2 KB reads as a person would say it. */
export function sizeWord(bytes: number): string {
  if (bytes < 1024) return `${bytes} 字节`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
