import { computed, ref, shallowRef } from 'vue'
import { ApiError } from '@shared/index'
import { api, isCode } from '../staff/session'
import { blank, differing, faultsOf, toFaq, toForm, type Basis, type Faq, type FaqDetail, type FaqForm } from './faq'

export const faqPath = (key: string): string => `/api/console/faqs/${encodeURIComponent(key)}`

/** What a colleague saved while this form was open. */
export interface Conflict {
  theirs: FaqDetail
  fields: string[]
}

/** One FAQ being edited; `key` null is a new one. */
export function useEditor(key: string | null, basis?: Basis) {
  const form = ref<FaqForm>(toForm(basis ? { ...blank(), sources: [basis] } : blank()))
  const detail = shallowRef<FaqDetail | null>(null)
  const errors = ref<Record<string, string>>({})
  const conflict = shallowRef<Conflict | null>(null)
  const saved = ref(JSON.stringify(toFaq(form.value)))
  const dirty = computed(() => JSON.stringify(toFaq(form.value)) !== saved.value)

  function adopt(next: FaqDetail): void {
    detail.value = next
    form.value = toForm({ ...blank(), ...next.faq })
    saved.value = JSON.stringify(toFaq(form.value))
    errors.value = {}
    conflict.value = null
  }

  async function load(): Promise<void> {
    if (key !== null) adopt(await api.get<FaqDetail>(faqPath(key)))
  }

  /** Stores the draft; false when the server found faults, which are then in `errors`, or a conflict. */
  async function save(): Promise<boolean> {
    const faq = toFaq(form.value)
    errors.value = faultsOf(faq)
    if (Object.keys(errors.value).length) return false
    try {
      const answer = detail.value
        ? await api.put<FaqDetail>(faqPath(detail.value.faq.key), { faq, revision: detail.value.revision })
        : await api.post<FaqDetail>('/api/console/faqs', { faq, revision: 0 })
      adopt(answer)
      return true
    } catch (failed) {
      if (isCode(failed, 'changed_meanwhile') && detail.value) {
        const theirs = await api.get<FaqDetail>(faqPath(detail.value.faq.key))
        errors.value = {}
        conflict.value = { theirs, fields: differing(faq, { ...blank(), ...theirs.faq }) }
        return false
      }
      if (failed instanceof ApiError && failed.status === 422 && Object.keys(failed.fields).length) {
        errors.value = Object.fromEntries(
          Object.entries(failed.fields).map(([path, words]) => [path.replace(/^faq\./, ''), words]))
        return false
      }
      throw failed
    }
  }

  /** Carry on with one's own words: the next save replaces the colleague's. */
  function keepMine(): void {
    if (conflict.value) detail.value = conflict.value.theirs
    saved.value = ''
    conflict.value = null
  }

  function takeTheirs(): void {
    if (conflict.value) adopt(conflict.value.theirs)
  }

  async function change(step: 'publish' | 'withdraw'): Promise<number> {
    const { release } = await api.post<{ release: number }>(`${faqPath(detail.value!.faq.key)}/${step}`)
    await api.get<FaqDetail>(faqPath(detail.value!.faq.key)).then(adopt)
    return release
  }

  const at = (path: string): string => errors.value[path] ?? ''
  /** The first fault of a field or of anything inside it. */
  const within = (path: string): string =>
    at(path) || (Object.entries(errors.value).find(([name]) => name.startsWith(`${path}.`))?.[1] ?? '')
  const current = computed<Faq>(() => toFaq(form.value))

  return { form, detail, errors, conflict, dirty, current, load, save, change, keepMine, takeTheirs, at, within }
}
