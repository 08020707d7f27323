const MAX_TEXT = 200
const MAX_ITEMS = 10
const MAX_DEPTH = 4

/** A copy of a value that is small enough to send back: long texts and lists are cut. */
export function shorten(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') {
    return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value
  }
  if (typeof value !== 'object' || value === null) return value ?? null
  if (depth === MAX_DEPTH) return '…'
  if (Array.isArray(value)) {
    return value.slice(0, MAX_ITEMS).map((item) => shorten(item, depth + 1))
  }
  const entries = Object.entries(value).slice(0, MAX_ITEMS)
  return Object.fromEntries(
    entries.map(([key, item]) => [key.slice(0, MAX_TEXT), shorten(item, depth + 1)]),
  )
}
