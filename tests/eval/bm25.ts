import { STOP_WORDS } from './stop-words.ts'

const K1 = 1.2
const B = 0.75

interface Posting {
  readonly document: number
  readonly count: number
}

export interface Bm25Options {
  readonly withoutStopWords: boolean
}

/** Plain BM25 over whole documents: the baseline that a retriever has to beat. */
export class Bm25 {
  readonly #ids: string[] = []
  readonly #lengths: number[] = []
  readonly #postings = new Map<string, Posting[]>()
  readonly #words: (text: string) => string[]

  constructor(
    documents: Iterable<{ id: string; text: string }>,
    { withoutStopWords }: Bm25Options,
  ) {
    this.#words = withoutStopWords
      ? (text) => wordsOf(text).filter((word) => !STOP_WORDS.has(word))
      : wordsOf
    for (const { id, text } of documents) this.#add(id, text)
  }

  /** Ids of the best documents, best first. A word that a query repeats counts once. */
  search(query: string, topK: number): string[] {
    const scores = new Map<number, number>()
    const average = this.#lengths.reduce((sum, length) => sum + length, 0) / this.#lengths.length
    for (const word of new Set(this.#words(query))) {
      const postings = this.#postings.get(word) ?? []
      const rarity = inverseFrequency(postings.length, this.#ids.length)
      for (const { document, count } of postings) {
        const length = (this.#lengths[document] ?? 0) / average
        const weight = (count * (K1 + 1)) / (count + K1 * (1 - B + B * length))
        scores.set(document, (scores.get(document) ?? 0) + rarity * weight)
      }
    }
    const ranked = [...scores].sort(([a, x], [b, y]) => y - x || a - b)
    return ranked.slice(0, topK).map(([document]) => this.#ids[document] ?? '')
  }

  #add(id: string, text: string): void {
    const counts = new Map<string, number>()
    const words = this.#words(text)
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
    const document = this.#ids.push(id) - 1
    this.#lengths.push(words.length)
    for (const [word, count] of counts) {
      const postings = this.#postings.get(word)
      if (postings) postings.push({ document, count })
      else this.#postings.set(word, [{ document, count }])
    }
  }
}

/** Runs of letters and digits in lower case; no stemming. */
export function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []
}

function inverseFrequency(matches: number, documents: number): number {
  return Math.log(1 + (documents - matches + 0.5) / (matches + 0.5))
}
