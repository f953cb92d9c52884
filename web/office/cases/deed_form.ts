import { DEEDS, type Need } from './deeds'
import { lacksOf, type Asked } from './supplement'
import type { Deed } from './types'

/** What the dialog of a deed holds while it is filled in. */
export interface DeedForm {
  reason: string; basis: string; note: string
  lines: Asked[]; others: { label: string; why: string }[]
  values: Record<string, string>; files: { material: string; attachment_id: string; name: string }[]
  asks: { department: string; question: string; due_on: string | null }[]
  objection: { text: string; name: string; contact: string }; objection_id: string; staff_id: string
  result: Record<string, unknown>
}

export const blankForm = (): DeedForm => ({
  reason: '', basis: '', note: '', lines: [], others: [], values: {}, files: [], asks: [{ department: '', question: '', due_on: null }],
  objection: { text: '', name: '', contact: '' }, objection_id: '', staff_id: '', result: {},
})

type Built = { deed: Deed } | { fault: string }

/** What cannot be left out of what is issued. */
const ISSUED: Record<string, { key: string; fault: string }> = {
  card: { key: 'number', fault: '请填写卡号。' }, tier: { key: 'tier', fault: '请选择认定的层次。' },
  place: { key: 'text', fault: '请写明安排的结果，比如学校、年级。' }, benefit: { key: 'text', fault: '请写明落实的结果。' },
}

const TITLES: Partial<Record<Need, string>> = { reason: '原因', basis: '依据', note: '备注' }

/** What is sent for an event, or the first thing still to be done. */
export function deedOf(event: string, form: DeedForm, outcome = 'benefit'): Built {
  const { needs, words, must } = DEEDS[event]!
  const deed: Deed = {}
  for (const need of needs) {
    if (need === 'reason' || need === 'basis' || need === 'note') {
      const text = form[need].trim()
      if (!text && (need !== 'note' || must?.includes('note'))) return { fault: `请填写“${words?.[need] ?? TITLES[need]}”。` }
      if (text) deed[need] = text
    } else if (need === 'missing') {
      const built = lacksOf(form.lines, form.others)
      if ('fault' in built) return built
      deed.missing = built.missing
    } else if (need === 'supply') {
      deed.values = Object.fromEntries(Object.entries(form.values).filter(([, value]) => value.trim()).map(([key, value]) => [key, value.trim()]))
      deed.files = form.files.map(({ material, attachment_id }) => ({ material, attachment_id }))
    } else if (need === 'asks') {
      if (form.asks.some((ask) => !ask.department)) return { fault: '请选择要派发的部门。' }
      if (form.asks.some((ask) => ask.question.trim().length < 2)) return { fault: '请写明要部门核对什么。' }
      if (new Set(form.asks.map((ask) => ask.department)).size < form.asks.length) return { fault: '同一个部门只能派发一次。' }
      deed.asks = form.asks.map((ask) => ({ department: ask.department, question: ask.question.trim(), due_on: ask.due_on }))
    } else if (need === 'objection') {
      if (form.objection.text.trim().length < 2) return { fault: '请写明异议的内容。' }
      const { text, name, contact } = form.objection
      deed.objection = { text: text.trim(), ...(name.trim() ? { name: name.trim() } : {}), ...(contact.trim() ? { contact: contact.trim() } : {}) }
    } else if (need === 'settle') {
      if (!form.objection_id) return { fault: '请选择是哪一条异议。' }
      if (!form.note.trim()) return { fault: '请写明核实的结果。' }
      deed.objection_id = form.objection_id
      deed.note = form.note.trim()
    } else if (need === 'staff') {
      if (!form.staff_id) return { fault: '请选择经办人。' }
      deed.staff_id = form.staff_id
    } else if (need === 'result') {
      const wanted = ISSUED[outcome] ?? ISSUED.benefit!
      if (!String(form.result[wanted.key] ?? '').trim()) return { fault: wanted.fault }
      deed.result = Object.fromEntries(Object.entries(form.result).filter(([, value]) => value !== '' && value !== null && value !== undefined))
    }
  }
  return { deed }
}
