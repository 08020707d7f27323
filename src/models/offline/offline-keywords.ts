import type { CallOptions, KeywordFinder, Keywords } from '../../engine/ports/models.ts'
import { contentTerms, type Term } from './content-terms.ts'
import { nameSpans } from './extract/name-spans.ts'
import { resolveNames } from './extract/resolve-names.ts'
import { sentences } from './extract/sentences.ts'

const QUOTED =
  /["\u201c\u201d\u300c\u300d\u300e\u300f\u00ab\u00bb]([^"\u201c\u201d\u300c\u300d\u300e\u300f\u00ab\u00bb]{2,80})["\u201c\u201d\u300c\u300d\u300e\u300f\u00ab\u00bb]/gu
/** How people begin a request; the capital is that of the sentence. */
const REQUEST =
  /^\s*(?:describe|list|explain|tell|compare|name|summari[sz]e|give|show|find|write|say)\b/i
/** In characters; a pasted page names its subject early. */
const LONGEST = 4_000

/** Sorts the words of a question by form: what looks like a name or term is low, the rest is high. */
export class OfflineKeywords implements KeywordFinder {
  readonly id = 'offline-keywords:2'

  async find(query: string, options: CallOptions): Promise<Keywords> {
    options.signal?.throwIfAborted()
    const question = query.slice(0, LONGEST)
    const names = [...quotedSpans(question), ...namesIn(question)]
    const named = new Set(names.flatMap((name) => contentTerms(name).map(({ stem }) => stem)))
    const low = new Set(names)
    const high = new Set<string>()
    for (const term of contentTerms(question)) {
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

function quotedSpans(question: string): string[] {
  return Array.from(question.matchAll(QUOTED), (match) => (match[1] ?? '').trim()).filter(Boolean)
}

/** The names that the extractor would find too, so that both spell them alike. */
function namesIn(question: string): string[] {
  const text = question.replace(REQUEST, (verb) => verb.toLowerCase())
  const spans = sentences(text).flatMap((sentence) => nameSpans(text, sentence))
  const book = resolveNames({ title: null, quoted: [], spans, speakers: [] })
  return [...book.names.values()]
}

/** Figures, codes, mixed case, and words too long to be of everyday use. */
function isSpecific({ word }: Term): boolean {
  return /\p{N}|\p{Ll}\p{Lu}|-/u.test(word) || Array.from(word).length >= 9 || isDense(word)
}

/** A word of a script without spaces says more the more characters it has. */
function isDense(word: string): boolean {
  return /^[\p{Script=Han}\p{Script=Katakana}\u30fc]{2,}$/u.test(word)
}
