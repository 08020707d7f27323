import type { Key } from '../../../engine/ports/stored-rows.ts'

/** Keys kept, and what one takes in memory. */
const MOST_KEYS = 8192
const KEY_BYTES = 40

/** The table of versioned rows. */
interface Rows {
  /** Those of vector ids that are gone are left out. */
  keysOf(vectorIds: readonly number[]): ReadonlyMap<number, Key>
}

/**
 * The keys under which vector ids stand, for what searches find again and again. A vector id is
 * never given to another row, so what was read stays right.
 */
export class VectorKeys {
  readonly #rows: Rows
  readonly #keys = new Map<number, Key>()

  constructor(rows: Rows) {
    this.#rows = rows
  }

  get bytes(): number {
    return this.#keys.size * KEY_BYTES
  }

  /** Undefined for a vector id that is gone. */
  one(vectorId: number): Key | undefined {
    return this.#keys.get(vectorId) ?? this.of([vectorId])[0]
  }

  /** One for each vector id; undefined for one that is gone. */
  of(vectorIds: readonly number[]): (Key | undefined)[] {
    const missing = vectorIds.filter((vectorId) => !this.#keys.has(vectorId))
    if (this.#keys.size + missing.length > MOST_KEYS) this.#keys.clear()
    const asked = this.#keys.size === 0 ? vectorIds : missing
    if (asked.length > 0) {
      for (const [vectorId, key] of this.#rows.keysOf(asked)) this.#keys.set(vectorId, key)
    }
    return vectorIds.map((vectorId) => this.#keys.get(vectorId))
  }
}
