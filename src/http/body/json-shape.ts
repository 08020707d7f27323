/** How much a JSON text holds, as far as its brackets and commas tell. */
export interface JsonShape {
  /** At least as many as it has objects, lists, texts and other values that are no keys. */
  readonly values: number
  /** Of what is nested deepest. */
  readonly depth: number
}

export interface JsonBounds {
  readonly values: number
  readonly depth: number
}

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/**
 * Measures JSON before it is parsed, and stops as soon as it is beyond the bounds: parsed, it may
 * take twenty times the memory that its bytes do.
 *
 * @param json in UTF-8; what is no JSON is measured as well, and refused by the parser
 */
export function jsonShape(json: Uint8Array, most: JsonBounds): JsonShape {
  let values = 1
  let depth = 0
  let deepest = 0
  for (let at = 0; at < json.length && values <= most.values && deepest <= most.depth; at++) {
    switch (json[at]) {
      case QUOTE:
        at = endOfString(json, at + 1)
        break
      case COMMA:
        values++
        break
      case OPEN_LIST:
      case OPEN_OBJECT:
        values++
        depth++
        if (depth > deepest) deepest = depth
        break
      case CLOSE_LIST:
      case CLOSE_OBJECT:
        depth--
        break
    }
  }
  return { values, depth: deepest }
}

/** Bytes of a string that are looked at one by one before the quotation mark is searched for. */
const STEP = 512

/** The place of the quotation mark that ends a string; the end of the bytes when none does. */
function endOfString(json: Uint8Array, start: number): number {
  let at = start
  let quote = -1
  for (;;) {
    const until = Math.min(json.length, at + STEP)
    while (at < until) {
      const byte = json[at]
      if (byte === QUOTE) return at
      at += byte === BACKSLASH ? 2 : 1
    }
    // Long texts are searched at the speed of memory, for each mark once.
    if (quote < at) quote = json.indexOf(QUOTE, at)
    if (quote === -1) return json.length
    const backslash = json.subarray(at, quote).indexOf(BACKSLASH)
    if (backslash === -1) return quote
    at += backslash
  }
}
