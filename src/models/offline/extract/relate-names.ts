import { STOP_WORDS } from '../../../engine/text/stop-words.ts'
import type { Sentence } from './sentences.ts'

/** A name in a sentence, by its key. */
export interface Mention {
  readonly key: string
  readonly start: number
  readonly end: number
}

export interface Pairing {
  readonly source: string
  readonly target: string
  /** What lies between them in the text. */
  readonly from: number
  readonly to: number
}

/** Of one sentence: a list of fifty names says nothing of each two of them. */
const MAX_PAIRS = 12
const MAX_THEMES = 3

/**
 * Ties the names of a sentence: each to its neighbour, to the first, and to the title.
 *
 * @param mentions in the order of the text, each key once
 * @param titleKey empty when the document has no title that is a name
 */
export function relateNames(
  sentence: Sentence,
  mentions: readonly Mention[],
  titleKey: string,
): Pairing[] {
  const pairings = new Map<string, Pairing>()
  const add = (source: string, target: string, from: number, to: number) => {
    const pair = unordered(source, target)
    if (source === '' || source === target || pairings.has(pair)) return
    if (pairings.size >= MAX_PAIRS) return
    pairings.set(pair, { source, target, from, to })
  }
  const [first] = mentions
  mentions.forEach((mention, at) => {
    const before = mentions[at - 1]
    add(titleKey, mention.key, sentence.start, mention.start)
    if (before) add(before.key, mention.key, before.end, mention.start)
    if (first) add(first.key, mention.key, first.end, mention.start)
  })
  return [...pairings.values()]
}

/** One string for both orders of two keys. */
export function unordered(a: string, b: string): string {
  return a < b ? `${a}\n${b}` : `${b}\n${a}`
}

/** The last words of a stretch of a sentence that carry matter. */
export function themesBetween(sentence: Sentence, { from, to }: Pairing): string[] {
  const found: string[] = []
  for (const word of sentence.words) {
    if (word.start < from || word.end > to) continue
    const lower = word.text.toLowerCase()
    if (/^\p{Ll}/u.test(word.text) && lower.length > 2 && !STOP_WORDS.has(lower)) found.push(lower)
  }
  return [...new Set(found)].slice(-MAX_THEMES)
}
