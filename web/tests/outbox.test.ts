import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ApiError, ConversationLog, Outbox, SEND_UNASKED_MS, type Unsent } from '../shared/index'
import { settle } from './fake_world'

const words = { waiting: '断网', failed: '失败', left: '留下' }
const offline = (): ApiError => new ApiError('no_connection', '断网', 0)

function setUp() {
  const log = new ConversationLog<string>()
  const posted: [string, string][] = []
  const shelf = new Map<string, Unsent<string>>()
  const timers: { run: () => void; ms: number }[] = []
  const answers: (ApiError | number)[] = []
  const state = { now: 1_000_000 }
  const outbox = new Outbox<string>({
    log: () => log,
    changed: () => undefined,
    words,
    keep: (key, unsent) => (unsent ? shelf.set(key, unsent) : shelf.delete(key)),
    post: async (key, draft) => {
      posted.push([key, draft])
      const answer = answers.shift() ?? posted.length
      if (answer instanceof ApiError) throw answer
      return { seq: answer }
    },
    now: () => state.now,
    random: () => 1,
    setTimeout: (run, ms) => timers.push({ run, ms }) - 1,
    clearTimeout: (timer) => void (timers[timer as number]!.run = () => undefined),
  })
  const deliveries = (): string[] => log.entries().map((entry) => `${entry.key}:${entry.delivery}`)
  return { log, posted, shelf, timers, answers, state, outbox, deliveries }
}

describe('Outbox', () => {
  it('sends one after another and forgets what has arrived', async () => {
    const s = setUp()
    s.outbox.add('a', '甲')
    s.outbox.add('b', '乙')
    assert.equal(s.shelf.size, 2, 'kept before anything is sent')
    await settle()
    assert.deepEqual(s.posted, [['a', '甲'], ['b', '乙']])
    assert.deepEqual(s.deliveries(), ['a:sent', 'b:sent'])
    assert.equal(s.shelf.size, 0)
  })

  it('waits without a connection, under the same key and in order, longer each time', async () => {
    const s = setUp()
    s.answers.push(offline(), offline(), offline())
    s.outbox.add('a', '甲')
    await settle()
    s.outbox.add('b', '乙')
    assert.deepEqual(s.deliveries(), ['a:waiting', 'b:waiting'])
    assert.equal(s.log.get('a')!.error, '断网')
    for (const wait of [1000, 2000, 4000]) {
      assert.equal(s.timers[s.timers.length - 1]!.ms, wait)
      s.timers[s.timers.length - 1]!.run()
      await settle()
    }
    assert.deepEqual(s.posted.map(([key]) => key), ['a', 'a', 'a', 'a', 'b'])
    assert.deepEqual(s.deliveries(), ['a:sent', 'b:sent'])
  })

  it('goes on at once when the connection is back', async () => {
    const s = setUp()
    s.answers.push(offline())
    s.outbox.add('a', '甲')
    await settle()
    s.outbox.wake()
    await settle()
    assert.deepEqual(s.deliveries(), ['a:sent'])
    s.timers.forEach((timer) => timer.run())
    await settle()
    assert.equal(s.posted.length, 2, 'the timer that was set is void')
  })

  it('lets a refused message stand with its reason and sends what follows', async () => {
    const s = setUp()
    s.answers.push(new ApiError('text_too_long', '太长', 413))
    s.outbox.add('a', '甲')
    s.outbox.add('b', '乙')
    await settle()
    assert.deepEqual(s.deliveries().sort(), ['a:failed', 'b:sent'])
    assert.equal(s.shelf.get('a')!.error, '太长')
    s.outbox.retry('a')
    await settle()
    assert.deepEqual(s.posted.map(([key]) => key), ['a', 'b', 'a'])
    assert.equal(s.shelf.size, 0)
  })

  it('takes up after a reload what was under way, but asks before sending what is old', async () => {
    const s = setUp()
    s.outbox.restore([
      { key: 'old', draft: '旧', at: s.state.now - SEND_UNASKED_MS - 1, error: null },
      { key: 'b', draft: '乙', at: s.state.now - 1, error: null },
      { key: 'a', draft: '甲', at: s.state.now - 2, error: null },
      { key: 'bad', draft: '坏', at: s.state.now - 3, error: '太长' },
    ])
    await settle()
    assert.deepEqual(s.posted.map(([key]) => key), ['a', 'b'])
    assert.equal(s.log.get('old')!.delivery, 'failed')
    assert.equal(s.log.get('bad')!.error, '太长')
    s.outbox.discard('old')
    assert.equal(s.log.get('old'), undefined)
  })

  it('does not post what the log already shows as stored', async () => {
    const s = setUp()
    s.answers.push(offline())
    s.outbox.add('a', '甲')
    await settle()
    s.log.receive([{
      id: 'm', seq: 1, prev: 0, author: 'talent', author_name: null, internal: false, at: '', key: 'a', band: null,
      content: { paragraphs: ['甲'], items: [], table: null, card: null, caution: null, scope: null, status: null, sources: [], buttons: [], feedback: false },
    }])
    s.outbox.wake()
    await settle()
    assert.equal(s.posted.length, 1)
    assert.equal(s.shelf.size, 0)
    assert.deepEqual(s.deliveries(), ['a:sent'])
  })
})
