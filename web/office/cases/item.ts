/** A service item's questions and fields as the form of 建件: what is asked, and what an answer must look like. */

export interface Option { value: string; title: string }
export type Condition = Record<string, string[]>
export interface Question { key: string; label: string; ask: string; help?: string | null; options: Option[]; only_if?: Condition }
export interface FormField {
  key: string; label: string; ask: string; kind: string; also?: string[]; help?: string | null; required: boolean; personal: boolean
  options: Option[]; only_if?: Condition; pattern?: string | null; min_length: number; max_length: number; min_year: number; max_year: number; error: string
}
export interface Material { key: string; name: string; required: boolean; form?: string | null; note?: string | null; upload?: boolean; only_if?: Condition }
export interface Item {
  key: string; name: string; place: string; region: string; caution: string | null
  questions: Question[]; fields: FormField[]; materials: Material[]
}
export type Values = Record<string, string>

export const isField = (step: Question | FormField): step is FormField => 'kind' in step

const applies = (condition: Condition | undefined, values: Values): boolean =>
  Object.entries(condition ?? {}).every(([key, wanted]) => wanted.includes(values[key] ?? ''))

/** What is asked with these answers, in order. An answer that is not asked for decides nothing. */
export function stepsOf(item: Pick<Item, 'questions' | 'fields'>, values: Values): (Question | FormField)[] {
  const asked: (Question | FormField)[] = []
  const current: Values = {}
  for (const step of [...item.questions, ...item.fields]) {
    if (!applies(step.only_if, current)) continue
    asked.push(step)
    if (values[step.key]) current[step.key] = values[step.key]!
  }
  return asked
}

/** The answers that are sent: those asked for and given. */
export const givenOf = (item: Pick<Item, 'questions' | 'fields'>, values: Values): Values =>
  Object.fromEntries(stepsOf(item, values).flatMap((step) => (values[step.key]?.trim() ? [[step.key, values[step.key]!.trim()]] : [])))

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

export function isIdNumber(text: string): boolean {
  if (!/^\d{17}[\dXx]$/.test(text)) return false
  const sum = WEIGHTS.reduce((total, weight, at) => total + weight * Number(text[at]), 0)
  const born = new Date(Date.UTC(Number(text.slice(6, 10)), Number(text.slice(10, 12)) - 1, Number(text.slice(12, 14))))
  return '10X98765432'[sum % 11] === text[17]!.toUpperCase() && born.toISOString().slice(0, 10).replace(/-/g, '') === text.slice(6, 14)
}

const KINDS: Record<string, (text: string) => boolean> = {
  name: (text) => /^[\p{Script=Han}·]{2,20}$|^[A-Za-z][A-Za-z .'-]{1,60}$/u.test(text),
  id_number: isIdNumber,
  passport: (text) => /^(?=.*\d)[A-Za-z0-9]{6,12}$/.test(text),
  phone: (text) => /^1[3-9]\d{9}$/.test(text.replace(/[ -]/g, '')),
  email: (text) => /^[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text),
  birth_date: (text) => /^(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(text) && !Number.isNaN(Date.parse(text)),
}

function fits(field: FormField, text: string): boolean {
  if (field.options.length) return field.options.some((option) => option.value === text)
  if (field.kind === 'year') return /^\d{4}$/.test(text) && Number(text) >= field.min_year && Number(text) <= field.max_year
  const kinds = [field.kind, ...(field.also ?? [])].filter((kind) => KINDS[kind])
  if (kinds.length) return kinds.some((kind) => KINDS[kind]!(text))
  if (text.length < field.min_length || text.length > field.max_length) return false
  return !field.pattern || new RegExp(`^(?:${field.pattern})$`, 'u').test(text)
}

/** Everything that is wrong, told at once: by the key of the step. */
export function faultsOf(item: Pick<Item, 'questions' | 'fields'>, values: Values): Record<string, string> {
  const faults: Record<string, string> = {}
  for (const step of stepsOf(item, values)) {
    const text = values[step.key]?.trim() ?? ''
    if (!isField(step)) {
      if (!text) faults[step.key] = `请选择“${step.label}”。`
    } else if (!text) {
      if (step.required) faults[step.key] = `请填写“${step.label}”。`
    } else if (!fits(step, text)) faults[step.key] = step.error
  }
  return faults
}
