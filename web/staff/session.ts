import { reactive, readonly } from 'vue'
import { ApiError, createApi, type Api } from '@shared/index'

export interface Staff {
  id: string
  name: string
  permissions: string[]
  must_change_password?: boolean
}

interface Signed {
  staff: Staff
  csrf: string
}

/** expired: the server no longer knows us, but the page stays as it is so that nothing typed is lost. */
export type Phase = 'loading' | 'failed' | 'out' | 'in' | 'expired'

const state = reactive<{ phase: Phase; staff: Staff | null; error: string }>({
  phase: 'loading', staff: null, error: '',
})
let csrf = ''

export const session = readonly(state)

const plain = createApi({ headers: (): Record<string, string> => (csrf ? { 'X-CSRF-Token': csrf } : {}) })

export function signedOut(): void {
  if (state.phase === 'in') state.phase = 'expired'
}

async function watched<T>(call: Promise<T>): Promise<T> {
  try {
    return await call
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) signedOut()
    throw error
  }
}

/** Calls as the signed-in person; a 401 opens the log-in over the page. */
export const api: Api = {
  get: (path, query) => watched(plain.get(path, query)),
  post: (path, body) => watched(plain.post(path, body)),
  put: (path, body) => watched(plain.put(path, body)),
  delete: (path) => watched(plain.delete(path)),
  upload: (path, file, query) => watched(plain.upload(path, file, query)),
}

function enter(signed: Signed): void {
  csrf = signed.csrf
  const samePerson = state.staff?.id === signed.staff.id
  // Another person on the same page must not find the previous one's work in it.
  if (state.phase === 'expired' && !samePerson) {
    location.reload()
    return
  }
  state.staff = signed.staff
  state.phase = 'in'
}

export async function restore(): Promise<void> {
  state.phase = 'loading'
  try {
    enter(await plain.get<Signed>('/api/staff/me'))
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      state.phase = 'out'
    } else {
      state.error = sentence(error)
      state.phase = 'failed'
    }
  }
}

export async function logIn(username: string, password: string): Promise<void> {
  enter(await plain.post<Signed>('/api/staff/login', { username, password }))
}

export async function logOut(): Promise<void> {
  try {
    await plain.post('/api/staff/logout')
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error
  }
  csrf = ''
  state.staff = null
  state.phase = 'out'
}

/** Every other way in stays shut until an initial password is replaced. */
export async function changePassword(current: string, fresh: string): Promise<void> {
  await api.post('/api/staff/password', { current, new: fresh })
  await restore()
}

export function may(permission: string): boolean {
  return state.staff?.permissions.includes(permission) ?? false
}

export function sentence(error: unknown): string {
  return error instanceof Error && error.message ? error.message : '操作没有成功，请稍后重试。'
}

export function isCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof ApiError && codes.includes(error.code)
}
