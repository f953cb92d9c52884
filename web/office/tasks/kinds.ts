/** What the follow-ups of a case are called. */
const KINDS: Record<string, { text: string; tone: 'brand' | 'bad' }> = {
  publicity_call: { text: '公示后回访', tone: 'brand' }, low_rating: { text: '低分回访', tone: 'bad' },
}

export const taskWord = (kind: string): { text: string; tone: '' | 'brand' | 'bad' } => KINDS[kind] ?? { text: '跟进', tone: '' }
