import type { Packet, Tried } from './chats'

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
  told: '已一次性告知', questions: '核对条件', eligibility: '核对条件', fields: '填写资料', form: '填写资料',
  summary: '核对汇总', confirm: '等待确认提交', paused: '已暂停', submitted: '已提交', done: '已提交',
}

export function progress(application: Record<string, unknown>): { facts: Fact[]; values: Fact[] } {
  const { item, stage, values } = application
  const about: Fact[] = []
  const name = words(application.name ?? application.item_name ?? item)
  if (name) about.push({ name: '事项', value: name })
  if (stage) about.push({ name: '进度', value: STAGES[String(stage)] ?? String(stage) })
  const filled = values && typeof values === 'object' ? Object.entries(values) : []
  return {
    facts: about,
    values: filled.map(([label, value]) => ({ name: label, value: words(value) })).filter((fact) => fact.value),
  }
}
