import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Chat, DeskMessage, DeskState } from '../desk/api/types'
import { DeskLog } from '../desk/state/desk_log'
import { detail, row, said } from './desk_rows'
import { seeded } from './seeded'

const SERVED = 12 // the newest messages a load brings, few enough that a long cut leaves older ones out

/** The server of one chat: what happened, and what a load or the stream would tell of it. */
class Server {
  chat: Chat = row()
  readonly messages: DeskMessage[] = []
  private readonly delivered = new Map<number, DeskMessage['delivery']>()

  /** One random act; the events a listening client hears of it. */
  act(random: () => number): [string, unknown][] {
    const dice = random()
    if (dice < 0.12) {
      const control = (['human', 'on_hold', 'wrap_up', 'bot', 'queued'] as const)[Math.floor(random() * 5)]!
      this.chat = { ...this.chat, control, version: this.chat.version + 1, staff_id: random() < 0.5 ? 'me' : 'other' }
    } else if (dice < 0.2 && this.messages.length) {
      // A delivery state of an older message changes without an event: only a load tells it.
      const { seq } = this.messages[Math.floor(random() * this.messages.length)]!
      this.delivered.set(seq, 'sent')
      this.chat = { ...this.chat, version: this.chat.version + 1 }
    } else {
      const author = (['talent', 'staff', 'assistant', 'system'] as const)[Math.floor(random() * 4)]!
      const message = said(this.messages.length + 1, { author, internal: author === 'staff' && random() < 0.3 })
      this.messages.push(message)
      this.chat = { ...this.chat, last_seq: message.seq }
      return [['message', message], ['state', this.state()]]
    }
    return [['state', this.state()]]
  }

  state(): DeskState {
    const { control, version, staff_id } = this.chat
    return { control, version, staff_id, staff_name: null, last_seq: this.messages.length, seen_by_talent: 0, seen_by_staff: 0, typing: false }
  }

  load() {
    const newest = this.messages.slice(-SERVED).map((message) => {
      const delivery = this.delivered.get(message.seq)
      return delivery ? { ...message, delivery } : message
    })
    return detail(this.chat, newest)
  }

  after(seq: number): [string, unknown][] {
    const missed = this.messages.filter((message) => message.seq > seq)
    return [...missed.map((message): [string, unknown] => ['message', message]), ['state', this.state()]]
  }
}

function hear(log: DeskLog, server: Server, events: [string, unknown][]): void {
  for (const [name, data] of events) if (log.hear(name, data)) log.load(server.load())
}

const shown = (log: DeskLog) => ({ chat: log.chat, state: log.state, messages: log.messages })

describe('the log of one chat at the desk', () => {
  it('equals a fresh load after any cut: one client live, one cut off at random', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seeded(seed)
      const server = new Server()
      const live = new DeskLog()
      const cut = new DeskLog()
      for (const log of [live, cut]) log.load(server.load())
      let off = false
      for (let step = 0; step < 60; step += 1) {
        const events = server.act(random)
        hear(live, server, events)
        // A slow line repeats and reorders what it still brings.
        if (!off) hear(cut, server, random() < 0.2 ? [...events, ...events].reverse() : events)
        if (random() < 0.15) {
          if (off) {
            hear(cut, server, server.after(cut.covered))
            cut.load(server.load())
          }
          off = !off
        }
      }
      if (off) hear(cut, server, server.after(cut.covered))
      for (const log of [live, cut]) log.load(server.load())
      const fresh = new DeskLog()
      fresh.load(server.load())
      hear(fresh, server, server.after(fresh.covered))
      const newest = new Set(fresh.messages.map((message) => message.seq))
      for (const log of [live, cut]) {
        const seqs = log.messages.map((message) => message.seq)
        assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b), `seed ${seed}: each once, in order`)
        assert.deepEqual(seqs, Array.from({ length: seqs.length }, (_, i) => seqs[0]! + i), `seed ${seed}: no hole`)
        // A client that was there longer may still show older messages than a load brings.
        assert.deepEqual(
          { ...shown(log), messages: log.messages.filter((message) => newest.has(message.seq)) }, shown(fresh), `seed ${seed}`)
      }
    }
  })

  it('asks for a load when something is missing or control moved, and not otherwise', () => {
    const log = new DeskLog()
    log.load(detail(row({ last_seq: 2 }), [said(1), said(2)]))
    assert.equal(log.hear('message', said(3)), false)
    assert.equal(log.hear('message', said(5)), true, 'the fourth is missing')
    assert.equal(log.hear('message', said(4)), false)
    const state = { control: 'human', version: 1, staff_name: null, last_seq: 5 } as const
    assert.equal(log.hear('state', state), false)
    assert.equal(log.hear('state', { ...state, last_seq: 6 }), true)
    assert.equal(log.hear('state', { ...state, version: 2 }), true)
  })

  it('is not turned back by an answer that was asked for earlier', () => {
    const log = new DeskLog()
    log.load(detail(row({ version: 5, control: 'human' }), [said(1)]))
    log.load(detail(row({ version: 4, control: 'queued' }), []))
    assert.equal(log.chat?.control, 'human')
    assert.equal(log.messages.length, 1)
  })

  it('begins anew where a load starts after what it holds, so that no hole is shown as complete', () => {
    const log = new DeskLog()
    log.load(detail(row(), [said(1), said(2)]))
    log.load(detail(row(), [said(40), said(41)]))
    assert.deepEqual(log.messages.map((message) => message.seq), [40, 41])
    assert.equal(log.covered, 41)
  })

  it('takes what was said before, until the beginning, and keeps it over a load', () => {
    const log = new DeskLog()
    log.load(detail(row(), [said(5), said(6)]))
    assert.equal(log.older, 5)
    log.prepend([said(3), said(4)])
    assert.equal(log.older, 3)
    log.load(detail(row(), [said(6), said(7)]))
    assert.deepEqual(log.messages.map((message) => message.seq), [3, 4, 5, 6, 7])
    assert.equal(log.older, 3)
    log.prepend([said(1), said(2)])
    assert.equal(log.older, null)
    assert.equal(log.covered, 7)
  })

  it('learns by an event how far a message is on its way', () => {
    const log = new DeskLog()
    log.load(detail(row(), [said(1, { author: 'staff', delivery: 'queued' })]))
    assert.equal(log.hear('delivery', { seq: 1, delivery: 'sent' }), false)
    assert.equal(log.messages[0]?.delivery, 'sent')
  })
})
