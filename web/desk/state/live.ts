import { onScopeDispose, ref, type Ref } from 'vue'
import { browserWorld, EventStream, type StreamStatus, type StreamWorld } from '@shared/index'
import { session, signedOut } from '../../staff/session'

const RELOAD_MS = 5_000

/** The desk must ring while its tab is in the background, so hiding it does not close that line. */
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
 * Each connection calls `reload` once, for what was said while there was none. `whileHidden`: stays open in a
 * background tab; the others close, as a browser has six lines to one server and several tabs share them.
 */
export function useLive(options: {
  ready: Promise<unknown>
  whileHidden: boolean
  url: () => string
  onEvent: (name: string, data: unknown) => void
  reload: () => void
}): Live {
  const status = ref<StreamStatus>('connecting')
  let stopped = false
  const stream = new EventStream({
    url: options.url,
    onEvent: options.onEvent,
    onStatus: (now) => {
      if (now === 'open') options.reload()
      status.value = now
    },
    onUnauthorized: async () => {
      signedOut()
      return false
    },
    world: options.whileHidden ? awake() : browserWorld(),
  })
  void options.ready.then(() => stopped || stream.start())
  const timer = setInterval(() => {
    if (status.value !== 'open' && status.value !== 'paused' && session.phase === 'in') options.reload()
  }, RELOAD_MS)
  const stop = (): void => {
    stopped = true
    clearInterval(timer)
    stream.stop()
  }
  onScopeDispose(stop)
  return { status, retryNow: () => stream.retryNow(), stop }
}
