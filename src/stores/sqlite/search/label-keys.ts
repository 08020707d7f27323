import type { Key } from '../../../engine/ports/stored-rows.ts'

/** Keys kept, and what one takes in memory. */
const MOST_KEYS = 8192
const KEY_BYTES = 40

/** The table of versioned rows. */
interface Rows {
  /** Those of labels that are gone are left out. */
  keysOf(labels: readonly number[]): ReadonlyMap<number, Key>
}

/**
 * The keys under which labels stand, for what searches find again and again. A label is never given
 * to another row, so what was read stays right.
 */
export class LabelKeys {
  readonly #rows: Rows
  readonly #keys = new Map<number, Key>()

  constructor(rows: Rows) {
    this.#rows = rows
  }

  get bytes(): number {
    return this.#keys.size * KEY_BYTES
  }

  /** Undefined for a label that is gone. */
  one(label: number): Key | undefined {
    return this.#keys.get(label) ?? this.of([label])[0]
  }

  /** One for each label; undefined for one that is gone. */
  of(labels: readonly number[]): (Key | undefined)[] {
    const missing = labels.filter((label) => !this.#keys.has(label))
    if (this.#keys.size + missing.length > MOST_KEYS) this.#keys.clear()
    const asked = this.#keys.size === 0 ? labels : missing
    if (asked.length > 0) {
      for (const [label, key] of this.#rows.keysOf(asked)) this.#keys.set(label, key)
    }
    return labels.map((label) => this.#keys.get(label))
  }
}
