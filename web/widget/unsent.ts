import { SEND_UNASKED_MS, type Unsent } from '@shared/index'
import { forget, namesOf, recall, remember } from './storage'

const PREFIX = 'huicai.unsent '

/**
 * Unsent messages over a reload, one item each: two tabs never overwrite each other's. They belong to one
 * conversation; what another visitor of this browser left is deleted, never shown.
 */
export class UnsentShelf<Draft> {
  constructor(private readonly server: string) {}

  keep(conversation: string | null, key: string, unsent: Unsent<Draft> | null): void {
    if (unsent) remember(this.name(key), { ...unsent, conversation })
    else forget(this.name(key))
  }

  take(conversation: string | null): Unsent<Draft>[] {
    const found: Unsent<Draft>[] = []
    for (const name of namesOf(`${PREFIX}${this.server} `)) {
      const row = recall<Unsent<Draft> & { conversation: string | null }>(name)
      // The very first message is written before there is a conversation.
      const early = row?.conversation === null && Date.now() - row.at < SEND_UNASKED_MS
      if (row && (early || row.conversation === conversation)) found.push(row)
      else forget(name)
    }
    return found
  }

  private name(key: string): string {
    return `${PREFIX}${this.server} ${key}`
  }
}
