import { computed, reactive, ref, watch } from 'vue'
import { sentence } from '../../staff/session'
import { desk, type Search } from '../api/calls'
import type { Found } from '../api/types'

const WAIT_MS = 350

/** Search over the chats one may see; on while any field is filled. */
export function useSearch() {
  const wanted = reactive<Search>({ q: '', category: '', label: '', from: '', to: '' })
  const found = ref<Found[]>([])
  const busy = ref(false)
  const error = ref('')
  const on = computed(() => Object.values(wanted).some((value) => value.trim() !== ''))
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked = 0

  async function run(): Promise<void> {
    const turn = ++asked
    busy.value = true
    try {
      const { chats } = await desk.search(wanted)
      if (turn !== asked) return
      found.value = chats
      error.value = ''
    } catch (failed) {
      if (turn === asked) error.value = sentence(failed)
    } finally {
      if (turn === asked) busy.value = false
    }
  }

  watch(wanted, () => {
    clearTimeout(timer)
    if (!on.value) {
      asked += 1
      found.value = []
      busy.value = false
      error.value = ''
      return
    }
    busy.value = true
    timer = setTimeout(() => void run(), WAIT_MS)
  })

  function clear(): void {
    Object.assign(wanted, { q: '', category: '', label: '', from: '', to: '' })
  }

  return { wanted, found, busy, error, on, run, clear }
}

/** The snippet cut at the words sought, for marking them. Pure. */
export function marked(text: string, q: string): { text: string; hit: boolean }[] {
  const sought = q.trim()
  if (!sought) return [{ text, hit: false }]
  const parts: { text: string; hit: boolean }[] = []
  let rest = text
  for (let at = rest.toLowerCase().indexOf(sought.toLowerCase()); at >= 0; at = rest.toLowerCase().indexOf(sought.toLowerCase())) {
    if (at > 0) parts.push({ text: rest.slice(0, at), hit: false })
    parts.push({ text: rest.slice(at, at + sought.length), hit: true })
    rest = rest.slice(at + sought.length)
  }
  if (rest) parts.push({ text: rest, hit: false })
  return parts
}
