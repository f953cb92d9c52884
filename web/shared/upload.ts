import { ApiError, NO_CONNECTION, SERVER_TROUBLE, TIMED_OUT, withQuery, type Query } from './api'

export interface UploadOptions {
  headers: Record<string, string>
  withCredentials?: boolean
  onProgress: (share: number) => void
}

const PATIENCE_MS = 300_000

/** Posts a file as it is. Not `fetch`: it does not tell how much has gone out. */
export function upload<T>(path: string, file: Blob, query: Query, options: UploadOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', withQuery(path, query))
    request.timeout = PATIENCE_MS
    request.withCredentials = options.withCredentials ?? false
    request.setRequestHeader('Content-Type', 'application/octet-stream')
    for (const [name, value] of Object.entries(options.headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total) options.onProgress(event.loaded / event.total)
    }
    request.onerror = () => reject(new ApiError('no_connection', NO_CONNECTION, 0))
    request.ontimeout = () => reject(new ApiError('timed_out', TIMED_OUT, 0))
    request.onload = () => {
      let body: unknown = null
      try {
        body = JSON.parse(request.responseText)
      } catch {
        // A proxy's own page: the status alone has to do.
      }
      if (request.status >= 200 && request.status < 300) return resolve(body as T)
      const told = (body as { error?: { code?: string; message?: string } } | null)?.error
      reject(new ApiError(told?.code ?? `http_${request.status}`, told?.message ?? SERVER_TROUBLE, request.status))
    }
    request.send(file)
  })
}
