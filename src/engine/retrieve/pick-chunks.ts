import type { Key, Searches } from '../store.ts'

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
  const own = ownChunks(items)
  if (own.length === 0) return new Set()
  if (method === 'vector') {
    const keys = own.flat()
    const near = await store.chunkSimilarities(keys, await vector)
    if (near.every((score) => !Number.isNaN(score))) {
      const ranked = keys.map((key, at) => ({ key, score: near[at] ?? 0 }))
      ranked.sort((a, b) => b.score - a.score || a.key - b.key)
      const most = Math.max(1, Math.floor((perItem * own.length) / 2))
      return new Set(ranked.slice(0, most).map(({ key }) => key))
    }
  }
  return new Set(inTurn(own, perItem))
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
    picked[at]?.push(...more)
    left -= more.length
  }
  return picked.flat()
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
