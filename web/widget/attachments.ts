import { shallowRef, triggerRef, type ShallowRef } from 'vue'
import { Outbox, newKey, upload, withQuery, type ConversationLog, type FileRef, type Receipt } from '@shared/index'
import type { Draft } from './chat'
import { words } from './words'

/** As the server allows; it looks into the file itself. */
export const FILE_LIMIT_MB = 10
export const FILES_AT_ONCE = 5
const SUFFIXES = ['jpg', 'jpeg', 'png', 'gif', 'webp', 'pdf', 'docx', 'xlsx', 'txt']
export const ACCEPTED = SUFFIXES.map((suffix) => `.${suffix}`).join(',')
/** `image/*` lets a phone offer its camera. */
export const MATERIALS = 'image/*,.pdf'
const PICTURES = /^image\/(jpeg|png|gif|webp)$/

export interface Picked {
  key: string
  file: File
  /** Why it cannot be sent; null when it can. */
  problem: string | null
}

interface Line {
  server: string
  headers: () => Record<string, string>
  log: () => ConversationLog<Draft>
  authorised<T>(call: () => Promise<T>): Promise<T>
  changed: () => void
  notice: ShallowRef<string>
}

export interface Attachments {
  /** Chosen, not yet sent. */
  picked: ShallowRef<Picked[]>
  /** Share that has gone out, by message key. */
  progress: ShallowRef<Map<string, number>>
  pick(files: Iterable<File>): void
  drop(key: string): void
  send(): void
  retry(key: string): void
  discard(key: string): void
  wake(): void
  /** Address of a fetched file for this page; ask once and keep it. */
  fetchFile(file: FileRef): Promise<string>
}

export const isPicture = (type: string): boolean => PICTURES.test(type)

export function sizeOf(bytes: number): string {
  if (bytes >= 1024 * 1024) return `${(bytes / 1024 / 1024).toFixed(1)} MB`
  return `${Math.max(1, Math.round(bytes / 1024))} KB`
}

function problemOf(file: File): string | null {
  const suffix = file.name.split('.').pop()?.toLowerCase() ?? ''
  if (!SUFFIXES.includes(suffix)) return words.fileType
  if (file.size > FILE_LIMIT_MB * 1024 * 1024) return words.fileTooLarge(FILE_LIMIT_MB)
  return file.size ? null : words.fileEmpty
}

/** A pasted picture has no name of its own. */
function named(file: File): File {
  if (file.name.includes('.') && file.name !== 'image.png') return file
  const stamp = new Date().toTimeString().slice(0, 8).replace(/:/g, '')
  return new File([file], `图片${stamp}.${file.type.split('/')[1] ?? 'png'}`, { type: file.type })
}

/** Files from the talent to the guide or to the person who holds the chat, and files shown in the log. */
export function useAttachments(line: Line): Attachments {
  const picked = shallowRef<Picked[]>([])
  const progress = shallowRef(new Map<string, number>())
  const fetched = new Map<string, Promise<string>>()

  const outbox = new Outbox<Draft>({
    log: line.log,
    changed: line.changed,
    post: (key, draft) => line.authorised(async () => {
      try {
        return await upload<Receipt>(line.server + draft.path, draft.file!, { name: draft.file!.name, key }, {
          headers: line.headers(),
          onProgress: (share) => {
            progress.value.set(key, share)
            triggerRef(progress)
          },
        })
      } finally {
        progress.value.delete(key)
        triggerRef(progress)
      }
    }),
    words: { waiting: words.sendsLater, failed: words.failed, left: words.leftUnsent },
  })

  async function load(file: FileRef): Promise<string> {
    const response = await line.authorised(() => fetch(
      line.server + withQuery(`/api/web/files/${file.id}`), { headers: line.headers(), credentials: 'omit' }))
    if (!response.ok) throw new Error(`status ${response.status}`)
    return URL.createObjectURL(await response.blob())
  }

  return {
    picked, progress,
    pick(files) {
      const fresh = [...files].map(named).map((file) => ({ key: newKey(), file, problem: problemOf(file) }))
      const room = FILES_AT_ONCE - picked.value.length
      picked.value = [...picked.value, ...fresh.slice(0, room)]
      line.notice.value = fresh.length > room ? words.filesTooMany(FILES_AT_ONCE) : ''
    },
    drop: (key) => void (picked.value = picked.value.filter((one) => one.key !== key)),
    send() {
      for (const { key, file, problem } of picked.value) {
        if (!problem) outbox.add(key, { text: file.name, path: '/api/web/files', body: {}, file })
      }
      picked.value = []
    },
    retry: (key) => outbox.retry(key),
    discard: (key) => outbox.discard(key),
    wake: () => outbox.wake(),
    fetchFile(file) {
      const known = fetched.get(file.id) ?? load(file)
      fetched.set(file.id, known)
      known.catch(() => fetched.delete(file.id))
      return known
    },
  }
}
