import { createApp, type App as VueApp } from 'vue'
import App from './App.vue'
import base from './styles/base.css?inline'
import message from './styles/message.css?inline'
import layout from './styles/layout.css?inline'
import sheet from './styles/sheet.css?inline'
import identity from './styles/identity.css?inline'

const css = [base, layout, message, sheet, identity].join('\n')

/** A page's CSP may forbid inline <style>, so that is only the way of browsers without adopted sheets. */
function dress(shadow: ShadowRoot): void {
  if ('adoptedStyleSheets' in shadow && 'replaceSync' in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    shadow.adoptedStyleSheets = [sheet]
    return
  }
  const style = document.createElement('style')
  style.textContent = css
  shadow.appendChild(style)
}

/** `<huicai-chat server="https://…" mode="full">`; both attributes may be left out. */
export class HuicaiChat extends HTMLElement {
  /** Where the script came from, for elements that name no server. */
  static home = ''
  private app: VueApp | null = null
  private place: HTMLElement | null = null

  connectedCallback(): void {
    if (this.app) return
    const shadow = this.shadowRoot ?? this.attachShadow({ mode: 'open' })
    if (!shadow.firstChild) dress(shadow)
    this.place = shadow.appendChild(document.createElement('div'))
    const server = (this.getAttribute('server') ?? HuicaiChat.home).replace(/\/+$/, '')
    this.app = createApp(App, { server, full: this.getAttribute('mode') === 'full' })
    this.app.mount(this.place)
  }

  disconnectedCallback(): void {
    // Moving the element in the page disconnects and connects it in one go.
    queueMicrotask(() => {
      if (this.isConnected || !this.app) return
      this.app.unmount()
      this.app = null
      this.place?.remove()
    })
  }
}
