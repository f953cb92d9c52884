export interface BenefitList {
  id: string; entitlement: string; title: string; line: string; year: number; region: string; region_name: string; status: string; made_at: string; published_at: string | null
  open: number; confirmed: number; struck: number
}
export interface BenefitRow { id: string; talent_id: string; name: string; id_hint: string; region_name: string; reason: string; status: string; why: string | null }
export interface Entitlement { key: string; title: string; line: string; region: string; place: string; year: string; confidence: string; without_application: boolean; stated: boolean; current: boolean }
