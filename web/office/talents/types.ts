/** Answers of /api/office/talents, as bot/talent/listing.py and reading.py give them. */
import { ref, type Ref } from 'vue'
import { api } from '../../staff/session'

export interface Tier { id?: string; scheme: string; scheme_name: string; tier: string; valid_from: string; valid_to: string | null; basis: string; now?: boolean }
export interface Card {
  id: string; kind: string; number: string; group: number | null; route: string | null; status: string; state: string; reason: string | null; valid_from: string; valid_to: string | null
}
export interface TalentRow {
  id: string; name: string; employer_id: string | null; employer_name: string | null; region: string; region_name: string; education: string; title: string | null
  position: string | null; industry: string | null; tiers: Tier[]; card: Card | null; specialist_id: string | null; specialist_name: string | null; phone_hint: string | null
  id_hint: string; expert: boolean; sample: boolean; revision: number; updated_at: string
}
export interface TalentChange { kind: string; detail: Record<string, unknown>; by_name: string | null; why: string; at: string }
export interface Talent extends Omit<TalentRow, 'tiers'> {
  gender: string | null; birth_year: number | null; nationality: string; top_school: boolean; school: string | null; graduated_on: string | null; fulltime: boolean | null
  fields: string[]; origin: string | null; arrived_on: string | null; postdoc: string | null; honours: string[]; abroad: boolean; serves_grassroots: boolean
  departments: string[]; id_kind: string; has_email: boolean; created_at: string; tiers: Tier[]; cards: Card[]
  programmes: { id: string; name: string; level: string; year: number; valid_to: string | null }[]; changes: TalentChange[]
}
export interface Options {
  educations: string[]; origins: string[]; card_statuses: string[]; honours: string[]; industries: string[]
  schemes: { key: string; name: string; region: string; tiers: string[]; years: number | null }[]; departments: { key: string; name: string }[]
  specialists: { id: string; name: string; region_name: string; level: string; kind: string }[]
}

const known = ref<Options | null>(null)
let asked: Promise<void> | null = null

/** What a record may be filled with, asked for once. */
export function useOptions(): Ref<Options | null> {
  asked ??= api.get<Options>('/api/office/talents/options').then((found) => void (known.value = found), () => void (asked = null))
  return known
}

export const ROUTES: Record<string, string> = { direct: '直接颁发', review: '审核颁发', assess: '评审颁发' }
export const GROUPS = ['第一类', '第二类', '第三类', '第四类', '第五类']
