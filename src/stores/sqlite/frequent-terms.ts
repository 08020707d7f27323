import type { Connection } from './connection.ts'
import type { FullTextNames } from './full-text-table.ts'
import type { Generation } from './visibility.ts'

/** In fewer entries than this nothing is gained. */
const LEAST_ENTRIES = 500
/** What was counted holds until the index has grown or shrunk by this share. */
const STALE = 1 / 8
const MOST_KNOWN = 2000

interface Known {
  readonly isFrequent: boolean
  readonly entries: number
}

/**
 * Knows the terms that more than half of the entries of an index have. BM25 gives them no weight,
 * and yet every entry that has one would be scored.
 */
export class FrequentTerms {
  readonly #connection: Connection
  readonly #generation: Generation
  readonly #index: FullTextNames['index']
  readonly #known = new Map<string, Known>()
  #entries = 0
  #countedIn = -1

  constructor(connection: Connection, generation: Generation, index: FullTextNames['index']) {
    this.#connection = connection
    this.#generation = generation
    this.#index = index
  }

  /** The other ones; all of them when there are no others. */
  without(terms: readonly string[]): readonly string[] {
    const entries = this.#count()
    if (entries < LEAST_ENTRIES || terms.length < 2) return terms
    const telling = terms.filter((term) => !this.#isFrequent(term, entries))
    return telling.length > 0 ? telling : terms
  }

  #isFrequent(term: string, entries: number): boolean {
    const known = this.#known.get(term)
    if (known && Math.abs(entries - known.entries) <= STALE * known.entries) return known.isFrequent
    const half = Math.floor(entries / 2)
    const row = this.#connection.get<{ n: number }>(
      `SELECT count(*) AS n FROM
         (SELECT 1 FROM ${this.#index} WHERE ${this.#index} MATCH ? LIMIT ?)`,
      term,
      half + 1,
    )
    const isFrequent = (row?.n ?? 0) > half
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    this.#known.set(term, { isFrequent, entries })
    return isFrequent
  }

  /** Entries of the index: it keeps the length of each in a table of its own. */
  #count(): number {
    if (this.#countedIn !== this.#generation.current) {
      const sql = `SELECT count(*) AS n FROM ${this.#index}_docsize`
      this.#entries = this.#connection.get<{ n: number }>(sql)?.n ?? 0
      this.#countedIn = this.#generation.current
    }
    return this.#entries
  }
}
