import { type Connection, LIMIT } from '../database/connection.ts'
import { PerGeneration } from '../database/per-generation.ts'
import type { Generation } from '../database/visibility.ts'
import type { FullTextNames } from '../tables/full-text-table.ts'

/** In fewer entries than this nothing is gained. */
const LEAST_ENTRIES = 500
/** What was counted holds until the index has grown or shrunk by this share. */
const STALE = 1 / 8
const MOST_KNOWN = 2000
/** Matches that are few enough to be sorted by who asked for them. */
const MOST_MATCHES = 2000

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
  readonly #index: FullTextNames['index']
  readonly #known = new Map<string, Known>()
  /** Entries of the index: it keeps the length of each in a table of its own. */
  readonly #entries: PerGeneration<number>

  constructor(connection: Connection, generation: Generation, index: FullTextNames['index']) {
    this.#connection = connection
    this.#index = index
    const sql = `SELECT count(*) AS n FROM ${index}_docsize`
    this.#entries = new PerGeneration(generation, () => connection.get<{ n: number }>(sql)?.n ?? 0)
  }

  /** How many entries the index has. */
  get entries(): number {
    return this.#entries.now
  }

  /** Those that are not known to be frequent; what more than `half` of the entries have is. */
  likely(terms: readonly string[]): { readonly terms: readonly string[]; readonly half: number } {
    const entries = this.#entries.now
    if (entries < LEAST_ENTRIES || terms.length < 2) return { terms, half: Infinity }
    const likely = terms.filter((term) => this.#fresh(term, entries)?.isFrequent !== true)
    return { terms: likely, half: Math.floor(entries / 2) }
  }

  /**
   * Those that are not known to be frequent, when some of them are not known at all; null when there is
   * nothing to learn. They are all rare if no more than `few` entries have any of them.
   */
  unknown(terms: readonly string[]): { readonly terms: readonly string[]; few: number } | null {
    const { terms: likely, half } = this.likely(terms)
    const entries = this.#entries.now
    if (half === Infinity || likely.every((term) => this.#fresh(term, entries) !== null))
      return null
    return { terms: likely, few: Math.min(MOST_MATCHES, half) }
  }

  noteFrequent(term: string): void {
    this.#note(term, true, this.#entries.now)
  }

  noteRare(terms: readonly string[]): void {
    for (const term of terms) this.#note(term, false, this.#entries.now)
  }

  /** The other ones; all of them when there are no others. */
  without(terms: readonly string[]): readonly string[] {
    const entries = this.#entries.now
    if (entries < LEAST_ENTRIES || terms.length < 2) return terms
    this.#learnTogether(terms, entries)
    const telling = terms.filter((term) => !this.#isFrequent(term, entries))
    return telling.length > 0 ? telling : terms
  }

  /** Most questions have no frequent term that is not known, and one look tells so of all. */
  #learnTogether(terms: readonly string[], entries: number): void {
    const unknown = terms.filter((term) => this.#fresh(term, entries) === null)
    if (unknown.length > 1 && !this.#hasMost(unknown.join(' OR '), entries)) this.noteRare(unknown)
  }

  #isFrequent(term: string, entries: number): boolean {
    const known = this.#fresh(term, entries)
    if (known !== null) return known.isFrequent
    const isFrequent = this.#hasMost(term, entries)
    this.#note(term, isFrequent, entries)
    return isFrequent
  }

  #hasMost(query: string, entries: number): boolean {
    const half = Math.floor(entries / 2)
    const row = this.#connection.get<{ n: number }>(
      `SELECT count(*) AS n FROM
         (SELECT 1 FROM ${this.#index} WHERE ${this.#index} MATCH ? ${LIMIT})`,
      query,
      half + 1,
    )
    return (row?.n ?? 0) > half
  }

  /** What is known of a term, unless the index has changed too much since. */
  #fresh(term: string, entries: number): Known | null {
    const known = this.#known.get(term)
    if (known === undefined) return null
    return Math.abs(entries - known.entries) <= STALE * known.entries ? known : null
  }

  #note(term: string, isFrequent: boolean, entries: number): void {
    if (this.#known.size >= MOST_KNOWN) this.#known.clear()
    this.#known.set(term, { isFrequent, entries })
  }
}
