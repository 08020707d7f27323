import { STOP_WORDS } from '../../../engine/text/stop-words.ts'
import { searchableParts, searchableText } from '../../../engine/text/terms.ts'
import { queryPairs, splitRuns } from '../database/indexable-text.ts'

/** A pasted page asks no better than its first sentences, and every term costs time. */
const MAX_TERMS = 64
const WORD = /[\p{L}\p{N}\p{M}]+/gu

/**
 * What to look for of a user's words, each a quoted FTS5 term. Nothing the user writes is taken as an
 * operator.
 */
export function fullTextTerms(text: string): string[] {
  const all = new Set<string>()
  const telling = new Set<string>()
  for (const [word] of searchableText(text).matchAll(WORD)) {
    for (const term of termsOf(word)) {
      all.add(term)
      if (!STOP_WORDS.has(word)) telling.add(term)
    }
    if (telling.size >= MAX_TERMS) break
  }
  return [...(telling.size > 0 ? telling : all)].slice(0, MAX_TERMS)
}

/** The FTS5 query for texts that have all of these words; null when there are none. */
export function allWordsQuery(words: readonly string[]): string | null {
  const terms = new Set<string>()
  // The words of a joined name stand beside it in the index, the joined name not beside its words.
  const asked = searchableParts(words.join(' '))
  for (const [word] of asked.matchAll(WORD)) {
    for (const term of termsOf(word)) terms.add(term)
    if (terms.size >= MAX_TERMS) break
  }
  return terms.size === 0 ? null : [...terms].slice(0, MAX_TERMS).join(' AND ')
}

function termsOf(word: string): string[] {
  return splitRuns(word).flatMap((part) => {
    if (!part.unspaced) return [quoted(part.text)]
    const pairs = queryPairs(part.text)
    const [only] = pairs
    // The index holds pairs, so one character alone is looked for as the beginning of a pair.
    if (pairs.length === 1 && only !== undefined && [...only].length === 1) {
      return [`${quoted(only)} *`]
    }
    return pairs.map(quoted)
  })
}

/** A word has no quotation marks: {@link WORD} lets none through. */
function quoted(word: string): string {
  return `"${word}"`
}
