import { content } from '../shared/index'
import type { Chat, ChatDetail, DeskMessage } from '../desk/api/types'

/** A row of the lists with everything the tests do not care about filled in. */
export function row(part: Partial<Chat> = {}): Chat {
  return {
    conversation_id: 'c1', handover_id: 'h1', handover_status: 'active', control: 'human', version: 1, channel: 'web', category: '政策咨询',
    reason: 'requested', region: null, team_id: null, team_name: null, staff_id: null, staff_name: null, specialist_id: null, specialist_name: null,
    waiting_since: null, position: null, offered_to: null, offered_until: null, transfer: null, hold_until: null, wrap_up_until: null,
    ended_at: null, ended_by: null, labels: [], rating: null, blocked: false, contact: null, sla: null, last_text: '', last_at: '2026-11-22T00:00:00Z',
    last_seq: 0, last_talent_seq: 0, ...part,
  }
}

export function said(seq: number, part: Partial<DeskMessage> = {}): DeskMessage {
  return {
    id: `m${seq}`, seq, prev: seq - 1, author: 'talent', author_name: null, internal: false, at: '2026-11-22T00:00:00Z',
    content: content({ paragraphs: [`第${seq}条`] }), key: null, band: null, ...part,
  }
}

export function detail(chat: Chat, messages: DeskMessage[]): ChatDetail {
  return { chat, packet: null, messages, profile: null, episodes: [], drafts: {} }
}
