import type { Lack } from './types'

/** One line of the list of what is missing: everything of the application that may be asked for again. */
export interface Asked { kind: Lack['kind']; key: string; label: string; on: boolean; why: string }

export const REASONS: Record<Lack['kind'], string[]> = {
  field: ['与证件不一致', '填写不完整', '请核对后重填'],
  material: ['没有提交', '不清晰，请重新拍照或扫描', '缺页', '已过有效期', '没有盖章或签字'],
  other: [],
}

export function linesOf(steps: { key: string; label: string }[], materials: { key: string; name: string }[]): Asked[] {
  return [
    ...materials.map(({ key, name }) => ({ kind: 'material' as const, key, label: name, on: false, why: '' })),
    ...steps.map(({ key, label }) => ({ kind: 'field' as const, key, label, on: false, why: '' })),
  ]
}

/** What is sent, or what is still to be done before. */
export function lacksOf(lines: Asked[], others: { label: string; why: string }[]): { missing: Lack[] } | { fault: string } {
  const chosen = lines.filter((line) => line.on)
  const extra = others.filter((other) => other.label.trim() || other.why.trim())
  if (!chosen.length && !extra.length) return { fault: '请至少勾选一项，并写明原因。' }
  const silent = chosen.find((line) => !line.why.trim())
  if (silent) return { fault: `请写明“${silent.label}”要补正的原因。` }
  if (extra.some((other) => !other.label.trim() || !other.why.trim())) return { fault: '其他补正内容要写明补什么和为什么。' }
  return {
    missing: [
      ...chosen.map(({ kind, key, why }) => ({ kind, key, why: why.trim() })),
      ...extra.map(({ label, why }) => ({ kind: 'other' as const, label: label.trim(), why: why.trim() })),
    ],
  }
}
