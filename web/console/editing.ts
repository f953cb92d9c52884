import { nextTick, onBeforeUnmount, ref, type Ref } from 'vue'
import { ElMessage } from 'element-plus'
import { sentence } from '../staff/session'
import { confirmed } from '../staff/records/acting'
import { guardLeaving } from './route'

export interface Editing<Work> {
  working: Ref<Work | null>
  work: (kind: Work, run: () => Promise<void>) => Promise<void>
  leaveFor: (address: string) => void
}

/** What every editor does: one action at a time, and nothing unsaved is left without being asked. */
export function useEditing<Work>(
  dirty: Readonly<Ref<boolean>>,
  on: { begun?: () => void; failed?: (error: unknown) => void } = {},
): Editing<Work> {
  const working = ref(null) as Ref<Work | null>

  async function work(kind: Work, run: () => Promise<void>): Promise<void> {
    if (working.value) return
    working.value = kind
    on.begun?.()
    try {
      await run()
    } catch (failed) {
      on.failed?.(failed)
      ElMessage.error(sentence(failed))
    } finally {
      working.value = null
    }
  }

  let leaving = false
  guardLeaving(() => (leaving || !dirty.value ? Promise.resolve(true) : confirmed('修改还没有保存，离开后会丢失。', '离开本页？', '离开')))
  const closing = (event: BeforeUnloadEvent): void => void (dirty.value && !leaving && event.preventDefault())
  addEventListener('beforeunload', closing)
  onBeforeUnmount(() => removeEventListener('beforeunload', closing))

  /** What is stored has another address: nothing is lost by going there. */
  function leaveFor(address: string): void {
    leaving = true
    location.replace(address)
  }

  return { working, work, leaveFor }
}

/** Leads to the field of a fault, or to the nearest that holds it. */
export function showField(page: HTMLElement | undefined, path: string): void {
  void nextTick(() => {
    const parts = path.split('.')
    for (let length = parts.length; length > 0; length -= 1) {
      const field = page?.querySelector<HTMLElement>(`[data-path="${parts.slice(0, length).join('.')}"]`)
      if (!field) continue
      field.scrollIntoView({ block: 'center' })
      field.querySelector<HTMLElement>('input, textarea')?.focus({ preventScroll: true })
      return
    }
  })
}
