/** What JSON may write in another way: quotes, control characters, halves of a surrogate pair. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u

/** A text as JSON, as `JSON.stringify` has it; in half the time, for most texts need no escapes. */
export function jsonText(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`
}

/** Rows whose text was found to need no escapes: those that stay in memory are looked through once. */
const plain = new WeakSet<object>()

/** {@link jsonText} of the text that a row has, always the same one. */
export function jsonTextOf(row: object, text: string): string {
  if (!plain.has(row)) {
    if (ESCAPED.test(text)) return JSON.stringify(text)
    plain.add(row)
  }
  return `"${text}"`
}
