import type { Plan } from '../grassroots/types'

/** Answer of /api/office/statistics, as docs/cases.md has it. */
export interface Figures {
  from: string; to: string; region: string; region_name: string; sample: boolean
  total: { employers: number; applicants: number; applications: number; parts: number; approved_parts: number; approved_people: number; recognised: number; cards: number }
  by_tier: { scheme: string; scheme_name: string; tier: string; recognised: number }[]
  by_region: { region: string; region_name: string; employers: number; applicants: number; approved: number }[]
  by_industry: { industry: string; applicants: number; approved: number }[]
  by_month: { month: string; applicants: number; approved: number }[]
  by_item: { item: string; name?: string; parts: number; approved: number; returned: number }[]
  children: { kind: string; title: string; placed: number }[]
  plan: Plan[]
}
