import { plainText } from './terms.ts'
import { withoutRemarks } from './without-remarks.ts'

const POSSESSIVE = /['’]s\b|['’](?=\s|$)/g
const NOT_WORD = /[^\p{L}\p{N}]+/gu
const ARTICLE = /^(?:the|a|an) (?=.)/

/**
 * The form under which two spellings of a name are one: lower case, no accents, no possessive,
 * no leading article, no bracketed remark, single spaces. Empty when nothing is left.
 */
export function nameKey(name: string): string {
  const plain = plainText(withoutRemarks(name.slice(0, 400)))
    .replace(POSSESSIVE, '')
    .replace(NOT_WORD, ' ')
    .trim()
  return plain.replace(ARTICLE, '')
}
