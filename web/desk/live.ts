import { onScopeDispose, ref, type Ref } from 'vue'
import { browserWorld, EventStream, type StreamStatus, type StreamWorld } from '@shared/index'
import { session, signedOut } from '../staff/session'

const RELOAD_MS = 5_000

/** The desk must ring while its tab is in the background, so hiding it does not close its lines. */
function awake(): StreamWorld {
  const world = browserWorld()
  return {
    ...world,
    hidden: () => false,
    onWake: (listener) => world.onWake((what) => what !== 'hidden' && listener(what)),
  }
}

export interface Live {
  status: Ref<StreamStatus>
  retryNow: () => void
  stop: () => void
}

/**
 * A stream of the desk, opened after `ready`; while it is not open, `reload` is called every few seconds instead.
 * Each connection calls `reload` once, for what was said while there was none; a stream that resumes by itself
 * (`resumes`) does so from its second connection on.
 */
export function useLive(options: {
  ready: Promise<unknown>
  resumes: boolean
  url: () => string
  onEvent: (name: string, data: unknown) => void
  reload: () => void
}): Live {
  const status = ref<StreamStatus>('connecting')
  let opened = !options.resumes
  let stopped = false
  const stream = new EventStream({
    url: options.url,
    onEvent: options.onEvent,
    onStatus: (now) => {
      if (now === 'open') {
        if (opened) options.reload()
        opened = true
      }
      status.value = now
    },
    onUnauthorized: async () => {
      signedOut()
      return false
    },
    world: awake(),
  })
  void options.ready.then(() => stopped || stream.start())
  const timer = setInterval(() => {
    if (status.value !== 'open' && session.phase === 'in') options.reload()
  }, RELOAD_MS)
  const stop = (): void => {
    stopped = true
    clearInterval(timer)
    stream.stop()
  }
  onScopeDispose(stop)
  return { status, retryNow: () => stream.retryNow(), stop }
}
