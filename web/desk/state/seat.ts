import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { ApiError } from '@shared/index'
import { may, session } from '../../staff/session'
import { desk } from '../api/calls'
import type { Seat, SeatStatus } from '../api/types'
import { lineOf } from './seat_rules'

const ALIVE_MS = 10_000
const GRACE_S = 25 // as the router gives: docs/desk.md

/** My seat: whether it rings here, and whether the server still hears from this page. */
export function useSeat(now: { value: number }) {
  const seat = shallowRef<Seat | null>(null)
  const changing = ref(false)
  /** When the server last answered a sign of life; the first one is on its way. */
  const heardAt = ref(Date.now())
  const offline = ref(!navigator.onLine)
  const works = may('desk.chat')

  async function alive(): Promise<void> {
    if (!works || session.phase !== 'in') return
    try {
      const told = await desk.alive()
      heardAt.value = Date.now()
      if (told?.status) seat.value = told
    } catch (failed) {
      // Refused is heard; only silence is a lost line.
      if (failed instanceof ApiError && failed.status !== 0 && failed.status < 500) heardAt.value = Date.now()
    }
  }

  async function load(): Promise<void> {
    if (!works) return
    try {
      seat.value = await desk.seat()
      heardAt.value = Date.now()
    } catch {
      // The next sign of life tells it.
    }
  }

  async function set(status: SeatStatus): Promise<void> {
    changing.value = true
    try {
      seat.value = await desk.setSeat(status)
    } finally {
      changing.value = false
    }
  }

  const ticker = new Worker(new URL('./ticker.ts', import.meta.url), { type: 'module' })
  ticker.onmessage = () => void alive()
  ticker.postMessage(ALIVE_MS)
  const network = (): void => {
    offline.value = !navigator.onLine
    if (navigator.onLine) void alive()
  }
  const back = (): void => void (document.visibilityState === 'visible' && alive())
  addEventListener('online', network)
  addEventListener('offline', network)
  addEventListener('pageshow', back)
  document.addEventListener('visibilitychange', back)
  watch(() => session.phase, (phase) => phase === 'in' && void alive().then(load))
  onScopeDispose(() => {
    ticker.terminate()
    removeEventListener('online', network)
    removeEventListener('offline', network)
    removeEventListener('pageshow', back)
    document.removeEventListener('visibilitychange', back)
  })
  void load().then(alive)

  const line = computed(() => lineOf({ heardAt: heardAt.value, now: now.value, offline: offline.value, graceS: GRACE_S }))
  return { seat, works, changing, set, line, alive }
}
