import { onScopeDispose, ref, type Ref } from 'vue'

export interface KeyActions {
  show: (index: number) => void
  step: (by: number) => void
  claim: () => void
  next: () => void
  answer: () => void
  decline: () => void
  search: () => void
  /** Something of the open chat; see `actions` of Conversation. */
  act: (what: 'reply' | 'note' | 'info' | 'transfer' | 'hold' | 'return' | 'end' | 'knowledge') => void
  rings: () => boolean
}

const dialogOpen = (): boolean =>
  [...document.querySelectorAll('.el-overlay')].some((overlay) => (overlay as HTMLElement).offsetParent !== null || getComputedStyle(overlay).display !== 'none')

/** The desk by keyboard. Answers whether the help sheet is open. */
export function useDeskKeys(actions: KeyActions): Ref<boolean> {
  const help = ref(false)

  // Physical keys, as Alt changes the letter on some keyboards.
  const withAlt: Record<string, () => void> = {
    ArrowUp: () => actions.step(-1),
    ArrowDown: () => actions.step(1),
    Enter: actions.answer,
    Backspace: actions.decline,
    KeyJ: actions.claim,
    KeyQ: actions.next,
    KeyF: actions.search,
    KeyR: () => actions.act('reply'),
    KeyN: () => actions.act('note'),
    KeyI: () => actions.act('info'),
    KeyK: () => actions.act('knowledge'),
    KeyT: () => actions.act('transfer'),
    KeyH: () => actions.act('hold'),
    KeyB: () => actions.act('return'),
    KeyE: () => actions.act('end'),
  }
  for (let index = 0; index < 5; index += 1) withAlt[`Digit${index + 1}`] = () => actions.show(index)

  function press(event: KeyboardEvent): void {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.defaultPrevented) return
    const ringKey = event.altKey && (event.code === 'Enter' || event.code === 'Backspace')
    if (dialogOpen() && !(ringKey && actions.rings())) return
    const at = event.target as HTMLElement
    const writing = at.closest?.('input, textarea, select, [contenteditable]')
    let action = event.altKey ? withAlt[event.code] : undefined
    if (!event.altKey && !writing && event.key === '?') action = () => (help.value = true)
    // A ring stands over the page, so that Enter is for it; not while somebody writes, and its own buttons mean themselves.
    if (!event.altKey && !writing && !at.closest?.('[role="alertdialog"]') && event.key === 'Enter' && actions.rings()) action = actions.answer
    if (!action) return
    event.preventDefault()
    action()
  }

  addEventListener('keydown', press)
  onScopeDispose(() => removeEventListener('keydown', press))
  return help
}
