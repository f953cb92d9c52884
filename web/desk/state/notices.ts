import { ref, shallowRef } from 'vue'
import { ElMessage } from 'element-plus'
import { sentence } from '../../staff/session'
import { desk } from '../api/calls'
import type { Notice } from '../api/types'

/** What one must hear of, until seen. */
export function useNotices() {
  const notices = shallowRef<Notice[]>([])
  const error = ref('')

  async function load(): Promise<void> {
    try {
      notices.value = (await desk.notices()).notices
      error.value = ''
    } catch (failed) {
      error.value = sentence(failed)
    }
  }

  function hear(notice: Notice): boolean {
    if (notices.value.some((one) => one.id === notice.id)) return false
    notices.value = [notice, ...notices.value]
    return true
  }

  async function seen(id: string): Promise<void> {
    const before = notices.value
    notices.value = before.filter((one) => one.id !== id)
    try {
      await desk.noticed(id)
    } catch (failed) {
      notices.value = before
      ElMessage.error(sentence(failed))
    }
  }

  void load()
  return { notices, error, load, hear, seen }
}
