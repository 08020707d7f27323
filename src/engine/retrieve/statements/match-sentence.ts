import type { StoredChunk } from '../../ports/stored-rows.ts'
import type { SentenceRange } from '../../text/sentence-ranges.ts'
import { yieldAheadIfDue } from '../../work/turns.ts'
import { type PassageWords, passageWords, wordsIn } from './passage-words.ts'

/** Where a passage says what a sentence of the answer says. */
export interface SentenceMatch {
  readonly chunk: StoredChunk
  /** In the passage, in UTF-16 units; null where not a word of it stands there. */
  readonly range: SentenceRange | null
  /** Share of its words, by worth, that stand in the range; 1 for a quotation. */
  readonly share: number
}

/** Beside its neighbours, a sentence belongs to the match if this share of it is in the answer. */
const BELONGS = 0.6
/** Sentences that one sentence of an answer is made of. */
const MOST_JOINED = 6
/** How far from it a figure may stand that the answer has told in one sentence with it. */
const NEAR = 2
const FIGURE = /\p{N}/u
/** In characters; a shorter text stands in many places by chance. */
const LEAST_QUOTED = 12

/** Finds where passages say the same; the words that few of their sentences have count most. */
export class SentenceMatcher {
  readonly #stems = new Map<string, string>()
  readonly #indexed = new Map<StoredChunk, PassageWords>()

  /**
   * The best place in each of these passages that has one; where some quote the text, theirs alone.
   * What is quoted is found without looking at all words.
   */
  async matches(text: string, chunks: readonly StoredChunk[]): Promise<SentenceMatch[]> {
    const quoted = chunks.flatMap((chunk) => quotedIn(chunk, text) ?? [])
    if (quoted.length > 0) return quoted
    const passages: PassageWords[] = []
    for (const chunk of chunks) {
      await yieldAheadIfDue()
      passages.push(this.#wordsOf(chunk))
    }
    const words = wordsIn(text, this.#stems)
    const worths = worthsIn(passages, words)
    return passages.map((passage) => this.#bestIn(passage, worths))
  }

  #wordsOf(chunk: StoredChunk): PassageWords {
    const words = this.#indexed.get(chunk) ?? passageWords(chunk, this.#stems)
    this.#indexed.set(chunk, words)
    return words
  }

  #bestIn(passage: PassageWords, worths: ReadonlyMap<string, number>): SentenceMatch {
    const { chunk, sentences, holders } = passage
    const scores = new Map<number, number>()
    let all = 0
    for (const [word, worth] of worths) {
      all += worth
      for (const at of holders.get(word) ?? []) scores.set(at, (scores.get(at) ?? 0) + worth)
    }
    let best = -1
    for (const [at, score] of scores) {
      const known = scores.get(best) ?? 0
      if (score > known || (score === known && at < best)) best = at
    }
    if (best < 0 || all === 0) return { chunk, range: null, share: 0 }
    const words = new Set(worths.keys())
    const { from, to } = withFigures(passage, joined(passage, best, words), words)
    const start = sentences[from]?.start ?? 0
    const end = sentences[to]?.end ?? start
    return { chunk, range: { start, end }, share: shareIn(passage, from, to, worths) / all }
  }
}

function shareIn(
  { holders }: PassageWords,
  from: number,
  to: number,
  worths: ReadonlyMap<string, number>,
): number {
  let share = 0
  for (const [word, worth] of worths) {
    if (holders.get(word)?.some((at) => at >= from && at <= to)) share += worth
  }
  return share
}

/** What each word tells: more, the fewer sentences have it. */
function worthsIn(passages: readonly PassageWords[], words: Iterable<string>) {
  const all = passages.reduce((sum, { sentences }) => sum + sentences.length, 0)
  const worths = new Map<string, number>()
  for (const word of words) {
    const held = passages.reduce((sum, { holders }) => sum + (holders.get(word)?.length ?? 0), 0)
    worths.set(word, Math.log(1 + (all - held + 0.5) / (held + 0.5)) + 0.1)
  }
  return worths
}

/** Null where the passage does not have the text as it is. */
function quotedIn(chunk: StoredChunk, text: string): SentenceMatch | null {
  if (text.length < LEAST_QUOTED) return null
  const start = chunk.content.indexOf(text)
  return start < 0 ? null : { chunk, range: { start, end: start + text.length }, share: 1 }
}

/** The sentence with those beside it that the answer has taken up as well. */
function joined(
  { chunk, sentences }: PassageWords,
  best: number,
  words: ReadonlySet<string>,
): { from: number; to: number } {
  const belongs = (at: number) => {
    const range = sentences[at]
    if (range === undefined || chunk.content.startsWith('#', range.start)) return false
    const own = [...wordsIn(chunk.content.slice(range.start, range.end))]
    return own.length > 0 && own.filter((word) => words.has(word)).length >= BELONGS * own.length
  }
  let from = best
  let to = best
  while (to - from + 1 < MOST_JOINED && belongs(to + 1)) to += 1
  while (to - from + 1 < MOST_JOINED && belongs(from - 1)) from -= 1
  return { from, to }
}

/** The range up to a figure of the answer that stands near it, and not in a heading above. */
function withFigures(
  { chunk, holders }: PassageWords,
  range: { readonly from: number; readonly to: number },
  words: ReadonlySet<string>,
): { from: number; to: number } {
  let { from, to } = range
  const above = wordsIn([chunk.filePath, ...chunk.headings].join(' '))
  for (const word of words) {
    if (!FIGURE.test(word) || above.has(word)) continue
    const places = holders.get(word) ?? []
    if (places.some((at) => at >= from && at <= to)) continue
    const near = places.find((at) => at >= from - NEAR && at <= to + NEAR)
    if (near === undefined) continue
    from = Math.min(from, near)
    to = Math.max(to, near)
  }
  return { from, to }
}
