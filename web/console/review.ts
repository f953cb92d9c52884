import { computed, ref, shallowRef } from 'vue'
import { api } from '../staff/session'
import { documentApi, type DocumentDetail, type Facts, type Force } from './documents'

/** One document: its draft with the reviewer's corrections, its published text, its force. */
export function useReview(id: string) {
  const detail = shallowRef<DocumentDetail | null>(null)
  const facts = ref<Facts | null>(null)
  const paragraphs = ref<string[]>([])
  const changed = computed(() => {
    const draft = detail.value?.draft
    if (!draft) return {}
    return Object.fromEntries(paragraphs.value.flatMap((text, at) => (text === draft.paragraphs[at]!.text ? [] : [[at, text]])))
  })
  const dirty = computed(() => {
    const draft = detail.value?.draft
    return !!draft && (Object.keys(changed.value).length > 0 || JSON.stringify(facts.value) !== JSON.stringify(draft.facts))
  })

  function adopt(next: DocumentDetail): void {
    detail.value = next
    facts.value = next.draft && structuredClone(next.draft.facts)
    paragraphs.value = next.draft?.paragraphs.map((one) => one.text) ?? []
  }

  const load = async (): Promise<void> => adopt(await api.get<DocumentDetail>(documentApi(id)))

  /** The id of the document afterwards: a corrected 文号 may be that of another one. */
  async function save(): Promise<string> {
    const { status_text: _status, source_site: _site, ...own } = facts.value!
    const next = await api.put<DocumentDetail>(`${documentApi(id)}/draft`, {
      revision: detail.value!.draft!.revision, facts: own, paragraphs: changed.value,
    })
    adopt(next)
    return next.document.id
  }

  async function publish(): Promise<number> {
    const next = await api.post<DocumentDetail>(`${documentApi(id)}/publish`, { revision: detail.value!.draft!.revision })
    adopt(next)
    return next.release!
  }

  /** Whether the document is still there without its draft. */
  async function discard(): Promise<boolean> {
    const { kept } = await api.post<{ kept: boolean }>(`${documentApi(id)}/discard`, { revision: detail.value!.draft!.revision })
    if (kept) await load()
    return kept
  }

  async function changeForce(force: Force): Promise<number> {
    const next = await api.put<DocumentDetail>(`${documentApi(id)}/force`, { revision: detail.value!.document.revision, force })
    const draft = detail.value!.draft
    if (!draft || !next.draft || !dirty.value) adopt(next)
    else if (next.draft.revision === draft.revision + 1) {
      // Corrections not saved yet stay; of the draft only the force has changed.
      const { in_force, effective_from, effective_until } = next.draft.facts
      facts.value = { ...facts.value!, in_force, effective_from, effective_until }
      detail.value = next
    } else detail.value = { ...next, draft } // somebody else's save as well: ours will be refused
    return next.release!
  }

  return { detail, facts, paragraphs, dirty, load, save, publish, discard, changeForce }
}
