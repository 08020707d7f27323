import type { Hit, Searches } from '../ports/searches.ts'
import type { Key } from '../ports/stored-rows.ts'
import { sorted } from './rank/fuse.ts'
import { HUB } from './rank/walk.ts'

/** The entities that these passages name, those that a passage is about before common names. */
export async function subjectsOf(
  store: Pick<Searches, 'tiesOfChunks'>,
  passages: readonly Hit[],
  rarity: (spread: number) => number,
): Promise<Hit[]> {
  const scores = new Map(passages.map(({ key, score }) => [key, score]))
  const weights = new Map<Key, number>()
  for (const tie of await store.tiesOfChunks([...scores.keys()], 1, HUB)) {
    const weight = (scores.get(tie.chunk) ?? 0) * (tie.named ? 1 : rarity(tie.spread) / 2)
    weights.set(tie.entity, (weights.get(tie.entity) ?? 0) + weight)
  }
  return sorted(weights)
}
