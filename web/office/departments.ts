import { ref, type Ref } from 'vue'
import { api } from '../staff/session'
import type { Paged } from '../staff/records/list'
import type { Choice } from '../staff/records/ChoiceField.vue'

const known = ref<Choice[]>([])
let asked: Promise<void> | null = null

/** Departments to choose from, asked for once. */
export function useDepartments(): Ref<Choice[]> {
  asked ??= readAll().catch(() => void (asked = null))
  return known
}

async function readAll(): Promise<void> {
  const found = await api.get<Paged<{ key: string; name: string }>>('/api/office/departments')
  known.value = found.rows.map((row) => ({ value: row.key, label: row.name }))
}
