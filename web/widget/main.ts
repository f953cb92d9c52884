import { HuicaiChat } from './element'

const TAG = 'huicai-chat'
const script = document.currentScript as HTMLScriptElement | null

/** An embedding site names the server in data-server; on our own page calls stay relative. */
function home(): string {
  if (script?.dataset.server) return script.dataset.server
  const origin = script?.src ? new URL(script.src).origin : location.origin
  return origin === location.origin ? '' : origin
}

// A page may include the script twice; the first one serves.
if (!customElements.get(TAG)) {
  HuicaiChat.home = home()
  customElements.define(TAG, HuicaiChat)
  const place = (): void => {
    if (!document.querySelector(TAG)) document.body.appendChild(document.createElement(TAG))
  }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', place)
  else place()
}
