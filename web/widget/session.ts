import { ApiError, createApi, type Api } from '@shared/index'
import { recall, remember } from './storage'

interface Visitor {
  token: string
  conversation_id: string
  expires_at: string
}

/** A token is renewed when it is used with less than this left of its 24 h. */
const RENEW_BEFORE_MS = 12 * 3600 * 1000

/** The visitor's token for one server, shared by the tabs of this browser. */
export class VisitorSession {
  readonly api: Api
  private visitor: Visitor | null
  private renewing: Promise<boolean> | null = null

  constructor(
    readonly server: string,
    private readonly region: () => string | null,
  ) {
    this.visitor = recall<Visitor>(this.storageName)
    this.api = createApi({ base: server, headers: () => this.headers(), credentials: 'omit' })
  }

  get known(): boolean {
    return this.visitor !== null
  }

  get conversation(): string | null {
    return this.visitor?.conversation_id ?? null
  }

  headers(): Record<string, string> {
    return this.visitor ? { Authorization: `Bearer ${this.visitor.token}` } : {}
  }

  /** Makes sure there is a token; a failure to prolong one that still works is no failure. */
  async ensure(): Promise<void> {
    if (!this.visitor && !this.adopt()) return void (await this.begin())
    if (Date.parse(this.visitor!.expires_at) - Date.now() > RENEW_BEFORE_MS) return
    try {
      this.keep(await this.api.post<Visitor>('/api/web/session', {}))
    } catch (error) {
      if (!(error instanceof ApiError) || error.retryable) return
      await this.begin()
    }
  }

  /** Another tab may have begun the conversation; true when this one takes part in it from now on. */
  adopt(): boolean {
    const elsewhere = recall<Visitor>(this.storageName)
    if (this.visitor || !elsewhere) return false
    this.visitor = elsewhere
    return true
  }

  /** Calls back when another tab has begun the conversation. */
  onBegun(listener: () => void): () => void {
    const look = (event: StorageEvent): void => {
      if (event.key === this.storageName && this.adopt()) listener()
    }
    window.addEventListener('storage', look)
    return () => window.removeEventListener('storage', look)
  }

  /** After a 401. Tells whether the conversation is still the same one. */
  renew(): Promise<boolean> {
    this.renewing = this.renewing ?? this.replace().finally(() => (this.renewing = null))
    return this.renewing
  }

  private async replace(): Promise<boolean> {
    const before = this.visitor
    const elsewhere = recall<Visitor>(this.storageName)
    if (elsewhere && before && elsewhere.token !== before.token) {
      this.visitor = elsewhere // Another tab was first.
    } else {
      await this.begin()
    }
    return this.visitor!.conversation_id === before?.conversation_id
  }

  private async begin(): Promise<void> {
    const region = this.region()
    this.visitor = null
    this.keep(await this.api.post<Visitor>('/api/web/session', region ? { region } : {}))
  }

  private keep(visitor: Visitor): void {
    this.visitor = visitor
    remember(this.storageName, visitor)
  }

  private get storageName(): string {
    return `huicai.visitor ${this.server || location.origin}`
  }
}
