import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EventStream, POLL_SETTLED_MS, SILENCE_MS, type StreamStatus } from '../shared/index'
import { FakeWorld, settle } from './fake_world'

interface Setup {
  world: FakeWorld
  stream: EventStream
  events: [string, unknown][]
  polls: unknown[]
  statuses: StreamStatus[]
  seen: { after: number; token: string; renewals: number }
}

function setUp({ poll = true, renews = true } = {}): Setup {
  const world = new FakeWorld()
  const events: [string, unknown][] = []
  const polls: unknown[] = []
  const statuses: StreamStatus[] = []
  const seen = { after: 0, token: 't1', renewals: 0 }
  const stream = new EventStream({
    url: () => `/events?after=${seen.after}`,
    pollUrl: poll ? () => `/events?after=${seen.after}&mode=poll` : undefined,
    headers: () => ({ Authorization: `Bearer ${seen.token}` }),
    onEvent: (name, data) => events.push([name, data]),
    onPoll: (answer) => polls.push(answer),
    onStatus: (status) => statuses.push(status),
    onUnauthorized: async () => {
      seen.renewals += 1
      seen.token = 't2'
      return renews
    },
    world,
  })
  return { world, stream, events, polls, statuses, seen }
}

async function opened(setup: Setup): Promise<void> {
  setup.stream.start()
  await setup.world.last.open()
  await setup.world.last.send('event: state\ndata: {}\n\n')
}

describe('EventStream', () => {
  it('delivers events however the bytes are cut', async () => {
    const s = setUp()
    s.stream.start()
    await s.world.last.open()
    const bytes = new TextEncoder().encode('event: message\r\nid: 7\r\ndata: {"text":"惠才卡"}\r\n\r\n: hello\n\nevent: state\ndata: {"a":1}\n\n')
    const call = s.world.last as unknown as { feed: ReadableStreamDefaultController<Uint8Array> }
    for (const byte of bytes) call.feed.enqueue(new Uint8Array([byte]))
    for (let i = 0; i < 40; i += 1) await settle()
    assert.deepEqual(s.events, [['message', { text: '惠才卡' }], ['state', { a: 1 }]])
    assert.equal(s.world.last.headers.Authorization, 'Bearer t1')
  })

  it('goes on after an event that is not JSON', async () => {
    const s = setUp()
    await opened(s)
    await s.world.last.send('event: message\ndata: {oops\n\nevent: message\ndata: 2\n\n')
    assert.deepEqual(s.events.slice(1), [['message', 2]])
    assert.equal(s.stream.status, 'open')
  })

  it('resumes after the newest seq and doubles its waits up to 30 s', async () => {
    const s = setUp({ poll: false })
    await opened(s)
    s.seen.after = 9
    await s.world.last.end()
    assert.equal(s.stream.status, 'unstable')
    const waits: number[] = []
    for (let i = 0; i < 7; i += 1) {
      const before = s.world.calls.length
      const start = s.world.now()
      while (s.world.calls.length === before) await s.world.pass(500)
      waits.push(s.world.now() - start)
      assert.equal(s.world.last.url, '/events?after=9')
      await s.world.last.breakOff()
    }
    assert.deepEqual(waits, [1000, 2000, 4000, 8000, 16000, 30000, 30000])
    assert.equal(s.stream.status, 'lost')
    await s.world.pass(30_000)
    await s.world.last.open()
    await s.world.last.send(': hi\n\n')
    assert.equal(s.stream.status, 'open')
  })

  it('takes a silent line for dead, and heartbeats for life', async () => {
    const s = setUp()
    await opened(s)
    for (let i = 0; i < 4; i += 1) {
      await s.world.pass(15_000)
      await s.world.last.send(': heartbeat\n\n')
    }
    assert.equal(s.world.calls.length, 1)
    await s.world.pass(SILENCE_MS)
    assert.equal(s.world.calls[0]!.aborted, true)
    assert.equal(s.stream.status, 'unstable')
  })

  it('reconnects at once and without a flicker when the server rotates', async () => {
    const s = setUp()
    await opened(s)
    await s.world.last.send('event: rotate\ndata: {}\n\n')
    assert.equal(s.world.calls.length, 2)
    assert.deepEqual(s.statuses, ['connecting', 'open'])
    assert.deepEqual(s.events.map(([name]) => name), ['state'])
  })

  it('closes in a hidden tab and resumes when shown', async () => {
    const s = setUp()
    await opened(s)
    await s.world.wake('hidden')
    assert.equal(s.world.calls[0]!.aborted, true)
    assert.equal(s.stream.status, 'paused')
    await s.world.pass(120_000)
    assert.equal(s.world.calls.length, 1)
    s.seen.after = 4
    await s.world.wake('shown')
    assert.equal(s.world.last.url, '/events?after=4')
  })

  it('does not wait for its back-off when the network returns', async () => {
    const s = setUp()
    await opened(s)
    await s.world.wake('offline')
    assert.equal(s.stream.status, 'lost')
    await s.world.wake('online')
    assert.equal(s.world.calls.length, 2)
  })

  it('does not trust a line that stayed silent while the machine slept', async () => {
    const s = setUp()
    await opened(s)
    await s.world.pass(10_000)
    await s.world.wake('shown')
    assert.equal(s.world.calls.length, 1)
    await s.world.pass(15_000)
    await s.world.wake('shown')
    assert.equal(s.world.calls.length, 2)
  })

  it('falls back to long polls after two failed streams and keeps polling while streams fail', async () => {
    const s = setUp()
    s.stream.start()
    await s.world.last.breakOff()
    await s.world.pass(1000)
    await s.world.last.breakOff()
    assert.equal(s.world.last.url, '/events?after=0&mode=poll')
    await s.world.pass(POLL_SETTLED_MS)
    assert.equal(s.stream.status, 'open')
    await s.world.last.answer(200, { messages: [1] })
    assert.deepEqual(s.polls, [{ messages: [1] }])
    assert.equal(s.world.last.url, '/events?after=0', 'streams get another chance after a poll that works')
    await s.world.last.breakOff()
    assert.match(s.world.last.url, /mode=poll/)
    for (let i = 0; i < 5; i += 1) {
      await s.world.last.answer(200)
      assert.match(s.world.last.url, /mode=poll/)
    }
    assert.equal(s.stream.status, 'open')
  })

  it('polls from the second request on where bodies cannot be read as streams', async () => {
    const s = setUp()
    s.stream.start()
    await s.world.last.answerWithoutBody()
    for (let i = 0; i < 20; i += 1) {
      assert.match(s.world.last.url, /mode=poll/)
      await s.world.last.answer(200)
    }
  })

  it('gets a new token on 401 and goes on; without one it backs off', async () => {
    const s = setUp()
    s.stream.start()
    await s.world.last.answer(401)
    assert.equal(s.seen.renewals, 1)
    assert.equal(s.world.last.headers.Authorization, 'Bearer t2')
    await s.world.last.answer(401)
    assert.equal(s.seen.renewals, 1, 'a refused new token is not renewed in a circle')
    assert.equal(s.world.calls.length, 2)
    const t = setUp({ renews: false })
    t.stream.start()
    await t.world.last.answer(401)
    assert.equal(t.world.calls.length, 1)
    assert.equal(t.stream.status, 'unstable')
  })

  it('is silent after stop', async () => {
    const s = setUp()
    await opened(s)
    s.stream.stop()
    await settle()
    await s.world.pass(100_000)
    await s.world.wake('online')
    assert.equal(s.world.calls.length, 1)
    assert.equal(s.stream.status, 'stopped')
  })

  it('tries at once when asked to', async () => {
    const s = setUp()
    await opened(s)
    await s.world.last.end()
    s.stream.retryNow()
    assert.equal(s.world.calls.length, 2)
  })
})
