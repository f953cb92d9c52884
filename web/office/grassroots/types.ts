/** Answers of /api/office/grassroots, as docs/cases.md has them. */
import { ref, type Ref } from 'vue'
import { api } from '../../staff/session'
import type { Choice } from '../../staff/records/ChoiceField.vue'

export interface Project {
  id: string; programme: string; title: string; host: string; region: string; region_name: string; field: string; term: string; starts_on: string; ends_on: string; places: number
  days: number; status: string; about: string; sample: boolean; joined: number; confirmed: number; can: string[]
}
export interface Participation { id: string; talent_id: string; name: string; region_name: string; status: string; asked_at: string | null; can: string[] }
export interface ProjectDetail extends Project { participations: Participation[]; notes: { id: string; kind: string; text: string; at: string }[] }
export interface Candidate { talent_id: string; name: string; title: string | null; region: string; score: number; reasons: string[]; free: boolean; why: string | null }
export interface Demand {
  id: string; period_id: string | null; employer_id: string | null; employer: string | null; kind: string; title: string; field: string; region: string; region_name: string
  education: string | null; places: number; key_chain: boolean; about: string; status: string; reason: string | null; closes_on: string; sample: boolean; can: string[]
}
export interface Match { id: string; talent_id: string; name: string; region_name: string; status: string; asked_at: string | null; can: string[] }
export interface Programme {
  key: string; name: string; also: string[]; lead: string; lead_name: string | null; audience: string; frequency: string; term: string; entry: string; support: string[]
  basis: { title: string; number?: string | null; clause?: string | null; url?: string | null }[]; item: string | null; open_projects: number
}
export interface Programmes { rows: Programme[]; guarantees: Record<string, string[]>; fields: { name: string; key_chain: boolean }[] }
export interface Challenge { id: string; title: string; host: string; field: string; region: string; region_name: string; about: string; closes_on: string; status: string; sample: boolean; claims: number; can: string[] }
export interface Claim { id: string; talent_id: string; name: string; status: string; can: string[] }
export interface Visit {
  id: string; employer: string | null; region_name: string; topic: string; people: number | null; wished: string; place: string | null; status: string; arranged_for: string | null
  result: string | null; created_at: string; can: string[]
}
export interface Plan {
  year: number; key: string; name: string; planned: number; unit: string; basis: string; done: number; counted: boolean; achievements: { id: string; name: string; at: string }[]
}

const known = ref<Programmes | null>(null)
let asked: Promise<void> | null = null

/** The seven programmes and the fields of the grid, asked for once. */
export function useProgrammes(): Ref<Programmes | null> {
  asked ??= api.get<Programmes>('/api/office/grassroots/programmes').then((found) => void (known.value = found), () => void (asked = null))
  return known
}
export const programmeChoices = (): Choice[] => (known.value?.rows ?? []).map((one) => ({ value: one.key, label: one.name }))
export const fieldChoices = (): Choice[] => (known.value?.fields ?? []).map((one) => ({ value: one.name, label: one.key_chain ? `${one.name}（重点产业）` : one.name }))
export const programmeName = (key: string): string => known.value?.rows.find((one) => one.key === key)?.name ?? ''
