/** JSON over fetch with typed errors. Knows neither widget nor desk. */

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    readonly fields: Record<string, string> = {},
  ) {
    super(message)
    this.name = 'ApiError'
  }

  /** Whether the same request with the same key may succeed later (the outcome of this one is unknown). */
  get retryable(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500
  }
}

export interface ApiOptions {
  /** Origin of the server, '' for the page's own. */
  base?: string
  /** Asked before every call: Authorization, X-CSRF-Token, … */
  headers?: () => Record<string, string>
  fetch?: typeof fetch
  timeoutMs?: number
  /** 'same-origin' (default) sends the staff cookie; 'omit' for token-only callers on foreign pages. */
  credentials?: RequestCredentials
}

export interface Api {
  get<T>(path: string, query?: Query): Promise<T>
  post<T>(path: string, body?: unknown): Promise<T>
  put<T>(path: string, body?: unknown): Promise<T>
  delete<T>(path: string): Promise<T>
  /** A file as it is; reading it on the server takes longer than a form. */
  upload<T>(path: string, file: Blob, query?: Query): Promise<T>
}

type Scalar = string | number | boolean | null | undefined
export type Query = Record<string, Scalar | Scalar[]>

export const NO_CONNECTION = '网络连接不上，请检查网络后重试。'
const UPLOAD_TIMEOUT_MS = 120_000
export const TIMED_OUT = '服务器响应超时，请稍后重试。'
export const SERVER_TROUBLE = '服务暂时不可用，请稍后重试。'

export function withQuery(path: string, query: Query = {}): string {
  const all = Object.entries(query).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, one] as const))
  const pairs = all.filter(([, value]) => value !== null && value !== undefined && value !== '')
  if (!pairs.length) return path
  const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  return `${path}${path.includes('?') ? '&' : '?'}${text}`
}

async function refusal(response: Response): Promise<ApiError> {
  let detail: { code?: string; message?: string; fields?: Record<string, string> } = {}
  try {
    const body: unknown = await response.json()
    // A proxy in between may answer with JSON of its own, so nothing about its shape is taken for granted.
    const found = (body as { error?: unknown } | null)?.error
    if (found && typeof found === 'object') detail = found
  } catch {
    // An HTML error page of a proxy: the status alone has to do.
  }
  return new ApiError(
    detail.code ?? `http_${response.status}`,
    detail.message ?? SERVER_TROUBLE,
    response.status,
    detail.fields ?? {},
  )
}

export function createApi(options: ApiOptions = {}): Api {
  const { base = '', headers = () => ({}), timeoutMs = 20_000, credentials = 'same-origin' } = options
  const send: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init))

  async function call<T>(method: string, path: string, body?: unknown, patienceMs = timeoutMs): Promise<T> {
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), patienceMs)
    const file = body instanceof Blob
    try {
      const response = await send(base + path, {
        method,
        headers: {
          Accept: 'application/json',
          ...(body === undefined ? {} : { 'Content-Type': file ? 'application/octet-stream' : 'application/json' }),
          ...headers(),
        },
        body: body === undefined ? undefined : file ? body : JSON.stringify(body),
        credentials,
        cache: 'no-store',
        signal: abort.signal,
      })
      if (!response.ok) throw await refusal(response)
      if (response.status === 204) return undefined as T
      return (await response.json()) as T
    } catch (error) {
      if (error instanceof ApiError) throw error
      if (abort.signal.aborted) throw new ApiError('timed_out', TIMED_OUT, 0)
      throw new ApiError('no_connection', NO_CONNECTION, 0)
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    get: (path, query) => call('GET', withQuery(path, query)),
    post: (path, body = {}) => call('POST', path, body),
    put: (path, body = {}) => call('PUT', path, body),
    delete: (path) => call('DELETE', path),
    upload: (path, file, query) => call('POST', withQuery(path, query), file, UPLOAD_TIMEOUT_MS),
  }
}
