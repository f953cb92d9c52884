import type { Band } from '@shared/index'

/** Codes of the server in the words of the staff. */

export interface Word {
  text: string
  tone: '' | 'brand' | 'good' | 'warn' | 'bad'
}

const REASONS: Record<string, Word> = {
  requested: { text: '主动找人工', tone: 'brand' },
  unanswered: { text: '助手未能解答', tone: 'warn' },
  sensitive: { text: '敏感事项', tone: 'warn' },
  turn_cap: { text: '聊得较久', tone: '' },
  complaint: { text: '投诉', tone: 'bad' },
  crisis: { text: '紧急关怀', tone: 'bad' },
  guide: { text: '申报求助', tone: 'brand' },
  engine_failure: { text: '助手故障', tone: 'warn' },
}

const CONTROLS: Record<string, Word> = {
  bot: { text: '智能助手', tone: '' },
  queued: { text: '等待接待', tone: 'warn' },
  offered: { text: '等待接待', tone: 'warn' },
  human: { text: '人工接待中', tone: 'good' },
  on_hold: { text: '已挂起', tone: '' },
  wrap_up: { text: '待小结', tone: '' },
  closed: { text: '已结束', tone: '' },
}

const CHANNELS: Record<string, string> = { web: '网页', wechat: '微信公众号' }

const BANDS: Record<Band, Word> = {
  answer: { text: '直接回答', tone: 'good' },
  offer: { text: '给出选项', tone: 'brand' },
  clarify: { text: '请选择城市', tone: 'brand' },
  not_published: { text: '未公布', tone: 'warn' },
  none: { text: '未找到', tone: 'bad' },
}

export const reasonWord = (code: string): Word => REASONS[code] ?? { text: code, tone: '' }
export const controlWord = (code: string): Word => CONTROLS[code] ?? { text: code, tone: '' }
export const channelWord = (code: string): string => CHANNELS[code] ?? code
export const bandWord = (band: string | null): Word => BANDS[band as Band] ?? { text: '未回答', tone: '' }

/** What leaves a dialog without doing it: beside a button that cancels something it must not read the same. */
export const wayOut = (act: string): string => (act.includes('取消') ? '返回' : '取消')
