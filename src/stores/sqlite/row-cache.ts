import { LRUCache } from 'lru-cache'
import type { Key } from '../../engine/store.ts'
import { inKeyOrder } from './in-key-order.ts'
import type { Generation } from './visibility.ts'

/** What a cached row has of those of entities and of relations. */
interface CachedRow {
  readonly key: Key
  readonly description: string
  readonly sourceIds: readonly string[]
  readonly filePaths: readonly string[]
  /** Whether its vector is still to come; the row changes when it does. */
  readonly owed: boolean
}

const MOST_BYTES = 2 * 1024 * 1024
/** Of a row without its description and lists, and of one string in a list. */
const ROW_BYTES = 600
const STRING_BYTES = 64
/** Rows read before the first is kept: a workspace that is hardly asked holds none. */
const READ_AT_LEAST = 400
/** Who reads more than this at once reads everything, and would only push out what is asked for. */
const MOST_AT_ONCE = 200

/**
 * Rows that questions came past, the latest ones: what a question finds is told again by others that
 * are near it. Forgotten with every change of what is visible.
 */
export class RowCache<Row extends CachedRow> {
  readonly #generation: Generation
  readonly #rows = new LRUCache<Key, Row>({ maxSize: MOST_BYTES, sizeCalculation: bytesOf })
  #madeFor = -1
  #read = 0

  constructor(generation: Generation) {
    this.#generation = generation
  }

  get bytes(): number {
    return this.#rows.calculatedSize
  }

  /**
   * The rows of these keys in their order, without those that there are none of.
   *
   * @param read reads those that are not known, in any order
   */
  async rows(
    keys: readonly Key[],
    read: (missing: readonly Key[]) => Promise<readonly Row[]>,
  ): Promise<Row[]> {
    if (keys.length > MOST_AT_ONCE) return inKeyOrder(keys, await read(keys))
    const generation = this.#generation.current
    if (this.#madeFor !== generation) this.#rows.clear()
    this.#madeFor = generation
    const found = new Map<Key, Row>()
    for (const key of keys) {
      const row = this.#rows.get(key)
      if (row !== undefined) found.set(key, row)
    }
    const missing = keys.filter((key) => !found.has(key))
    const rows = missing.length > 0 ? await read(missing) : []
    this.#read += rows.length
    // What was read while something was published may be older than that.
    const isKept = this.#read > READ_AT_LEAST && this.#generation.current === generation
    for (const row of rows) {
      found.set(row.key, row)
      if (isKept && !row.owed) this.#rows.set(row.key, row)
    }
    return keys.flatMap((key) => found.get(key) ?? [])
  }
}

function bytesOf({ description, sourceIds, filePaths }: CachedRow): number {
  const strings = sourceIds.length + filePaths.length
  return ROW_BYTES + description.length + strings * STRING_BYTES
}
