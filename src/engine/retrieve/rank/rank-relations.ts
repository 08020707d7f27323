import type { Hit, RelationTie, Searches } from '../../ports/searches.ts'
import type { Key, StoredEntity, StoredRelation } from '../../ports/stored-rows.ts'
import { plainText, searchTerms } from '../../text/terms.ts'
import { topSorted } from './fuse.ts'

/** An entity with more relations than this is not asked for all of them. */
const MOST_RELATIONS = 500
/** Rows read for each that is wanted: words decide among them, and only rows have words. */
const READ_AHEAD = 1.5
/** A relation with all words of the question against one with none. */
const WORDS = 2
/** In characters. */
const GLANCE = 1000

/**
 * The relations that say most of the entities found: those between two of them before those of
 * one, and those with the question's words first.
 *
 * @param entities rows, best first, with their scores in `weights`
 * @param close relations that are near the question by themselves
 */
export async function rankRelations(
  store: Pick<Searches, 'relationsOf' | 'relations'>,
  query: string,
  entities: readonly StoredEntity[],
  weights: readonly Hit[],
  close: readonly Hit[],
  limit: number,
): Promise<StoredRelation[]> {
  const followed = entities.filter(({ degree }) => degree <= MOST_RELATIONS)
  const ties = await store.relationsOf(followed.map(({ key }) => key))
  const scores = scoresOf(ties, weights, close)
  const first = topSorted(scores, Math.ceil(READ_AHEAD * limit))
  const rows = await store.relations(first.map(({ key }) => key))
  const asked = searchTerms(query)
  const ranked = rows.map((row) => ({
    row,
    score: (scores.get(row.key) ?? 0) * (1 + WORDS * overlap(row, asked)),
  }))
  return ranked
    .sort((a, b) => b.score - a.score || a.row.key - b.row.key)
    .slice(0, limit)
    .map(({ row }) => row)
}

function scoresOf(
  ties: readonly RelationTie[],
  weights: readonly Hit[],
  close: readonly Hit[],
): Map<Key, number> {
  const best = weights[0]?.score ?? 0
  const ends = new Map(weights.map(({ key, score }) => [key, best > 0 ? score / best : 0]))
  const scores = new Map<Key, number>()
  for (const { key, source, target, weight } of ties) {
    const a = ends.get(source) ?? 0
    const b = ends.get(target) ?? 0
    const both = a > 0 && b > 0 ? 1 : 0
    scores.set(key, (both + a + b) * (1 + Math.log1p(weight) / 10))
  }
  for (const { key, score } of close) scores.set(key, (scores.get(key) ?? 0) + 1 + score)
  return scores
}

/** The share of the asked words that a relation has, as far as a glance tells. */
function overlap(relation: StoredRelation, asked: readonly string[]): number {
  const { source, target, keywords, description } = relation
  const glance = description.slice(0, GLANCE)
  const text = plainText(`${source} ${target} ${keywords} ${glance}`)
  return asked.filter((word) => text.includes(word)).length / Math.max(1, asked.length)
}
