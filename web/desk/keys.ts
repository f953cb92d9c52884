import { onScopeDispose, ref, type Ref } from 'vue'
import type { Kind } from './chat'

/** The desk by keyboard. Answers whether the help sheet is open. */
export function useDeskKeys(actions: {
  show: (index: number) => void
  step: (by: number) => void
  claim: () => void
  write: (kind: Kind) => void
  info: () => void
}): Ref<boolean> {
  const help = ref(false)

  // Physical keys, as Alt changes the letter on some keyboards.
  const withAlt: Record<string, () => void> = {
    Digit1: () => actions.show(0),
    Digit2: () => actions.show(1),
    Digit3: () => actions.show(2),
    ArrowUp: () => actions.step(-1),
    ArrowDown: () => actions.step(1),
    KeyJ: actions.claim,
    KeyR: () => actions.write('reply'),
    KeyN: () => actions.write('note'),
    KeyI: actions.info,
  }

  function press(event: KeyboardEvent): void {
    if (event.isComposing || event.ctrlKey || event.metaKey) return
    if (document.querySelector('.el-overlay:not([style*="display: none"]) .el-dialog')) return
    const writing = (event.target as HTMLElement).closest?.('input, textarea, select, [contenteditable]')
    const action = event.altKey ? withAlt[event.code] : !writing && event.key === '?' ? () => (help.value = true) : undefined
    if (!action) return
    event.preventDefault()
    action()
  }

  addEventListener('keydown', press)
  onScopeDispose(() => removeEventListener('keydown', press))
  return help
}
