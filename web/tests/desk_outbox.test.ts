import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiError } from '../shared/index'
import type { DeskMessage } from '../desk/api/types'
import { GAVE_UP, GIVE_UP_MS, Outbox, type Outgoing } from '../desk/state/outbox'
import { said } from './desk_rows'
import { settle } from './fake_world'

/** A server that knows repeats by their key, and a line to it that a test may cut in either direction. */
class Line {
  stored = new Map<string, DeskMessage>()
  order: string[] = []
  calls: string[] = []
  cut: 'none' | 'before' | 'after' = 'none'
  refuse: ApiError | null = null
  slow: Promise<void> | null = null
  clock = 0
  timers: { at: number; run: () => void }[] = []
  kept: string | null = null
  told: DeskMessage[] = []

  readonly box = new Outbox({
    deliver: (item) => this.deliver(item),
    stored: (_, message) => this.told.push(message),
    changed: () => undefined,
    setTimeout: (run, ms) => {
      const timer = { at: this.clock + ms, run }
      this.timers.push(timer)
      return timer
    },
    clearTimeout: (timer) => void (this.timers = this.timers.filter((one) => one !== timer)),
    now: () => this.clock,
    save: (text) => void (this.kept = text),
  })

  async deliver(item: Outgoing): Promise<DeskMessage> {
    this.calls.push(item.key)
    await this.slow
    if (this.cut === 'before') throw new ApiError('no_connection', '网络连接不上', 0)
    if (this.refuse && !(this.refuse.code === 'overtaken' && item.force)) throw this.refuse
    if (!this.stored.has(item.key)) {
      this.stored.set(item.key, said(this.stored.size + 1, { key: item.key, author: 'staff' }))
      this.order.push(item.text)
    }
    if (this.cut === 'after') throw new ApiError('timed_out', '超时', 0)
    return this.stored.get(item.key)!
  }

  async pass(ms: number): Promise<void> {
    const until = this.clock + ms
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.clock = next.at
      this.timers = this.timers.filter((timer) => timer !== next)
      next.run()
      await settle()
    }
    this.clock = until
  }

  say(text: string): string {
    return this.box.add({ chat: 'c1', kind: 'reply', text, basedOn: 0 })
  }
}

describe('words on their way', () => {
  it('a cut of 40 s in either direction loses and doubles nothing, and keeps the order', async () => {
    for (const cut of ['before', 'after'] as const) {
      const line = new Line()
      line.cut = cut
      for (const text of ['一', '二', '三']) line.say(text)
      await settle()
      await line.pass(40_000)
      assert.equal(line.box.items.length, 3, 'nothing is given up')
      line.cut = 'none'
      line.box.wake()
      await settle()
      assert.deepEqual(line.order, ['一', '二', '三'], cut)
      assert.equal(line.box.items.length, 0)
      assert.equal(line.told.length, 3)
      assert.equal(new Set(line.calls).size, 3, 'every retry carries the first key')
    }
  })

  it('a later word waits for an earlier one that is slow or held up; other chats do not', async () => {
    const line = new Line()
    let answer: () => void = () => undefined
    line.slow = new Promise((resolve) => (answer = resolve))
    line.say('一')
    line.slow = null
    line.say('二')
    line.box.add({ chat: 'c2', kind: 'note', text: '别处', basedOn: 0 })
    await settle()
    assert.deepEqual(line.order, ['别处'])
    answer()
    await settle()
    assert.deepEqual(line.order, ['别处', '一', '二'])
    line.cut = 'before'
    line.say('三')
    await settle()
    line.cut = 'none'
    line.say('四')
    await settle()
    assert.deepEqual(line.order.slice(3), [], 'the third is still held up')
    await line.pass(1_000)
    assert.deepEqual(line.order.slice(3), ['三', '四'])
  })

  it('tells after two minutes instead of sending what may no longer fit, and retries under the same key', async () => {
    const line = new Line()
    line.cut = 'before'
    const key = line.say('一')
    await settle()
    await line.pass(GIVE_UP_MS + 10_000)
    assert.deepEqual(line.box.items.map((item) => [item.state, item.error]), [['failed', GAVE_UP]])
    line.cut = 'none'
    line.box.retry(key)
    await settle()
    assert.deepEqual([...line.stored.keys()], [key])
  })

  it('keeps what the talent overtook, sends it only when told to, and lets it be taken back', async () => {
    const line = new Line()
    line.refuse = new ApiError('overtaken', '对方刚发来新消息', 409)
    const [first, second] = [line.say('一'), line.say('二')]
    await settle()
    assert.deepEqual(line.box.items.map((item) => item.state), ['overtaken', 'overtaken'])
    line.box.retry(first, true)
    await settle()
    assert.deepEqual(line.order, ['一'])
    assert.equal(line.box.discard(second)?.text, '二')
    assert.equal(line.box.items.length, 0)
  })

  it('a refused word stays with its reason while the next one goes', async () => {
    const line = new Line()
    line.refuse = new ApiError('not_yours', '这个会话由其他同事接待', 403)
    line.say('一')
    await settle()
    line.refuse = null
    line.say('二')
    await settle()
    assert.deepEqual(line.box.items.map((item) => [item.text, item.state, item.error]), [['一', 'failed', '这个会话由其他同事接待']])
    assert.deepEqual(line.order, ['二'])
  })

  it('words on their way cannot be taken back, as they may have arrived', async () => {
    const line = new Line()
    line.cut = 'after'
    const key = line.say('一')
    await settle()
    assert.equal(line.box.discard(key), null)
    line.box.settle(new Set([key]))
    assert.equal(line.box.items.length, 0, 'the stream brought it')
  })

  it('waits for the log-in and goes on after it', async () => {
    const line = new Line()
    line.refuse = new ApiError('not_signed_in', '请登录', 401)
    line.say('一')
    await settle()
    await line.pass(GIVE_UP_MS * 2)
    assert.deepEqual(line.box.items.map((item) => item.state), ['waiting'])
    line.refuse = null
    line.box.wake()
    await settle()
    assert.deepEqual(line.order, ['一'])
  })

  it('survives a reload in the middle of a request without doubling', async () => {
    const before = new Line()
    before.cut = 'after'
    before.say('一')
    await settle()
    const after = new Line()
    after.stored = before.stored
    after.order = before.order
    after.box.restore(before.kept)
    await settle()
    assert.deepEqual(after.order, ['一'])
    assert.equal(after.box.items.length, 0)
    assert.equal(after.kept, null)
  })
})
