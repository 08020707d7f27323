/** What tells where an object begins or ends, and a string. */
const SIGN = /[{}"]/g
const IN_STRING = /["\\]/g

/**
 * The objects of a JSON text that have no objects within them, as they are written. Braces in strings
 * do not count. What stands around them need not be JSON, and the end may be missing.
 */
export function* innermostObjects(text: string): Generator<string, void, void> {
  let open = -1
  /** No string that begins here or later has an end. */
  let endless = text.length
  for (let at = next(SIGN, text, 0); at !== -1; ) {
    const sign = text[at]
    let end = at + 1
    if (sign === '{') open = at
    else if (open !== -1 && sign === '}') {
      yield text.slice(open, end)
      open = -1
    } else if (open !== -1 && sign === '"') {
      const close: number = at < endless ? stringEnd(text, at) : -1
      if (close === -1) {
        endless = Math.min(endless, at)
        open = -1
      } else end = close
    }
    at = next(SIGN, text, end)
  }
}

/** -1 when there is none. */
function next(sign: RegExp, text: string, from: number): number {
  sign.lastIndex = from
  return sign.exec(text)?.index ?? -1
}

/** Behind its closing quote; -1 when it has none. */
function stringEnd(text: string, quote: number): number {
  let at = next(IN_STRING, text, quote + 1)
  while (at !== -1 && text[at] === '\\') at = next(IN_STRING, text, at + 2)
  return at === -1 ? -1 : at + 1
}
