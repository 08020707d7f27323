import { stemOf } from '../../text/stem.ts'
import { searchTerms, termsOf } from '../../text/terms.ts'

const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u

/**
 * The share of a question's words that a passage leaves unsaid, from 0 to 1. A question that one
 * passage answers finds its words there; one that needs several finds the rest elsewhere.
 */
export function unsaidShare(question: string, passage: string): number {
  const asked = new Set(searchTerms(question).flatMap(partsOf))
  const said = new Set(termsOf(passage).flatMap(partsOf))
  const unsaid = [...asked].filter((part) => !said.has(part))
  return asked.size === 0 ? 0 : unsaid.length / asked.size
}

/** The stem of a word, or the neighbouring characters of a script without spaces. */
function partsOf(term: string): string[] {
  if (!UNSPACED.test(term)) return [stemOf(term)]
  const characters = [...term]
  if (characters.length === 1) return characters
  return characters.slice(1).map((character, at) => `${characters[at]}${character}`)
}
