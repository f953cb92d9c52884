import type { StreamWorld, Wake } from '../shared/index'

interface Timer {
  at: number
  run: () => void
}

/** One request the code under test made, to be answered by the test. */
export class Call {
  aborted = false
  private feed: ReadableStreamDefaultController<Uint8Array> | null = null

  constructor(
    readonly url: string,
    readonly headers: Record<string, string>,
    private readonly resolve: (response: Response) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  abort(): void {
    this.aborted = true
    this.reject(new Error('aborted'))
    try {
      this.feed?.error(new Error('aborted'))
    } catch {
      // Already closed.
    }
  }

  async open(): Promise<void> {
    this.resolve(new Response(new ReadableStream({ start: (feed) => void (this.feed = feed) })))
    await settle()
  }

  async send(text: string): Promise<void> {
    this.feed!.enqueue(new TextEncoder().encode(text))
    await settle()
  }

  async end(): Promise<void> {
    this.feed!.close()
    await settle()
  }

  async answer(status: number, body: unknown = {}): Promise<void> {
    this.resolve(new Response(JSON.stringify(body), { status }))
    await settle()
  }

  async answerWithoutBody(): Promise<void> {
    this.resolve({ ok: true, status: 200, body: null } as unknown as Response)
    await settle()
  }

  async breakOff(): Promise<void> {
    this.reject(new Error('network'))
    await settle()
  }
}

/** Lets every chained promise run; no time passes. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 8; i += 1) await new Promise((resolve) => setImmediate(resolve))
}

export class FakeWorld implements StreamWorld {
  calls: Call[] = []
  isHidden = false
  isOffline = false
  private clock = 0
  private timers = new Set<Timer>()
  private listener: ((what: Wake) => void) | null = null

  fetch = ((url: string, init: RequestInit) =>
    new Promise<Response>((resolve, reject) => {
      const call = new Call(url, init.headers as Record<string, string>, resolve, reject)
      init.signal?.addEventListener('abort', () => call.abort())
      this.calls.push(call)
    })) as unknown as typeof fetch

  now = (): number => this.clock
  random = (): number => 1
  hidden = (): boolean => this.isHidden
  offline = (): boolean => this.isOffline

  setTimeout = (run: () => void, ms: number): unknown => {
    const timer = { at: this.clock + ms, run }
    this.timers.add(timer)
    return timer
  }

  clearTimeout = (timer: unknown): void => void this.timers.delete(timer as Timer)

  onWake = (listener: (what: Wake) => void): (() => void) => {
    this.listener = listener
    return () => (this.listener = null)
  }

  async wake(what: Wake): Promise<void> {
    this.isHidden = what === 'hidden'
    this.isOffline = what === 'offline'
    this.listener?.(what)
    await settle()
  }

  async pass(ms: number): Promise<void> {
    const until = this.clock + ms
    for (;;) {
      const next = [...this.timers].filter((t) => t.at <= until).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.clock = next.at
      this.timers.delete(next)
      next.run()
      await settle()
    }
    this.clock = until
  }

  get last(): Call {
    return this.calls[this.calls.length - 1]!
  }
}
