/** localStorage that may be forbidden or full (private windows, in-app browsers): then it lasts as long as the page. */
const memory = new Map<string, string>()

export function recall<T>(name: string): T | null {
  let text: string | null
  try {
    text = window.localStorage.getItem(name)
  } catch {
    text = null
  }
  text = text ?? memory.get(name) ?? null
  if (!text) return null
  try {
    return JSON.parse(text) as T
  } catch {
    return null
  }
}

export function remember(name: string, value: unknown): void {
  const text = JSON.stringify(value)
  memory.set(name, text)
  try {
    window.localStorage.setItem(name, text)
  } catch {
    // The copy in memory serves this page.
  }
}

export function forget(name: string): void {
  memory.delete(name)
  try {
    window.localStorage.removeItem(name)
  } catch {
    // Nothing was kept.
  }
}

/** Names of what is kept under this beginning. */
export function namesOf(prefix: string): string[] {
  const names = new Set([...memory.keys()].filter((name) => name.startsWith(prefix)))
  try {
    for (let at = 0; at < window.localStorage.length; at += 1) {
      const name = window.localStorage.key(at)
      if (name?.startsWith(prefix)) names.add(name)
    }
  } catch {
    // What is in memory is all there is.
  }
  return [...names]
}
