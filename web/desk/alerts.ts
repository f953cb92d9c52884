import { onScopeDispose, ref, watch, type Ref } from 'vue'

const STORED_AS = 'huicai-desk-sound'
const FLASH_MS = 1_000

/** Title and sound when somebody waits. `count` is how many wait. */
export function useAlerts(title: string, count: Ref<number>) {
  const sound = ref(localStorage.getItem(STORED_AS) !== 'off')
  let audio: AudioContext | null = null
  let flashing: ReturnType<typeof setInterval> | null = null
  let news = ''

  // Browsers let a page sound only after the person has touched it.
  const unlock = (): void => {
    audio ??= new AudioContext()
    if (audio.state === 'suspended') void audio.resume()
  }
  const touches = ['pointerdown', 'keydown'] as const
  for (const touch of touches) addEventListener(touch, unlock, { once: true })

  watch(sound, (on) => {
    localStorage.setItem(STORED_AS, on ? 'on' : 'off')
    if (on) chime()
  })

  function chime(): void {
    if (!sound.value || !audio || audio.state !== 'running') return
    ;[880, 1175].forEach((pitch, index) => {
      const start = audio!.currentTime + index * 0.18
      const tone = audio!.createOscillator()
      const gain = audio!.createGain()
      tone.frequency.value = pitch
      gain.gain.setValueAtTime(0.0001, start)
      gain.gain.exponentialRampToValueAtTime(0.25, start + 0.02)
      gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.3)
      tone.connect(gain).connect(audio!.destination)
      tone.start(start)
      tone.stop(start + 0.32)
    })
  }

  function still(): void {
    if (flashing !== null) clearInterval(flashing)
    flashing = null
    news = ''
    document.title = count.value ? `(${count.value}) ${title}` : title
  }

  /** Rings, and flashes the title until the page is looked at. */
  function alert(words: string): void {
    chime()
    if (document.hasFocus()) return
    news = words
    let shown = false
    flashing ??= setInterval(() => {
      shown = !shown
      document.title = shown ? `【${news}】` : title
    }, FLASH_MS)
  }

  addEventListener('focus', still)
  watch(count, () => flashing === null && still(), { immediate: true })
  onScopeDispose(() => {
    removeEventListener('focus', still)
    for (const touch of touches) removeEventListener(touch, unlock)
    if (flashing !== null) clearInterval(flashing)
    void audio?.close()
    document.title = title
  })

  return { sound, alert }
}
