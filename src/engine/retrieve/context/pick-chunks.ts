import type { Searches } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'
import { topSorted } from '../rank/fuse.ts'

/** How the chunks of entities and relations are chosen: by likeness, or by what tells of them. */
export const CHUNK_PICK_METHODS = ['vector', 'weight'] as const
export type ChunkPickMethod = (typeof CHUNK_PICK_METHODS)[number]

export interface PickOptions {
  readonly method: ChunkPickMethod
  /** Chunks that one item may bring. */
  readonly perItem: number
  /** Of the question. */
  readonly vector: Promise<Float32Array>
}

/**
 * Which chunks are looked at for the items found. `vector` takes those nearest to the question from
 * all of them, half as many as the items may bring; `weight` lets every item bring its own, the
 * first items more, and those first of which most items speak.
 *
 * @param items the chunks of each item, the best item first
 */
export async function pickChunks(
  store: Pick<Searches, 'chunkSimilarities'>,
  items: readonly (readonly Key[])[],
  { method, perItem, vector }: PickOptions,
): Promise<Set<Key>> {
  const nearest = method === 'vector' ? await nearestChunks(store, items, perItem, vector) : null
  return nearest ?? new Set(inTurn(ownChunks(items), perItem))
}

/** Null when a chunk has no vector. */
async function nearestChunks(
  store: Pick<Searches, 'chunkSimilarities'>,
  items: readonly (readonly Key[])[],
  perItem: number,
  vector: Promise<Float32Array>,
): Promise<Set<Key> | null> {
  const all = new Set<Key>()
  let bringing = 0
  for (const keys of items) {
    const before = all.size
    for (const key of keys) all.add(key)
    if (all.size > before) bringing += 1
  }
  if (bringing === 0) return all
  const keys = [...all]
  const near = await store.chunkSimilarities(keys, await vector)
  if (near.some(Number.isNaN)) return null
  const most = Math.max(1, Math.floor((perItem * bringing) / 2))
  const scores = new Map<Key, number>()
  for (const [at, key] of keys.entries()) scores.set(key, near[at] ?? 0)
  return new Set(topSorted(scores, most).map(({ key }) => key))
}

/** Each chunk stays with the first item that has it; those of many items come first. */
function ownChunks(items: readonly (readonly Key[])[]): Key[][] {
  const counts = new Map<Key, number>()
  for (const key of items.flatMap((keys) => [...new Set(keys)])) {
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const taken = new Set<Key>()
  return items.flatMap((keys) => {
    const own = [...new Set(keys)].filter((key) => !taken.has(key))
    for (const key of own) taken.add(key)
    own.sort((a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0))
    return own.length > 0 ? [own] : []
  })
}

/** Quotas fall from `perItem` to one; what an item does not use goes to the first that has more. */
function inTurn(items: readonly (readonly Key[])[], perItem: number): Key[] {
  const last = items.length - 1
  const quotas = items.map((_, at) =>
    last === 0 ? perItem : roundHalfToEven(perItem - (at / last) * (perItem - 1)),
  )
  const picked = items.map((keys, at) => keys.slice(0, quotas[at]))
  const total = quotas.reduce((sum, quota) => sum + quota, 0)
  let left = total - picked.reduce((sum, keys) => sum + keys.length, 0)
  for (const [at, keys] of items.entries()) {
    const more = keys.slice(quotas[at], (quotas[at] ?? 0) + left)
    for (const key of more) picked[at]?.push(key)
    left -= more.length
  }
  return picked.flat()
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
