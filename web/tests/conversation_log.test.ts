import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConversationLog, content, type Message } from '../shared/index'
import { seeded } from './seeded'

function message(seq: number, key: string | null = null, prev = seq - 1): Message {
  return {
    id: `m${seq}`, seq, prev, author: key ? 'talent' : 'assistant', author_name: null, internal: false,
    at: '2026-11-21T13:05:00Z', content: content({ paragraphs: [`第${seq}条`] }), key, band: null,
  }
}

const seqs = (log: ConversationLog): (number | null)[] => log.entries().map((entry) => entry.seq)

describe('ConversationLog', () => {
  it('shows the sorted set, whatever is repeated, reordered or missing for a while', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seeded(seed)
      const total = 1 + Math.floor(random() * 40)
      // Some numbers are internal notes that this reader never gets.
      const visible = Array.from({ length: total }, (_, i) => i + 1).filter(() => random() > 0.15)
      const log = new ConversationLog()
      const prevOf = (seq: number): number => Math.max(0, ...visible.filter((s) => s < seq))
      const stream = visible.flatMap((seq) => Array.from({ length: 1 + Math.floor(random() * 3) }, () => seq))
      stream.sort(() => random() - 0.5)
      const late: number[] = []
      for (const seq of stream) {
        if (random() < 0.2) late.push(seq)
        else log.receive([message(seq, null, prevOf(seq))])
        assert.ok(visible.filter((s) => s <= log.covered).every((s) => seqs(log).includes(s)),
          `seed ${seed}: covered ${log.covered} hides a missing message`)
      }
      for (let gap = log.gap(total); gap; gap = log.gap(total)) {
        const { after, before } = gap
        log.receive(visible.filter((seq) => seq > after && seq < before).map((seq) => message(seq, null, prevOf(seq))))
        log.cover(before - 1)
      }
      assert.deepEqual(seqs(log), visible, `seed ${seed}, late ${late.join()}`)
      assert.equal(log.covered, total)
    }
  })

  it('tells which messages were new', () => {
    const log = new ConversationLog()
    assert.deepEqual(log.receive([message(2), message(1), message(2)]).map((m) => m.seq), [2, 1])
    assert.deepEqual(log.receive([message(1)]), [])
  })

  it('suspects a gap on a skipped number and when the server holds more', () => {
    const log = new ConversationLog()
    log.receive([message(1)])
    assert.equal(log.gap(), null)
    assert.deepEqual(log.gap(4), { after: 1, before: 5 })
    log.receive([message(3)])
    assert.deepEqual(log.gap(), { after: 1, before: 4 })
    log.receive([message(2)])
    assert.equal(log.gap(), null)
    assert.equal(log.covered, 3)
  })

  it('does not suspect a number that the message after it says was never shown', () => {
    const log = new ConversationLog()
    log.receive([message(1), message(4, null, 1)])
    assert.equal(log.gap(), null)
    assert.equal(log.covered, 4)
    log.receive([message(7, null, 6)])
    assert.deepEqual(log.gap(), { after: 4, before: 8 })
  })

  it('keeps an own message in one place from writing to storing', () => {
    const log = new ConversationLog()
    log.receive([message(1)])
    log.add('k', '你好')
    assert.deepEqual(log.entries().map((e) => [e.key, e.delivery]), [['m1', 'sent'], ['k', 'sending']])
    log.acknowledge('k', 2)
    log.receive([message(3)])
    assert.deepEqual(log.entries().map((e) => [e.key, e.seq, e.draft]), [['m1', 1, null], ['k', 2, '你好'], ['m3', 3, null]])
    log.receive([message(2, 'k')])
    assert.deepEqual(log.entries().map((e) => [e.key, e.message?.id]), [['m1', 'm1'], ['k', 'm2'], ['m3', 'm3']])
    assert.equal(log.covered, 3)
  })

  it('is not confused when the stored message overtakes the answer of the request', () => {
    const log = new ConversationLog()
    log.add('k', '你好')
    log.receive([message(1, 'k')])
    log.acknowledge('k', 1)
    log.fail('k', '网络')
    assert.deepEqual(log.entries().map((e) => [e.key, e.delivery]), [['k', 'sent']])
  })

  it('counts an acknowledged message as missing until it has arrived', () => {
    const log = new ConversationLog()
    log.add('k', '你好')
    log.acknowledge('k', 1)
    assert.equal(log.covered, 0)
    assert.deepEqual(log.gap(1), { after: 0, before: 2 })
  })

  it('keeps a failed message with its key and sends it again under the same one', () => {
    const log = new ConversationLog()
    log.add('a', '一')
    log.add('b', '二')
    assert.equal(log.retry('a'), null)
    log.fail('a', '网络连接不上')
    assert.equal(log.get('a')?.error, '网络连接不上')
    assert.equal(log.retry('a')?.draft, '一')
    assert.equal(log.get('a')?.delivery, 'sending')
    assert.deepEqual(log.entries().map((e) => e.key), ['a', 'b'])
    log.discard('a')
    assert.ok(log.get('a'), 'a message on its way cannot be thrown away')
    log.fail('a', 'x')
    log.discard('a')
    assert.equal(log.get('a'), undefined)
  })
})
