import type { Choice } from './ChoiceField.vue'

/** A field of a record's form. */
export interface FieldSpec {
  key: string
  title: string
  kind: 'text' | 'long' | 'number' | 'date' | 'choice' | 'region' | 'words' | 'choices' | 'switch' | 'employer' | 'talent' | 'lines'
  required?: boolean
  max?: number
  least?: number
  most?: number
  step?: number
  choices?: Choice[] | (() => Choice[])
  hint?: string
  /** Asked only when a record is made, not when it is changed. */
  once?: boolean
  /** What a new record begins with. */
  initial?: unknown
  wide?: boolean
}

export type FormValues = Record<string, unknown>

export const same = (words: readonly string[]): Choice[] => words.map((word) => ({ value: word, label: word }))

export const choicesOf = (field: FieldSpec): Choice[] => (typeof field.choices === 'function' ? field.choices() : field.choices ?? [])

const EMPTY: Partial<Record<FieldSpec['kind'], unknown>> = { words: [], choices: [], lines: [], switch: false, text: '', long: '' }

/** What the form starts with: the record's values, or each field's first. */
export function startOf(fields: FieldSpec[], record?: object): FormValues {
  const known = (record ?? {}) as FormValues
  return Object.fromEntries(fields.map((field) => {
    const value = known[field.key] ?? (record ? undefined : field.initial) ?? EMPTY[field.kind] ?? null
    return [field.key, Array.isArray(value) ? [...value] : value]
  }))
}

/** What is sent: words trimmed, emptied values as null, numbers as numbers. */
export function bodyOf(fields: FieldSpec[], values: FormValues): FormValues {
  return Object.fromEntries(fields.map((field) => {
    const value = values[field.key]
    if (field.kind === 'number') return [field.key, value === '' || value === null || value === undefined ? null : Number(value)]
    if (field.kind === 'lines') return [field.key, String(Array.isArray(value) ? value.join('\n') : value ?? '').split('\n').map((line) => line.trim()).filter(Boolean)]
    if (typeof value !== 'string') return [field.key, value ?? null]
    const text = value.trim()
    // What must be given is refused by the form itself; a text that may be empty is empty, not absent, where the field says so.
    return [field.key, text || (field.initial === '' ? '' : null)]
  }))
}

/** The first thing wrong, told as what to do. */
export function faultOf(fields: FieldSpec[], values: FormValues): string | null {
  for (const field of fields) {
    const value = values[field.key]
    const empty = value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length) || (typeof value === 'string' && !value.trim())
    if (field.required && empty) return `请填写“${field.title}”。`
    if (!empty && field.kind === 'number') {
      const number = Number(value)
      if (!Number.isFinite(number)) return `“${field.title}”请填写数字。`
      if (field.least !== undefined && number < field.least) return `“${field.title}”不能小于 ${field.least}。`
      if (field.most !== undefined && number > field.most) return `“${field.title}”不能大于 ${field.most}。`
    }
  }
  return null
}
