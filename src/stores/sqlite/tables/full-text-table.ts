import type { Connection } from '../database/connection.ts'
import { indexableText } from '../database/indexable-text.ts'

export interface FullTextNames {
  readonly index: 'chunk_index' | 'entity_index' | 'relation_index'
  /** Columns of the index, each with its weight in the score. */
  readonly columns: Readonly<Record<string, number>>
}

/** The title column holds the document's name and the headings above the chunk. */
export const CHUNK_TEXTS = {
  index: 'chunk_index',
  columns: { body: 1, title: 1 },
} as const satisfies FullTextNames
export const ENTITY_NAMES = {
  index: 'entity_index',
  columns: { name: 1 },
} as const satisfies FullTextNames
export const RELATION_TEXTS: FullTextNames = {
  index: 'relation_index',
  columns: { title: 1, description: 1 },
}

/** About how many pages of the index one merge writes; a few milliseconds. */
const MERGE_PAGES = 32

/** An index of fewer pages is searched in no time, in however many pieces. */
const WORTH_OPTIMIZING = 48
/** Where the largest piece has less than this share of all pages, writing them anew has been earned. */
const LARGEST_AT_LEAST = 0.85

/**
 * The writes of a full-text index. It keeps no texts, and holds entries of rows that are staged or
 * dead; searches leave those out.
 */
export class FullTextTable {
  readonly #connection: Connection
  readonly #names: FullTextNames
  readonly #insert: string

  constructor(connection: Connection, names: FullTextNames) {
    this.#connection = connection
    this.#names = names
    const columns = Object.keys(names.columns)
    this.#insert = `INSERT INTO ${names.index} (rowid, ${columns.join(', ')})
       VALUES (?${', ?'.repeat(columns.length)})`
  }

  /** @param texts one for each column */
  insert(entry: number, texts: readonly string[]): void {
    this.#connection.run(this.#insert, entry, ...texts.map(indexableText))
  }

  remove(entry: number): void {
    this.#connection.run(`DELETE FROM ${this.#names.index} WHERE rowid = ?`, entry)
  }

  /**
   * Begins to make one piece of all, which {@link merge} will finish: every word of a question is
   * looked up in each piece. Returns whether there was reason to.
   */
  beginUnion(): boolean {
    const { index } = this.#names
    // The index lists the first word of each page, by piece.
    const pieces = this.#connection.rows<[pages: number]>(
      `SELECT count(*) FROM ${index}_idx GROUP BY segid`,
    )
    const pages = pieces.map(([count]) => count)
    const all = pages.reduce((sum, count) => sum + count, 0)
    const largest = pages.reduce((most, count) => Math.max(most, count), 0)
    if (all < WORTH_OPTIMIZING || largest >= LARGEST_AT_LEAST * all) return false
    this.#connection.run(`INSERT INTO ${index} (${index}, rank) VALUES ('merge', -${MERGE_PAGES})`)
    return true
  }

  /** Merges a little of what inserts and removals have left in pieces. Returns whether it did. */
  merge(): boolean {
    const { index } = this.#names
    const changes = () => this.#connection.get<{ n: number }>('SELECT total_changes() AS n')?.n ?? 0
    const before = changes()
    this.#connection.run(`INSERT INTO ${index} (${index}, rank) VALUES ('merge', ${MERGE_PAGES})`)
    // One change is the command itself.
    return changes() - before > 1
  }
}
