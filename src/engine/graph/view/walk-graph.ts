import type { Searches } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'
import { yieldAheadIfDue } from '../../work/turns.ts'

/** Relations read at a time. */
const TIES_AT_ONCE = 200

/** Entities and who is tied to whom among them, as columns: numbers alone. */
export interface GraphColumns {
  readonly keys: readonly Key[]
  /** Of all relations of each, also to entities that are left out. */
  readonly degrees: Uint32Array
  /** Places in `keys`, one entry an edge. */
  readonly sources: readonly number[]
  readonly targets: readonly number[]
  readonly weights: readonly number[]
  /** Relations in all. */
  readonly relations: number
}

/**
 * Walks along all relations once, in slices.
 *
 * @param keys of entities; the edges are those between them
 */
export async function walkGraph(
  searches: Pick<Searches, 'tiesAfter'>,
  keys: readonly Key[],
  signal?: AbortSignal,
): Promise<GraphColumns> {
  const places = new Map<Key, number>()
  for (const [place, key] of keys.entries()) places.set(key, place)
  const degrees = new Uint32Array(keys.length)
  const sources: number[] = []
  const targets: number[] = []
  const weights: number[] = []
  let relations = 0
  for (let last: Key | null = 0; last !== null; ) {
    await yieldAheadIfDue()
    signal?.throwIfAborted()
    const page: Awaited<ReturnType<typeof searches.tiesAfter>> = await searches.tiesAfter(
      last,
      TIES_AT_ONCE,
    )
    for (const { source, target, weight } of page.ties) {
      const [from, to] = [places.get(source), places.get(target)]
      relations += 1
      if (from !== undefined) degrees[from] = (degrees[from] ?? 0) + 1
      if (to !== undefined) degrees[to] = (degrees[to] ?? 0) + 1
      if (from === undefined || to === undefined) continue
      sources.push(from)
      targets.push(to)
      weights.push(weight)
    }
    last = page.last
  }
  return { keys, degrees, sources, targets, weights, relations }
}
