import { ref, type Ref } from 'vue'
import { ElMessage, ElMessageBox } from 'element-plus'
import { sentence } from '../session'
import { wayOut } from '../words'
import { isOutdated } from './outdated'

export async function confirmed(question: string, title: string, act = '确定'): Promise<boolean> {
  return ElMessageBox.confirm(question, title, { confirmButtonText: act, cancelButtonText: wayOut(act), type: 'warning' }).then(() => true, () => false)
}

/** The refusal in its own words; where the page was old, that it is no longer. */
export const told = (error: unknown): Error =>
  isOutdated(error) ? new Error(`${sentence(error)}（页面已更新为最新内容）`) : error instanceof Error ? error : new Error(sentence(error))

export interface Acting {
  busy: Ref<boolean>
  act: (deed: () => Promise<unknown>, done?: string) => Promise<boolean>
}

/** One deed at a time; a refusal is told in its own words, and an outdated page loads anew. */
export function useActing(reload: () => Promise<void>): Acting {
  const busy = ref(false)
  async function act(deed: () => Promise<unknown>, done?: string): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    try {
      await deed()
      if (done) ElMessage.success(done)
      await reload()
      return true
    } catch (failed) {
      ElMessage.error(told(failed).message)
      if (isOutdated(failed)) await reload()
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, act }
}
