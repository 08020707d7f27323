import { withoutRemarks } from './without-remarks.ts'

const MARKS = /\p{M}+/gu
const POSSESSIVE = /['’]s\b|['’](?=\s|$)/g
const NOT_WORD = /[^\p{L}\p{N}]+/gu
const ARTICLE = /^(?:the|a|an) (?=.)/

/**
 * The form under which two spellings of a name are one: lower case, no accents, no possessive,
 * no leading article, no bracketed remark, single spaces. Empty when nothing is left.
 */
export function nameKey(name: string): string {
  const plain = withoutRemarks(name.slice(0, 400))
    .normalize('NFKD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(POSSESSIVE, '')
    .replace(NOT_WORD, ' ')
    .trim()
  return plain.replace(ARTICLE, '')
}
