import type { Packet, Tried } from '../api/types'

/** Names of what the assistant remembers; anything unknown is left out, as it means nothing to a person. */
const SLOT_NAMES: Record<string, string> = {
  region: '地区', tier: '人才层次', last_question: '最近的问题', awaiting: '正在填写', handover_outcome: '上次人工结论',
  degree: '学历', programme: '项目', item: '事项', amount: '金额',
}

export interface Fact {
  name: string
  value: string
}

function words(value: unknown): string {
  if (value === null || value === undefined || value === '') return ''
  if (typeof value === 'boolean') return value ? '是' : '否'
  if (Array.isArray(value)) return value.map(words).filter(Boolean).join('、')
  if (typeof value === 'object') return Object.values(value).map(words).filter(Boolean).join('，')
  return String(value)
}

const chinese = (text: string): boolean => /[\u4e00-\u9fff]/.test(text)

export function facts(packet: Packet, region: (code: string) => string): Fact[] {
  const found: Fact[] = []
  for (const [slot, value] of Object.entries(packet.slots)) {
    const name = SLOT_NAMES[slot] ?? (chinese(slot) ? slot : '')
    const shown = slot === 'region' ? region(String(value)) || String(value) : words(value)
    if (name && shown) found.push({ name, value: shown })
  }
  return found
}

export function answered(packet: Packet): { yes: Tried[]; no: Tried[] } {
  const asked = packet.tried.filter((tried) => tried.question)
  return {
    yes: asked.filter((tried) => tried.band === 'answer'),
    no: asked.filter((tried) => tried.band !== 'answer'),
  }
}

const STAGES: Record<string, string> = {
  notice: '一次性告知', eligibility: '核对条件', form: '填写资料', summary: '核对汇总', done: '已提交',
}

/**
 * The guide's draft: where it is and what is filled in. `rows` are the server's labelled values; the draft's own
 * `values` are codes, shown only where their name says something to a person.
 */
export function progress(application: Record<string, unknown>, item: (key: string) => string): { facts: Fact[]; values: Fact[] } {
  const { rows, values, stage } = application
  const about: Fact[] = []
  const name = words(application.name) || item(String(application.item ?? ''))
  if (name) about.push({ name: '事项', value: name })
  if (stage) about.push({ name: '进度', value: STAGES[String(stage)] ?? String(stage) })
  const pairs = Array.isArray(rows)
    ? (rows as [string, unknown][])
    : Object.entries((values ?? {}) as Record<string, unknown>).filter(([label]) => chinese(label))
  return {
    facts: about,
    values: pairs.map(([label, value]) => ({ name: label, value: words(value) })).filter((fact) => fact.value),
  }
}
