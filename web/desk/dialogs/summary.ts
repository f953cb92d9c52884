import { reactive, ref } from 'vue'
import { sentence } from '../../staff/session'
import { desk } from '../api/calls'
import type { Summary } from '../api/types'

/** 服务小结 as it is being written, begun from what the server knows of the talk. */
export function useSummary(id: string) {
  const summary = reactive<Summary>({ need: '', facts: '', done: '', result: '', next: '' })
  const labels = ref<string[]>([])
  const loading = ref(false)
  const trouble = ref('')

  async function load(): Promise<void> {
    loading.value = true
    trouble.value = ''
    try {
      const { labels: named, ...draft } = await desk.summaryDraft(id)
      for (const key of Object.keys(summary) as (keyof Summary)[]) summary[key] = draft[key] ?? ''
      labels.value = named ?? []
    } catch (failed) {
      trouble.value = `小结没有自动填好，请手工填写。${sentence(failed)}`
    } finally {
      loading.value = false
    }
  }

  function missing(): string {
    if (!summary.need.trim()) return '请填写诉求。'
    return summary.result.trim() ? '' : '请填写处理结果。'
  }

  return { summary, labels, loading, trouble, load, missing }
}
