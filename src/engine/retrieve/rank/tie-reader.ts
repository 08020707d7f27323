import type { ChunkTie, Searches } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'

export type WalkGraph = Pick<Searches, 'tiesOfChunks' | 'tiesOfEntities'>

/** The ties of one walk, each read once: a walk comes past the same places again and again. */
export class TieReader {
  readonly #graph: WalkGraph
  readonly #maxSpread: number
  readonly #ofChunks = new Map<Key, ChunkTie[]>()
  readonly #ofEntities = new Map<Key, ChunkTie[]>()

  /** @param maxSpread entities in more chunks are left out; those of one chunk lead nowhere */
  constructor(graph: WalkGraph, maxSpread: number) {
    this.#graph = graph
    this.#maxSpread = maxSpread
  }

  /** One list for each chunk, in the order asked for. */
  ofChunks(keys: readonly Key[]): Promise<ChunkTie[][]> {
    return lists(this.#ofChunks, keys, async (missing) => {
      const ties = await this.#graph.tiesOfChunks(missing, 2, this.#maxSpread)
      for (const tie of ties) this.#ofChunks.get(tie.chunk)?.push(tie)
    })
  }

  /** One list for each entity, of `maxSpread` ties at most. */
  ofEntities(keys: readonly Key[]): Promise<ChunkTie[][]> {
    return lists(this.#ofEntities, keys, async (missing) => {
      const ties = await this.#graph.tiesOfEntities(missing, this.#maxSpread)
      for (const tie of ties) this.#ofEntities.get(tie.entity)?.push(tie)
    })
  }
}

async function lists(
  known: Map<Key, ChunkTie[]>,
  keys: readonly Key[],
  read: (missing: Key[]) => Promise<void>,
): Promise<ChunkTie[][]> {
  const missing = keys.filter((key) => !known.has(key))
  for (const key of missing) known.set(key, [])
  if (missing.length > 0) await read(missing)
  return keys.map((key) => known.get(key) ?? [])
}
