const MAX_TEXT = 200
const MAX_ITEMS = 10
const MAX_DEPTH = 4

/** A copy of a value that is small enough to send back: long texts and lists are cut. */
export function shorten(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return shortened(value)
  if (typeof value !== 'object' || value === null) return value ?? null
  if (depth === MAX_DEPTH) return '…'
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ITEMS).map((item) => shorten(item, depth + 1))
  }
  const few: [string, unknown][] = []
  for (const key in value) {
    if (few.length === MAX_ITEMS) break
    few.push([key.slice(0, MAX_TEXT), shorten(Reflect.get(value, key), depth + 1)])
  }
  return Object.fromEntries(few)
}

/** A text that is cut when it is long. */
export function shortened(text: string): string {
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text
}
