import { createApp, type Component } from 'vue'
import './element.css'
import './theme.css'

/** Starts a staff page. */
export function mountPage(root: Component): void {
  createApp(root).mount('#app')
}
