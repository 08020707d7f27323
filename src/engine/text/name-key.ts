import { plainText } from './terms.ts'

const OPENING = /[([（【]/g
const CLOSING = /[)\]）】]/g
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

/**
 * A text without what stands in brackets, and without the space before it. A bracket that is never
 * closed stays. Every character is looked at a few times at most, however many brackets are open.
 */
function withoutRemarks(text: string): string {
  let kept = ''
  let from = 0
  for (;;) {
    OPENING.lastIndex = from
    const open = OPENING.exec(text)
    if (open === null) return kept + text.slice(from)
    CLOSING.lastIndex = open.index + 1
    const close = CLOSING.exec(text)
    // What comes behind it is not closed either.
    if (close === null) return kept + text.slice(from)
    kept += text.slice(from, open.index).trimEnd()
    from = close.index + 1
  }
}
