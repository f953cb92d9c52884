import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'
import { ApiError, SERVER_TROUBLE, type Api } from '@shared/index'
import { says } from './words'

export interface Binding {
  id: string
  channel: string
  channel_name: string
  since: string
  here: boolean
}

export interface DataRequest {
  kind: string
  status: string
  answer: string | null
  at: string
}

export interface Bound {
  name: string
  id_hint: string
  phone_hint: string | null
  bindings: Binding[]
  requests: DataRequest[]
}

export interface Standing {
  on: boolean
  off: string
  notice: { version: string; title: string; lines: string[] }
  bound: Bound | null
}

export interface Section {
  title: string
  head: string[]
  rows: string[][]
}

interface Pass {
  pass: string
  pass_expires_in: number
}

/** By a one-time page: what it goes on with, and perhaps a code to be said in the chat before anything is bound. */
interface Proof extends Partial<Pass> {
  page?: string
  say?: string
}

/** claim: name and digits; code: one is on its way; fresh: one for the person known already; say: proven, and
 *  the chat waits to hear the code. */
export type Stage = 'loading' | 'failed' | 'over' | 'off' | 'claim' | 'code' | 'fresh' | 'say' | 'bound'

export interface IdentityLine {
  stage: ShallowRef<Stage>
  standing: ShallowRef<Standing | null>
  problem: ShallowRef<string>
  busy: ShallowRef<boolean>
  /** When the code on its way ends, in ms. */
  until: ShallowRef<number>
  /** Just proven: the page may say so. */
  proven: ShallowRef<boolean>
  sections: ShallowRef<Section[] | null>
  /** To be said in the chat. */
  said: ShallowRef<string>
  hasPass: ComputedRef<boolean>
  load(): Promise<void>
  start(name: string, last6: string): Promise<void>
  sendCode(code: string): Promise<void>
  again(): void
  askFresh(): Promise<void>
  showAll(): Promise<void>
  save(format: 'json' | 'xlsx'): Promise<void>
  request(kind: '更正' | '删除', text: string): Promise<boolean>
  endBinding(id: string): Promise<void>
  withdraw(): Promise<void>
  forget(): void
}

/** Talks about identity with the server. Nothing typed is kept: neither here nor in the browser's storage. */
export function useIdentity(options: {
  api: Api
  server: string
  headers: () => Record<string, string>
  authorised?: <T>(call: () => Promise<T>) => Promise<T>
  /** The one-time page goes on under another token. */
  onPage?: (token: string) => void
}): IdentityLine {
  const { api } = options
  const authorised = options.authorised ?? (<T>(call: () => Promise<T>): Promise<T> => call())
  const stage = shallowRef<Stage>('loading')
  const standing = shallowRef<Standing | null>(null)
  const problem = shallowRef('')
  const busy = shallowRef(false)
  const until = shallowRef(0)
  const proven = shallowRef(false)
  const sections = shallowRef<Section[] | null>(null)
  const said = shallowRef('')
  const pass = shallowRef<{ text: string; until: number } | null>(null)
  const hasPass = computed(() => pass.value !== null)

  function show(value: Standing): void {
    standing.value = value
    stage.value = value.bound ? 'bound' : value.on ? 'claim' : 'off'
    if (!value.bound) close()
  }

  function close(): void {
    pass.value = null
    sections.value = null
  }

  function keep(answer: Proof): void {
    if (!answer.pass) return
    pass.value = { text: answer.pass, until: Date.now() + (answer.pass_expires_in ?? 0) * 1000 }
  }

  /** Runs one call at a time; what went wrong is said in the form. */
  async function run<T>(call: () => Promise<T>): Promise<T | null> {
    if (busy.value) return null
    busy.value = true
    problem.value = ''
    try {
      return await authorised(call)
    } catch (error) {
      if (error instanceof ApiError && error.code === 'page_over') stage.value = 'over'
      if (error instanceof ApiError && error.code === 'pass_over') close()
      problem.value = error instanceof ApiError ? error.message : SERVER_TROUBLE
      return null
    } finally {
      busy.value = false
    }
  }

  async function load(): Promise<void> {
    if (!standing.value) stage.value = 'loading'
    const found = await run(() => api.get<Standing>('/api/web/identity'))
    if (found) show(found)
    else if (stage.value === 'loading') stage.value = 'failed'
  }

  function waitFor(seconds: number, next: Stage): void {
    until.value = Date.now() + seconds * 1000
    stage.value = next
  }

  async function withPass<T>(call: (text: string) => Promise<T>): Promise<T | null> {
    const held = pass.value
    if (!held || held.until <= Date.now()) {
      close()
      problem.value = says.passOver
      return null
    }
    return run(() => call(held.text))
  }

  async function file(text: string, format: string): Promise<Blob> {
    let answer: Response
    try {
      answer = await fetch(`${options.server}/api/web/me/export`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', ...options.headers() },
        body: JSON.stringify({ pass: text, format }),
        credentials: 'omit',
        cache: 'no-store',
      })
    } catch {
      throw new ApiError('no_connection', says.noConnection, 0)
    }
    if (!answer.ok) throw new ApiError('export', says.exportFailed, answer.status)
    return answer.blob()
  }

  return {
    stage, standing, problem, busy, until, proven, sections, said, hasPass, load,
    async start(name, last6) {
      const sent = await run(() =>
        api.post<{ expires_in: number }>('/api/web/identity/start', { name, id_last6: last6, consent: true }))
      if (sent) waitFor(sent.expires_in, 'code')
    },
    async sendCode(code) {
      const fresh = stage.value === 'fresh'
      const path = fresh ? '/api/web/me/open' : '/api/web/identity/confirm'
      const answer = await run(() => api.post<Proof>(path, { code }))
      if (!answer) return
      if (answer.page) options.onPage?.(answer.page)
      if (answer.say) {
        said.value = answer.say
        stage.value = 'say'
        return
      }
      keep(answer)
      proven.value = !fresh
      await load()
      if (fresh) await this.showAll()
    },
    again() {
      problem.value = ''
      stage.value = stage.value === 'fresh' ? 'bound' : 'claim'
    },
    async askFresh() {
      const sent = await run(() => api.post<{ expires_in: number }>('/api/web/me/code'))
      if (sent) waitFor(sent.expires_in, 'fresh')
    },
    async showAll() {
      const found = await withPass((text) => api.post<{ sections: Section[] }>('/api/web/me/full', { pass: text }))
      if (found) sections.value = found.sections
    },
    async save(format) {
      const blob = await withPass((text) => file(text, format))
      if (!blob) return
      const link = document.createElement('a')
      link.href = URL.createObjectURL(blob)
      link.download = `${says.fileName}.${format}`
      link.click()
      window.setTimeout(() => URL.revokeObjectURL(link.href), 30_000)
    },
    async request(kind, text) {
      const found = await run(() => api.post<Standing>('/api/web/me/requests', { kind, text }))
      if (found) show(found)
      return found !== null
    },
    async endBinding(id) {
      const found = await run(() => api.delete<Standing>(`/api/web/me/bindings/${id}`))
      if (found) show(found)
    },
    async withdraw() {
      const found = await run(() => api.post<Standing>('/api/web/me/withdraw'))
      if (found) show(found)
    },
    /** The sheet was closed: what was shown in clear is gone with it. */
    forget() {
      close()
      problem.value = ''
      proven.value = false
      if (stage.value === 'fresh') stage.value = 'bound'
    },
  }
}
