import type { NameSpan } from './capitalised-names.ts'

const QUOTED = /["“„«「『《]([^"“”„«»「」『』《》\n]{2,60})["”“»」』》]|``([^`'\n]{2,60})''/gu
const SENTENCE_END = /[.!?。！？,]$/

/** Titles in quotation marks. A quoted sentence is speech, not a title. */
export function quotedTitles(text: string): NameSpan[] {
  const found: NameSpan[] = []
  for (const match of text.matchAll(QUOTED)) {
    const name = (match[1] ?? match[2] ?? '').trim()
    const words = name.split(/\s+/).length
    if (name.length < 2 || words > 8 || SENTENCE_END.test(name) || /^\p{Ll}/u.test(name)) continue
    found.push({ name, start: match.index, end: match.index + match[0].length, certain: true })
  }
  return found
}
