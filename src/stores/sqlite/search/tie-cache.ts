import type { ChunkTie } from '../../../engine/ports/searches.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import type { Generation } from '../database/visibility.ts'

/** Ties kept in all, and what one takes in memory. */
const MOST_TIES = 40_000
const TIE_BYTES = 80
const LIST_BYTES = 120

type Lists = Map<Key, readonly ChunkTie[]>

/**
 * Ties that questions came past, by where they begin: walks over one workspace meet at the same
 * places. Forgotten with every change of what is visible, and when there are too many.
 */
export class TieCache {
  readonly #generation: Generation
  #madeFor = -1
  #kinds = new Map<string, Lists>()
  #ties = 0
  #lists = 0

  constructor(generation: Generation) {
    this.#generation = generation
  }

  get bytes(): number {
    return this.#ties * TIE_BYTES + this.#lists * LIST_BYTES
  }

  /**
   * The lists under these keys, one for each; those that are not known are read.
   *
   * @param kind what was asked, besides the key
   */
  async lists(
    kind: string,
    keys: readonly Key[],
    startOf: (tie: ChunkTie) => Key,
    read: (missing: readonly Key[]) => Promise<readonly ChunkTie[]>,
  ): Promise<ChunkTie[]> {
    const kept = this.#kept(kind)
    const missing = [...new Set(keys)].filter((key) => !kept.has(key))
    const added = new Map<Key, ChunkTie[]>(missing.map((key) => [key, []]))
    if (missing.length > 0) {
      for (const tie of await read(missing)) added.get(startOf(tie))?.push(tie)
    }
    const found: ChunkTie[] = []
    for (const key of keys) for (const tie of kept.get(key) ?? added.get(key) ?? []) found.push(tie)
    if (this.#kept(kind) === kept) this.#keep(kept, added)
    return found
  }

  /** Those of the present generation. What was read while it changed is not kept. */
  #kept(kind: string): Lists {
    if (this.#madeFor !== this.#generation.current) {
      this.forget()
      this.#madeFor = this.#generation.current
    }
    const known = this.#kinds.get(kind)
    if (known !== undefined) return known
    const none: Lists = new Map()
    this.#kinds.set(kind, none)
    return none
  }

  #keep(lists: Lists, added: ReadonlyMap<Key, readonly ChunkTie[]>): void {
    for (const [key, ties] of added) {
      if (lists.has(key)) continue
      lists.set(key, ties)
      this.#ties += ties.length
      this.#lists += 1
    }
    if (this.#ties + this.#lists > MOST_TIES) this.forget()
  }

  forget(): void {
    this.#kinds.clear()
    this.#ties = 0
    this.#lists = 0
  }
}
