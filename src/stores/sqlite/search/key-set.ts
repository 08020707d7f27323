import type { Key } from '../../../engine/ports/stored-rows.ts'

/** Row keys that count: those of a list, or all others. */
export class KeySet {
  /** Whether the keys of the list are those that count. */
  readonly only: boolean
  readonly #keys: ReadonlySet<Key>
  #json: string | null = null

  private constructor(only: boolean, keys: Iterable<Key>) {
    this.only = only
    this.#keys = new Set(keys)
  }

  static only(keys: Iterable<Key>): KeySet {
    return new KeySet(true, keys)
  }

  static except(keys: Iterable<Key>): KeySet {
    return new KeySet(false, keys)
  }

  get size(): number {
    return this.#keys.size
  }

  /** The list as SQL takes it. */
  get json(): string {
    this.#json ??= JSON.stringify([...this.#keys])
    return this.#json
  }

  admits(key: Key): boolean {
    return this.#keys.has(key) === this.only
  }
}
