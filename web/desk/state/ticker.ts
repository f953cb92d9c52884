/** Runs in a worker: browsers slow the clocks of background pages to one tick a minute, a worker's they leave alone. */

self.onmessage = (event: MessageEvent<number>): void => {
  setInterval(() => self.postMessage(null), event.data)
}
