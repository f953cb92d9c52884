import { onScopeDispose, ref, watch, type Ref } from 'vue'
import { Chime } from './sound'

const STORED_AS = 'huicai-desk-sound'
const FLASH_MS = 1_000
const RING_EVERY_MS = 2_500
const RING = [880, 1175, 880, 1175] as const
const NEWS = [880, 1175] as const
const TOUCHES = ['pointerdown', 'pointermove', 'keydown'] as const

/**
 * Title, sound and the system's notices. `waiting` is how many wait; `ringing` names what rings here, or is empty:
 * it sounds until the person stirs, and the title flashes until it is over.
 */
export function useAlerts(title: string, waiting: Ref<number>, ringing: Ref<string>) {
  const sound = ref(localStorage.getItem(STORED_AS) !== 'off')
  const allowed = ref<NotificationPermission | 'unsupported'>('Notification' in window ? Notification.permission : 'unsupported')
  const chime = new Chime()
  let flashing: ReturnType<typeof setInterval> | null = null
  let pealing: ReturnType<typeof setInterval> | null = null
  /** Nobody has stirred since it began to ring. */
  const unseen = ref(false)
  let words = ''

  const play = (pitches: readonly number[]): void => {
    if (sound.value) chime.play(pitches)
  }

  function stopPeal(): void {
    if (pealing !== null) clearInterval(pealing)
    pealing = null
    unseen.value = false
  }

  /** A stir of the person is what "seen" means; a page that merely lies open is not looked at. */
  function stirred(event: Event): void {
    if (event.type !== 'pointermove') chime.unlock()
    stopPeal()
  }
  for (const touch of TOUCHES) addEventListener(touch, stirred)

  watch(sound, (on) => {
    localStorage.setItem(STORED_AS, on ? 'on' : 'off')
    if (on) chime.play(NEWS)
  })

  function calm(): void {
    if (flashing !== null) clearInterval(flashing)
    flashing = null
    document.title = waiting.value ? `(${waiting.value}) ${title}` : title
  }

  function flash(text: string): void {
    words = text
    let shown = false
    flashing ??= setInterval(() => {
      shown = !shown
      document.title = shown ? `【${words}】` : title
    }, FLASH_MS)
  }

  /** No words of the talk: a notice lies on screens others may see. */
  function notify(text: string, tag: string, about = ''): void {
    if (allowed.value !== 'granted' || document.hasFocus()) return
    try {
      const shown = new Notification(text, { body: about, tag, icon: '/favicon.svg' })
      shown.onclick = () => {
        window.focus()
        shown.close()
      }
    } catch {
      // Phones know notices of service workers only; sound and title have to do there.
    }
  }

  async function ask(): Promise<void> {
    if (allowed.value !== 'unsupported') allowed.value = await Notification.requestPermission()
  }

  /** Something new, once. */
  function alert(text: string, tag: string): void {
    play(NEWS)
    if (document.hasFocus()) return
    flash(text)
    notify(text, tag)
  }

  watch(ringing, (rings, before) => {
    if (!rings) {
      stopPeal()
      calm()
      return
    }
    if (rings === before) return
    stopPeal()
    unseen.value = true
    play(RING)
    pealing = setInterval(() => play(RING), RING_EVERY_MS)
    flash('有人呼叫您')
    notify('有人呼叫您，请接听', 'ring', rings)
  }, { immediate: true })

  const looked = (): void => {
    if (!ringing.value) calm()
  }
  addEventListener('focus', looked)
  watch(waiting, () => flashing === null && calm(), { immediate: true })
  onScopeDispose(() => {
    removeEventListener('focus', looked)
    for (const touch of TOUCHES) removeEventListener(touch, stirred)
    stopPeal()
    calm()
    chime.close()
    document.title = title
  })

  return { sound, alert, allowed, ask, unseen }
}
