import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { useChat, type Chat } from '../widget/chat'
import { settle } from './fake_world'
import { SyncWorld, type Line } from './sync_world'

const LIVE = 'https://live.example'
const CUT = 'https://cut.example'
const FRESH = 'https://fresh.example'
const RUNS = 60
const STEPS = 24

/** mulberry32: a failing run can be repeated from its seed. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const shown = (chat: Chat): unknown => ({
  entries: chat.entries.value.map((entry) => [
    entry.seq, entry.key, entry.delivery, entry.message?.author, entry.message?.content.paragraphs]),
  state: chat.state.value,
})

describe('two pages of one person', () => {
  it('show the same as a fresh load once the lines are back, and nothing was lost or doubled', async () => {
    let cuts = 0
    for (let seed = 1; seed <= RUNS; seed += 1) {
      const random = seeded(seed)
      const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!
      const world = new SyncWorld([LIVE, CUT, FRESH])
      const live = useChat(LIVE)
      const cut = useChat(CUT)
      await Promise.all([live.open(), cut.open()])
      const written: string[] = []
      const say = (chat: Chat): void => {
        written.push(`${seed}-${written.length}`)
        chat.say(written[written.length - 1]!)
      }
      const change = (): void => {
        const control = pick(['bot', 'queued', 'offered', 'human', 'on_hold', 'wrap_up'] as const)
        const queueing = control === 'queued' || control === 'offered'
        world.change({
          control, position: queueing ? 1 + Math.floor(random() * 5) : null, staff_name: control === 'human' ? '林晓' : null,
          seen_by_staff: world.log.length,
        })
      }
      const actions: (() => void)[] = [
        () => say(live), () => say(cut), () => say(cut),
        () => void world.append('staff', `答${seed}`), () => void world.append('assistant', `答${seed}`),
        () => void world.append('staff', '内部', { visible: false }),
        change,
        () => {
          world.cut(CUT, pick<Line>(['ok', 'offline', 'stalled', 'lossy']))
          cuts += 1
        },
        () => world.cut(CUT, 'ok'),
      ]
      for (let step = 0; step < STEPS; step += 1) {
        pick(actions)()
        if (random() < 0.5) await world.pass(pick([1, 3, 12, 40]))
        else await settle()
      }
      world.cut(CUT, 'ok')
      await world.pass(130)
      const fresh = useChat(FRESH)
      await fresh.open()
      await settle()

      assert.deepEqual(shown(live), shown(fresh), `seed ${seed}: live`)
      assert.deepEqual(shown(cut), shown(fresh), `seed ${seed}: cut off`)
      const arrived = world.log.filter((message) => message.author === 'talent').map((message) => message.content.paragraphs[0])
      assert.deepEqual([...arrived].sort(), [...written].sort(), `seed ${seed}: lost or doubled`)
      for (const chat of [live, cut, fresh]) chat.close()
      world.end()
    }
    assert.ok(cuts > RUNS, 'the runs did cut the line')
  })

  it('keeps the order in which one page wrote', async () => {
    const world = new SyncWorld([CUT])
    const chat = useChat(CUT)
    await chat.open()
    world.cut(CUT, 'stalled')
    chat.say('一')
    await world.pass(5)
    chat.say('二')
    await world.pass(40)
    world.cut(CUT, 'lossy')
    await world.pass(3)
    chat.say('三')
    await world.pass(3)
    world.cut(CUT, 'ok')
    await world.pass(60)
    assert.deepEqual(world.log.map((message) => message.content.paragraphs[0]), ['一', '二', '三'])
    assert.deepEqual(chat.entries.value.map((entry) => entry.delivery), ['sent', 'sent', 'sent'])
    chat.close()
    world.end()
  })

  it('says that it waits while the line is dead', async () => {
    const world = new SyncWorld([CUT])
    const chat = useChat(CUT)
    await chat.open()
    world.cut(CUT, 'offline')
    chat.say('在吗')
    await world.pass(2)
    const [entry] = chat.entries.value
    assert.equal(entry!.delivery, 'waiting')
    assert.match(entry!.error!, /恢复后自动发出/)
    assert.notEqual(chat.status.value, 'open')
    chat.close()
    world.end()
  })
})
