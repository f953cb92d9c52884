import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { fromField, toField } from '../desk/dialogs/times'
import { adopt, newestFromTalent, newestWord, overtaken, sameWords, stillFits, typed } from '../desk/state/guards'
import { asked, filled, matching, unfilled, withoutAsk } from '../desk/state/phrases_rules'
import { ringing, secondsLeft, withoutRing, withRow } from '../desk/state/rings'
import { marked } from '../desk/state/search'
import { lineOf } from '../desk/state/seat_rules'
import { mergePages, refreshFirst, unreadOf } from '../desk/state/views'
import { row, said } from './desk_rows'

describe('drafts and what overtakes them', () => {
  it('a text is measured from when it was begun; emptied, it begins anew', () => {
    let mark = typed({ text: '', basedOn: null }, '您', 3)
    mark = typed(mark, '您好', 7)
    assert.equal(mark.basedOn, 3)
    assert.equal(overtaken(mark.basedOn, 7), true)
    mark = typed(mark, ' ', 7)
    assert.equal(typed(mark, '再', 7).basedOn, 7)
    assert.equal(overtaken(null, 9), false)
  })

  it('a draft of another browser is taken over, unsaved words here are not', () => {
    const there = { text: '那边写的', based_on_seq: 4 }
    assert.deepEqual(adopt({ text: '', basedOn: null }, '', there), { text: '那边写的', basedOn: 4 })
    const here = { text: '这边正在写', basedOn: 6 }
    assert.equal(adopt(here, '这边', there), here)
    assert.deepEqual(adopt({ text: '旧', basedOn: 2 }, '旧', null), { text: '', basedOn: null })
  })
})

describe('suggested replies', () => {
  const suggestion = { seq: 5, replies: [{ text: '答', faq: 'a', question: '问', sources: [], scope: null, confidence: null }] }

  it('stay while nothing was said since, and go with any later word of either side', () => {
    const talk = [said(5), said(6, { author: 'system' }), said(7, { author: 'staff', internal: true })]
    assert.equal(stillFits(suggestion, newestWord(talk)), suggestion)
    for (const author of ['talent', 'staff', 'assistant'] as const) {
      assert.equal(stillFits(suggestion, newestWord([...talk, said(8, { author })])), null, author)
    }
    assert.equal(stillFits({ seq: 5, replies: [] }, 5), null)
    assert.equal(newestFromTalent([said(2), said(3, { author: 'staff' })]), 2)
  })
})

describe('rings', () => {
  const until = '2026-11-22T04:00:30Z'
  const now = Date.parse('2026-11-22T04:00:00Z')
  const ring = row({ conversation_id: 'r', handover_status: 'waiting', control: 'offered', offered_to: 'me', offered_until: until })

  it('count down to nothing and are over at the end', () => {
    assert.deepEqual([0, 29_001, 30_000, 90_000].map((ms) => secondsLeft(until, now + ms)), [30, 1, 0, 0])
    assert.equal(ringing([ring], 'me', now)[0]!.left, 30)
    assert.deepEqual(ringing([ring], 'me', now + 30_000), [])
    assert.deepEqual(ringing([ring], 'other', now), [])
  })

  it('know a hand-over by a colleague from one of the queue, and never ring what is mine', () => {
    const handed = row({
      conversation_id: 't', staff_id: 'other', offered_to: 'me', offered_until: '2026-11-22T04:00:10Z',
      transfer: { to: 'me', to_name: '我', team_id: null, team_name: null, by_name: '周宁', note: '请接' },
    })
    const rings = ringing([ring, handed, row({ staff_id: 'me', offered_to: 'me' })], 'me', now)
    assert.deepEqual(rings.map((one) => [one.chat.conversation_id, one.transfer, one.left]), [['t', true, 10], ['r', false, 30]])
  })

  it('one that was mine and waits again rings like any other', () => {
    assert.equal(ringing([{ ...ring, staff_id: 'me' }], 'me', now).length, 1)
    assert.equal(ringing([{ ...ring, staff_id: 'me' }], 'me', now)[0]!.transfer, false)
    assert.deepEqual(withoutRing([{ ...ring, staff_id: 'me' }], 'r', 'me'), [])
  })

  it('enter and leave the list; what one holds stays', () => {
    const held = row({ conversation_id: 'mine', staff_id: 'me' })
    const list = withRow(withRow([held], ring), ring)
    assert.deepEqual(list.map((chat) => chat.conversation_id), ['r', 'mine'])
    assert.deepEqual(withoutRing(list, 'r', 'me'), [held])
    assert.deepEqual(withoutRing([{ ...held, offered_to: 'me' }], 'mine', 'me').map((chat) => chat.offered_to), [null])
  })
})

describe('lists', () => {
  const ended = (id: string, minute: number) => row({ handover_id: id, ended_at: `2026-11-22T04:0${minute}:00Z` })

  it('older pages follow, a row that comes twice stands once in its newest form', () => {
    const merged = mergePages([ended('c', 3), ended('b', 2)], [{ ...ended('b', 2), rating: 5 }, ended('a', 1)])
    assert.deepEqual(merged.map((chat) => [chat.handover_id, chat.rating]), [['c', null], ['b', 5], ['a', null]])
  })

  it('a fresh first page keeps the older ones below it', () => {
    const shown = [ended('c', 3), ended('b', 2), ended('a', 1)]
    const fresh = refreshFirst(shown, [ended('d', 4), ended('c', 3)])
    assert.deepEqual(fresh.map((chat) => chat.handover_id), ['d', 'c', 'b', 'a'])
    assert.deepEqual(refreshFirst(shown, []), [])
  })

  it('unread is what nobody has seen, here or in another tab', () => {
    const mine = [row({ conversation_id: 'a', last_talent_seq: 5, staff_seen_seq: 3 }), row({ conversation_id: 'b', last_talent_seq: 5, staff_seen_seq: 5 })]
    assert.deepEqual([...unreadOf(mine, new Map())], ['a'])
    assert.deepEqual([...unreadOf(mine, new Map([['a', 5]]))], [])
  })
})

describe('canned phrases', () => {
  const phrase = (title: string, initials: string, text: string, uses = 0) => ({ id: title, title, initials, text, uses })
  const all = [phrase('问候', 'wh', '您好', 1), phrase('请稍等', 'qsd', '请稍等，问一下窗口', 9), phrase('约定回电', 'ydhd', '{时间}前回电')]

  it('are found by title, initials and text, in this order', () => {
    assert.deepEqual(matching(all, 'wh').map((one) => one.title), ['问候'])
    assert.deepEqual(matching(all, '问').map((one) => one.title), ['问候', '请稍等'])
    assert.deepEqual(matching(all, '').map((one) => one.title), ['请稍等', '问候', '约定回电'])
    assert.deepEqual(matching(all, 'zzz'), [])
  })

  it('a slash opens them at the start of a line only, and goes when one is taken', () => {
    assert.equal(asked('/qs', 3), 'qs')
    assert.equal(asked('您好\n/', 4), '')
    assert.equal(asked('和/或', 3), null)
    assert.deepEqual(withoutAsk('您好\n/qs后', 6), { text: '您好\n后', caret: 3 })
  })

  it('known variables are filled, unknown ones stay to be seen', () => {
    const text = filled('{称呼}您好，我是{专员}，{时间}前回电', { 专员: '林晓', 称呼: '' })
    assert.equal(text, '您好，我是林晓，{时间}前回电')
    assert.deepEqual(unfilled(text), ['时间'])
  })
})

describe('what the page says', () => {
  it('of the connection: well, lost within the grace, or too long', () => {
    const at = (silent: number, offline = false) => lineOf({ heardAt: 0, now: silent, offline, graceS: 25 }).state
    assert.deepEqual([at(0), at(14_000), at(14_001), at(25_000), at(25_001), at(1_000, true)], ['well', 'well', 'lost', 'lost', 'over', 'lost'])
    assert.match(lineOf({ heardAt: 0, now: 15_000, offline: false, graceS: 25 }).text, /25 秒内恢复不会丢失会话/)
  })

  it('times in forms are those of Beijing', () => {
    assert.equal(toField(new Date('2026-11-22T17:30:00Z')), '2026-11-23T01:30')
    assert.equal(fromField('2026-11-23T01:30')?.toISOString(), '2026-11-22T17:30:00.000Z')
    assert.equal(fromField(''), null)
  })

  it('marks what was sought in a snippet', () => {
    assert.deepEqual(marked('惠才卡丢了', '才卡'), [{ text: '惠', hit: false }, { text: '才卡', hit: true }, { text: '丢了', hit: false }])
    assert.deepEqual(marked('惠才卡', ' '), [{ text: '惠才卡', hit: false }])
  })
})

describe('words sent from another window', () => {
  it('are known again, however their lines were broken, and nothing else is', () => {
    assert.equal(sameWords('您好，\n请稍等 ', ['您好，', '请稍等']), true)
    assert.equal(sameWords('您好，请稍等片刻', ['您好，', '请稍等']), false)
    assert.equal(sameWords('  ', []), false)
  })
})
