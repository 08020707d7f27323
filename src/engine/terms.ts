import { STOP_WORDS } from './stop-words.ts'

const HUMP_ANYWHERE = /\p{Ll}\p{Lu}/u
const HUMP = /(\p{Ll})(\p{Lu})/gu
const MARKS = /\p{M}+/gu
const WORD = /[\p{L}\p{N}\p{M}]+/gu
const TERM = /[\p{L}\p{N}]+/gu

/** "WolfgangSchulz" as "Wolfgang Schulz", for the index as for the question. */
export const unjoined = (text: string): string => text.replace(HUMP, '$1 $2')

/** Each joined name with its words behind it, so that a text is found by either spelling. */
export function withParts(text: string): string {
  if (!HUMP_ANYWHERE.test(text)) return text
  return text.replace(WORD, (word) => {
    const parts = unjoined(word)
    return parts === word ? word : `${word} ${parts}`
  })
}

/** The different words of a text in lower case, without accents, in their order. */
export function termsOf(text: string): string[] {
  const plain = unjoined(text).normalize('NFKD').replace(MARKS, '').toLowerCase()
  return [...new Set(plain.match(TERM) ?? [])]
}

/** In characters. */
const LONGEST_QUESTION = 4_000

/**
 * The words to search for: those of the question that are no grammar, or all when all are. A pasted
 * page asks no better than its first sentences, and each word is compared with much.
 */
export function searchTerms(question: string): string[] {
  const all = termsOf(question.slice(0, LONGEST_QUESTION))
  const telling = all.filter((term) => !STOP_WORDS.has(term))
  return telling.length > 0 ? telling : all
}
