import { foldedCase } from './folded-case.ts'
import { STOP_WORDS } from './stop-words.ts'
import { visibleText } from './visible-text.ts'

const HUMP_ANYWHERE = /\p{Ll}\p{Lu}/u
const HUMP = /(\p{Ll})(\p{Lu})/gu
const MARKS = /\p{M}+/gu
const WORD = /[\p{L}\p{N}\p{M}]+/gu
const TERM = /[\p{L}\p{N}]+/gu
/** Between parts of one word, as Persian has it. */
const NON_JOINER = '\u200c'
const COMPOUND = /[\p{L}\p{N}\p{M}\u200c]+/gu

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

/**
 * The form in which texts and questions are searched: compatibility forms and case folded, nothing
 * within a word that cannot be seen, and joined words with their parts behind them.
 */
export function searchableText(text: string): string {
  return foldedCase(withParts(visibleText(withCompounds(text.normalize('NFKC')))))
}

/** The same with the parts of joined words in their place. */
export function searchableParts(text: string): string {
  return foldedCase(unjoined(visibleText(text.normalize('NFKC'))))
}

/** Each compound with its parts behind it. */
function withCompounds(text: string): string {
  if (!text.includes(NON_JOINER)) return text
  return text.replace(COMPOUND, (word) =>
    word.includes(NON_JOINER) ? `${word} ${word.replaceAll(NON_JOINER, ' ')}` : word,
  )
}

/** A text as words are compared: one case, no accents, nothing that cannot be seen. */
export function plainText(text: string): string {
  const folded = foldedCase(visibleText(text).normalize('NFKD'))
  return folded.normalize('NFKD').replace(MARKS, '')
}

/** The different words of a text in lower case, without accents, in their order. */
export function termsOf(text: string): string[] {
  return [...new Set(plainText(unjoined(visibleText(text))).match(TERM) ?? [])]
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
