export interface SseEvent {
  event: string
  data: string
  id: string | null
}

/** Splits text chunks of an event stream into events; comments (heartbeats) yield nothing. */
export class SseParser {
  private rest = ''
  private event = ''
  private data: string[] = []
  private id: string | null = null

  feed(chunk: string): SseEvent[] {
    const events: SseEvent[] = []
    // A trailing \r may be the first half of \r\n, so it waits for the next chunk.
    const text = this.rest + chunk
    const lines = text.split(/\r\n|\n|\r(?!$)/)
    this.rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line === '') {
        if (this.data.length || this.event) {
          events.push({ event: this.event || 'message', data: this.data.join('\n'), id: this.id })
        }
        this.event = ''
        this.data = []
        continue
      }
      if (line.startsWith(':')) continue
      const colon = line.indexOf(':')
      const field = colon < 0 ? line : line.slice(0, colon)
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (field === 'event') this.event = value
      else if (field === 'data') this.data.push(value)
      else if (field === 'id') this.id = value
    }
    return events
  }
}
