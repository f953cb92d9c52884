/** Two short tones, made here: nothing to load, and a page without the sound allowed stays silent. */
export class Chime {
  private audio: AudioContext | null = null

  /** Browsers let a page sound only after the person has touched it. */
  unlock(): void {
    this.audio ??= new AudioContext()
    if (this.audio.state === 'suspended') void this.audio.resume()
  }

  play(pitches: readonly number[]): void {
    const audio = this.audio
    if (!audio || audio.state !== 'running') return
    pitches.forEach((pitch, index) => {
      const start = audio.currentTime + index * 0.18
      const tone = audio.createOscillator()
      const gain = audio.createGain()
      tone.frequency.value = pitch
      gain.gain.setValueAtTime(0.0001, start)
      gain.gain.exponentialRampToValueAtTime(0.25, start + 0.02)
      gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.3)
      tone.connect(gain).connect(audio.destination)
      tone.start(start)
      tone.stop(start + 0.32)
    })
  }

  close(): void {
    void this.audio?.close()
  }
}
