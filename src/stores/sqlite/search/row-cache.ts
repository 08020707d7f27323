import { LRUCache } from 'lru-cache'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import { PerGeneration } from '../database/per-generation.ts'
import type { Generation } from '../database/visibility.ts'

/** Rows read before the first is kept: a workspace that is hardly asked holds none. */
const READ_AT_LEAST = 400
/** Who reads more than this at once reads everything, and would only push out what is asked for. */
const MOST_AT_ONCE = 200

export interface RowCacheOptions<Row> {
  /** In bytes. */
  readonly maxSize: number
  /** What a row takes in memory. */
  readonly bytesOf: (row: Row) => number
  /** Whether a row is as it will be until something is published. All are when this is not given. */
  readonly isSettled?: (row: Row) => boolean
}

/**
 * Rows that questions came past, the latest ones: what a question finds is told again by others that
 * are near it. Forgotten with every change of what is visible.
 */
export class RowCache<Row extends { readonly key: Key }> {
  readonly #isSettled: (row: Row) => boolean
  readonly #rows: PerGeneration<LRUCache<Key, Row>>
  #read = 0

  constructor(
    generation: Generation,
    { maxSize, bytesOf, isSettled = () => true }: RowCacheOptions<Row>,
  ) {
    this.#isSettled = isSettled
    const none = () => new LRUCache<Key, Row>({ maxSize, sizeCalculation: bytesOf })
    this.#rows = new PerGeneration(generation, none)
  }

  get bytes(): number {
    return this.#rows.held?.calculatedSize ?? 0
  }

  /**
   * The rows of these keys in their order, without those that there are none of.
   *
   * @param readRows reads those that are not known, in any order
   */
  async rows(
    keys: readonly Key[],
    readRows: (missing: readonly Key[]) => Promise<readonly Row[]>,
  ): Promise<Row[]> {
    if (keys.length > MOST_AT_ONCE) return inKeyOrder(keys, await readRows(keys))
    const kept = this.#rows.now
    const rows = keys.map((key) => kept.get(key))
    const missing = keys.filter((_, at) => rows[at] === undefined)
    if (missing.length === 0) return rows as Row[]
    const read = new Map((await readRows(missing)).map((row) => [row.key, row]))
    this.#read += read.size
    // What was read while something was published may be older than that.
    const isKept = this.#read > READ_AT_LEAST && this.#rows.now === kept
    if (isKept) {
      for (const row of read.values()) if (this.#isSettled(row)) kept.set(row.key, row)
    }
    return keys.flatMap((key, at) => rows[at] ?? read.get(key) ?? [])
  }

  /** For changes that nothing is published of. */
  forget(): void {
    this.#rows.forget()
  }
}

/**
 * What was read under some keys, in the order in which these were asked for. SQLite would put whole
 * rows aside to sort them.
 */
function inKeyOrder<Row extends { readonly key: Key }>(
  keys: readonly Key[],
  rows: readonly Row[],
): Row[] {
  const found = new Map(rows.map((row) => [row.key, row]))
  return keys.flatMap((key) => found.get(key) ?? [])
}
