import type { CallOptions, Keywords } from '../../ports/models.ts'
import type { Hit } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'
import { pickChunks } from '../context/pick-chunks.ts'
import { hasOwnKeywords } from '../find-keywords.ts'
import type { Question } from '../question.ts'
import {
  closeHits,
  POOL,
  type Ranked,
  type RetrieveParts,
  vectorOf,
  vectorShare,
} from '../search.ts'
import { fuse, hitsOf } from './fuse.ts'
import { linkNames } from './link-names.ts'
import { relevanceBeside } from './relevance.ts'
import { HUB, pullOf, rarityIn } from './walk.ts'

/** How entities count: those named in full against those that look alike. */
const LINKED = 2
/** A passage's own words against the entities that lead to it. */
const TEXT = 2

/** Mode `local`: entities by the names and concrete things of a question, then their passages. */
export async function rankByEntities(
  parts: RetrieveParts,
  question: Question,
  keywords: Promise<Keywords>,
  options: CallOptions,
): Promise<Ranked> {
  const { searches } = parts
  const { high, low } = await keywords
  const words = low.length > 0 ? low : high
  const text = hasOwnKeywords(question) ? words.join(' ') : question.query
  const named = Promise.all([
    linkNames(searches, text, words),
    searches.matchEntities(words.join(' '), question.topK),
  ])
  const foundByWords = async () => (await named).some((found) => found.length > 0)
  const vector = vectorOf(parts, words.join(', '), options)
  const [[linked, alike], close, direct, total] = await Promise.all([
    named,
    closeHits(parts, vector, foundByWords, (target) =>
      searches.nearestEntities(target, question.topK),
    ),
    searches.matchChunks(text, POOL),
    searches.chunkCount(),
  ])
  const share = vectorShare(parts.models.embedding)
  const entities = fuse([
    { hits: linked.map(({ key, weight }): Hit => ({ key, score: weight })), weight: LINKED },
    { hits: alike, weight: 1 - share },
    { hits: close, weight: share },
  ]).slice(0, question.topK)
  const relevance = await relevanceBeside(searches, question.query, linked)
  const reached = await passagesOf(parts, entities, relevance, rarityIn(total), vector)
  const chunks = fuse([
    { hits: reached, weight: 1 },
    { hits: direct, weight: TEXT },
  ])
  return { chunks, entities, relations: [] }
}

/**
 * One step of the walk: every entity shares out its weight among the passages that name it. In any
 * order.
 */
async function passagesOf(
  { searches, settings }: RetrieveParts,
  entities: readonly Hit[],
  relevance: ReadonlyMap<Key, number>,
  rarity: (spread: number) => number,
  vector: Promise<Float32Array>,
): Promise<Hit[]> {
  const weights = new Map(entities.map(({ key, score }) => [key, score]))
  const ties = await searches.tiesOfEntities([...weights.keys()], HUB)
  const chunksOf = new Map<Key, Key[]>([...weights.keys()].map((key) => [key, []]))
  for (const tie of ties) chunksOf.get(tie.entity)?.push(tie.chunk)
  const picked = await pickChunks(searches, [...chunksOf.values()], {
    method: settings.chunkPickMethod,
    perItem: settings.relatedChunkNumber,
    vector,
  })
  const pulls = ties.map((tie) => pullOf(tie, relevance))
  const sums = new Map<Key, number>()
  for (const [at, { entity }] of ties.entries()) {
    sums.set(entity, (sums.get(entity) ?? 0) + (pulls[at] ?? 0))
  }
  const reached = new Map<Key, number>()
  for (const [at, tie] of ties.entries()) {
    if (!picked.has(tie.chunk)) continue
    const part = (pulls[at] ?? 0) / (sums.get(tie.entity) ?? 1)
    const weight = (weights.get(tie.entity) ?? 0) * rarity(tie.spread) * part
    reached.set(tie.chunk, (reached.get(tie.chunk) ?? 0) + weight)
  }
  return hitsOf(reached)
}
