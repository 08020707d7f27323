import type { StoredChunk } from '../../ports/stored-rows.ts'
import type { SentenceRange } from '../../text/sentence-ranges.ts'
import { stemOf } from '../../text/stem.ts'
import { STOP_WORDS } from '../../text/stop-words.ts'
import { sentencesOf } from './sentences-of.ts'

/** In UTF-16 units; the rest of a pasted page asks no better. */
const LONGEST_QUESTION = 4_000
const MOST_TERMS = 32
const WORD = /[\p{L}\p{N}\p{M}]+/gu
/** Written without spaces between words: looked for by two characters at a time. */
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u
const WITHIN_WORD = /[\p{L}\p{N}\p{M}]/u
/** Letters of a word by which its forms are looked for. */
const LEAST_PREFIX = 3
/** In UTF-16 units; longer sentences have more words to share by chance. */
const USUAL_LENGTH = 150

const NONE: Map<string, boolean> = new Map()

interface Term {
  /** What every form of it begins with, in lower case. */
  readonly prefix: string
  /** Null for one that is looked for wherever it stands. */
  readonly stem: string | null
  /** Words that begin so, and whether they are forms of it. */
  readonly forms: Map<string, boolean>
}

/**
 * For each passage the sentence that speaks most to a question: by its words, of which those count
 * most that few sentences have. No sentence where none of the words stands.
 */
export function citedSentences(
  question: string,
  chunks: readonly StoredChunk[],
): Map<StoredChunk, SentenceRange> {
  const terms = termsOf(question)
  const passages = chunks.map((chunk) => ({ chunk, ...foundIn(chunk, terms) }))
  const holders = terms.map((_, term) =>
    passages.reduce((sum, { found }) => sum + (found[term]?.size ?? 0), 0),
  )
  const all = passages.reduce((sum, { sentences }) => sum + sentences.length, 0)
  const worth = holders.map((count) => Math.log(1 + (all - count + 0.5) / (count + 0.5)) + 0.1)
  const cited = new Map<StoredChunk, SentenceRange>()
  for (const { chunk, sentences, found } of passages) {
    const best = bestOf(sentences, found, worth)
    if (best !== undefined) cited.set(chunk, best)
  }
  return cited
}

function bestOf(
  sentences: readonly SentenceRange[],
  found: readonly ReadonlySet<number>[],
  worth: readonly number[],
): SentenceRange | undefined {
  const scores = new Map<number, number>()
  for (const [term, holders] of found.entries()) {
    for (const at of holders) scores.set(at, (scores.get(at) ?? 0) + (worth[term] ?? 0))
  }
  let best: { at: number; score: number } | undefined
  for (const [at, sum] of scores) {
    const { start, end } = sentences[at] ?? { start: 0, end: 0 }
    const score = sum / Math.sqrt(Math.max(1, (end - start) / USUAL_LENGTH))
    if (best === undefined || score > best.score || (score === best.score && at < best.at)) {
      best = { at, score }
    }
  }
  return best === undefined ? undefined : sentences[best.at]
}

/** For each term the sentences that have it. */
function foundIn(chunk: StoredChunk, terms: readonly Term[]) {
  const { content } = chunk
  const sentences = sentencesOf(chunk)
  const text = sameLengthLowerCase(content)
  const found = terms.map((term) => {
    const holders = new Set<number>()
    let sentence = 0
    for (const at of occurrences(text, term)) {
      while ((sentences[sentence]?.end ?? Number.POSITIVE_INFINITY) <= at) sentence += 1
      if ((sentences[sentence]?.start ?? Number.POSITIVE_INFINITY) <= at) holders.add(sentence)
    }
    return holders
  })
  return { sentences, found }
}

function* occurrences(text: string, term: Term): Generator<number, void, void> {
  const { prefix, stem, forms } = term
  for (let at = text.indexOf(prefix); at !== -1; at = text.indexOf(prefix, at + prefix.length)) {
    if (stem === null) yield at
    else if (at === 0 || !isWithinWord(text, at - 1)) {
      let end = at + prefix.length
      while (end < text.length && isWithinWord(text, end)) end += 1
      const word = text.slice(at, end)
      let isForm = forms.get(word)
      if (isForm === undefined) {
        isForm = stemOf(word) === stem
        forms.set(word, isForm)
      }
      if (isForm) yield at
    }
  }
}

/** Most texts are ASCII, of which nobody need ask what Unicode calls it. */
function isWithinWord(text: string, at: number): boolean {
  const unit = text.charCodeAt(at)
  if (unit >= 128) return WITHIN_WORD.test(text.charAt(at))
  return (unit >= 97 && unit <= 122) || (unit >= 48 && unit <= 57)
}

function termsOf(question: string): Term[] {
  const words = sameLengthLowerCase(question.slice(0, LONGEST_QUESTION)).match(WORD) ?? []
  const telling = words.filter((word) => !STOP_WORDS.has(word))
  const terms = new Map<string, Term>()
  for (const word of telling.length > 0 ? telling : words) {
    for (const term of UNSPACED.test(word) ? pairsOf(word) : [wordTerm(word)]) {
      if (terms.size < MOST_TERMS) terms.set(`${term.prefix} ${term.stem}`, term)
    }
  }
  return [...terms.values()]
}

function wordTerm(word: string): Term {
  const stem = stemOf(word)
  let shared = 0
  while (shared < stem.length && stem[shared] === word[shared]) shared += 1
  return {
    prefix: word.slice(0, Math.max(shared, Math.min(LEAST_PREFIX, word.length))),
    stem,
    forms: new Map(),
  }
}

function pairsOf(run: string): Term[] {
  if (run.length < 3) return [{ prefix: run, stem: null, forms: NONE }]
  return Array.from({ length: run.length - 1 }, (_, at) => ({
    prefix: run.slice(at, at + 2),
    stem: null,
    forms: NONE,
  }))
}

/** The one letter whose lower case is longer would move all places behind it. */
function sameLengthLowerCase(text: string): string {
  return text.replaceAll('\u0130', 'i').toLowerCase()
}
