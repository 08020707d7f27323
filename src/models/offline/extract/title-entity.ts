import { nameKey } from '../../../engine/text/name-key.ts'
import { STOP_WORDS } from '../../../engine/text/stop-words.ts'
import { termsOf } from '../../../engine/text/terms.ts'

const LONGEST = 200
const LETTER = /\p{L}/u
const WORD = /\p{L}[\p{L}\p{M}'’]*/gu
const CAPITAL = /^\p{Lu}/u

/**
 * The entity that a document's title names, without a bracketed remark; null when the title is a
 * mere label, such as a date, or when the text has nothing of it.
 */
export function titleEntity(title: string | undefined, text: string): string | null {
  const name = withoutRemark((title ?? '').slice(0, LONGEST).trim())
  if (nameKey(name).length < 2 || !LETTER.test(name)) return null
  return isTitleCase(name) || isNamedIn(name, text) ? name : null
}

/** "Mercury (planet)" as "Mercury". */
function withoutRemark(title: string): string {
  if (!title.endsWith(')')) return title
  const open = title.indexOf('(', title.lastIndexOf(')', title.length - 2) + 1)
  return open === -1 ? title : title.slice(0, open).trim()
}

/** "To Kill a Mockingbird", but not "Chat 2026-01-05". */
function isTitleCase(title: string): boolean {
  const terms = termsOf(title)
  if (terms.filter((term) => !LETTER.test(term)).length * 2 > terms.length) return false
  const words = (title.match(WORD) ?? []).filter((word) => !STOP_WORDS.has(word))
  return words.length > 0 && words.every((word) => CAPITAL.test(word))
}

function isNamedIn(title: string, text: string): boolean {
  // The text itself often begins with the title.
  const body = text.startsWith(title) ? text.slice(title.length) : text
  const words = termsOf(title).filter((term) => LETTER.test(term) && !STOP_WORDS.has(term))
  const known = new Set(termsOf(body))
  return words.some((word) => known.has(word) || (word.length > 3 && body.includes(word)))
}
