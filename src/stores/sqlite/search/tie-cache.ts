import type { ChunkTie } from '../../../engine/ports/searches.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import { PerGeneration } from '../database/per-generation.ts'
import type { Generation } from '../database/visibility.ts'

/** Ties kept in all, and what one takes in memory. */
const MOST_TIES = 40_000
const TIE_BYTES = 80
const LIST_BYTES = 120

type Lists = Map<Key, readonly ChunkTie[]>

interface Kept {
  readonly kinds: Map<string, Lists>
  ties: number
  lists: number
}

/**
 * Ties that questions came past, by where they begin: walks over one workspace meet at the same
 * places. Forgotten with every change of what is visible, and when there are too many.
 */
export class TieCache {
  readonly #kept: PerGeneration<Kept>

  constructor(generation: Generation) {
    this.#kept = new PerGeneration(generation, () => ({ kinds: new Map(), ties: 0, lists: 0 }))
  }

  get bytes(): number {
    const { ties, lists } = this.#kept.held ?? { ties: 0, lists: 0 }
    return ties * TIE_BYTES + lists * LIST_BYTES
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
    const all = this.#kept.now
    const kept = all.kinds.get(kind) ?? new Map()
    all.kinds.set(kind, kept)
    const missing = [...new Set(keys)].filter((key) => !kept.has(key))
    const added = new Map<Key, ChunkTie[]>(missing.map((key) => [key, []]))
    if (missing.length > 0) {
      for (const tie of await read(missing)) added.get(startOf(tie))?.push(tie)
    }
    const found: ChunkTie[] = []
    for (const key of keys) for (const tie of kept.get(key) ?? added.get(key) ?? []) found.push(tie)
    // What was read while other data was published is not kept.
    if (this.#kept.now === all) this.#keep(all, kept, added)
    return found
  }

  #keep(all: Kept, lists: Lists, added: ReadonlyMap<Key, readonly ChunkTie[]>): void {
    for (const [key, ties] of added) {
      if (lists.has(key)) continue
      lists.set(key, ties)
      all.ties += ties.length
      all.lists += 1
    }
    if (all.ties + all.lists > MOST_TIES) this.#kept.forget()
  }
}
