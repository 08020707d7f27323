import type { CallOptions, KeywordFinder, Keywords } from '../../engine/models.ts'
import { contentTerms, type Term } from './terms.ts'

const QUOTED =
  /["\u201c\u201d\u300c\u300d\u300e\u300f\u00ab\u00bb]([^"\u201c\u201d\u300c\u300d\u300e\u300f\u00ab\u00bb]{2,80})["\u201c\u201d\u300c\u300d\u300e\u300f\u00ab\u00bb]/gu
const NAME =
  /\p{Lu}[\p{L}\p{N}&'\u2019.-]*(?:\s+(?:(?:of|the|and|de|von|van)\s+)?\p{Lu}[\p{L}\p{N}&'\u2019-]*)*/gu

/** Sorts the words of a question by form: what looks like a name or term is low, the rest is high. */
export class OfflineKeywords implements KeywordFinder {
  readonly id = 'offline-keywords:1'

  async find(query: string, options: CallOptions): Promise<Keywords> {
    options.signal?.throwIfAborted()
    const terms = contentTerms(query)
    const names = [...quotedSpans(query), ...namesIn(query)]
    const named = new Set(names.flatMap((name) => contentTerms(name).map(({ stem }) => stem)))
    const low = new Set(names)
    const high = new Set<string>()
    for (const term of terms) {
      if (named.has(term.stem)) continue
      if (isSpecific(term)) low.add(term.word)
      else high.add(term.word)
    }
    // Either list alone would leave one half of the graph unasked.
    if (low.size === 0) for (const word of high) low.add(word)
    if (high.size === 0) for (const word of low) high.add(word)
    return { high: [...high], low: [...low] }
  }
}

function quotedSpans(query: string): string[] {
  return Array.from(query.matchAll(QUOTED), (match) => (match[1] ?? '').trim()).filter(Boolean)
}

/** Runs of capitalised words; grammar words at their start are only the start of the sentence. */
function namesIn(query: string): string[] {
  return Array.from(query.matchAll(NAME), (match) => {
    const words = match[0].replace(/[.'\u2019-]+$/, '').split(/\s+/)
    const first = words.findIndex((word) => contentTerms(word).length > 0)
    return first < 0 ? '' : words.slice(first).join(' ')
  }).filter((name) => name.length > 1)
}

/** Figures, codes, mixed case, and words too long to be of everyday use. */
function isSpecific({ word }: Term): boolean {
  return /\p{N}|\p{Ll}\p{Lu}|-/u.test(word) || Array.from(word).length >= 9 || isDense(word)
}

/** A word of a script without spaces says more the more characters it has. */
function isDense(word: string): boolean {
  return /^[\p{Script=Han}\p{Script=Katakana}\u30fc]{2,}$/u.test(word)
}
