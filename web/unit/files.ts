import { ref, type Ref } from 'vue'
import { ElMessage } from 'element-plus'
import { newKey } from '@shared/index'
import { api, sentence } from '../staff/session'

export interface GivenFile { material: string; attachment_id: string; name: string }

export const requestId = (): string => newKey().replace(/-/g, '')

/** Files that are uploaded and go along with the next save. */
export function useFiles(): { files: Ref<GivenFile[]>; busy: Ref<string>; take: (material: string, file: File) => Promise<void> } {
  const files = ref<GivenFile[]>([])
  const busy = ref('')
  async function take(material: string, file: File): Promise<void> {
    busy.value = material
    try {
      const kept = await api.upload<{ file_id: string; name: string }>('/api/unit/files', file, { name: file.name, request_id: requestId() })
      files.value = [...files.value, { material, attachment_id: kept.file_id, name: kept.name }]
    } catch (failed) {
      ElMessage.error(sentence(failed))
    } finally {
      busy.value = ''
    }
  }
  return { files, busy, take }
}
