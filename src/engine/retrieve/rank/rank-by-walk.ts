import type { CallOptions, Keywords } from '../../ports/models.ts'
import type { Hit, Searches } from '../../ports/searches.ts'
import type { Key, StoredChunk } from '../../ports/stored-rows.ts'
import { SaidBefore } from '../context/said-before.ts'
import type { Question } from '../question.ts'
import {
  closeHits,
  type Ranked,
  type RetrieveParts,
  searchTextsAndRelations,
  vectorOf,
} from '../search.ts'
import { subjectsOf } from '../subjects-of.ts'
import { bridgesOf } from './bridges.ts'
import { fuse, sorted } from './fuse.ts'
import { linkNames } from './link-names.ts'
import { relevanceBeside } from './relevance.ts'
import { unsaidShare } from './unsaid-share.ts'
import { rarityIn, walk } from './walk.ts'

/** The passages from which the walk starts. */
const SEEDS = 2
/**
 * What a passage gains by the whole weight of the walk, against 1 for the best of the direct
 * searches: when their best passage says all words of the question, and what comes on top when it
 * says none of them.
 */
const WALK = 4
const WALK_UNSAID = 16
/** The best passages, whose names belong to the answer although no bridge leads over them. */
const TELLERS = 5
/** How entities count: those asked for, met on the walk, told of, and those that only look alike. */
const LINKED = 2
const MET = 1
const TOLD = 0.5
const ALIKE = 0.2
const CLOSE = 0.2

/** Mode `mix`: searches, then a walk over the graph from the best passages and the names asked for. */
export async function rankByWalk(
  parts: RetrieveParts,
  question: Question,
  keywords: Promise<Keywords>,
  options: CallOptions,
): Promise<Ranked> {
  const { searches } = parts
  const { query, topK } = question
  const vector = vectorOf(parts, query, options)
  const alike = searches.matchEntities(query, topK)
  const foundByWords = async () => (await alike).length > 0
  const [direct, linked, total, alikeByName, close] = await Promise.all([
    searchTextsAndRelations(parts, query, vector),
    keywords.then(({ low }) => linkNames(searches, query, low)),
    searches.chunkCount(),
    alike,
    closeHits(parts, vector, foundByWords, (target) => searches.nearestEntities(target, topK)),
  ])
  const seeds = await seedsOf(searches, direct)
  const unsaid = seeds[0] ? unsaidShare(query, seeds[0].content) : 1
  const scores = new Map(direct.map(({ key, score }) => [key, score]))
  const [relevance, bridges] = await Promise.all([
    relevanceBeside(searches, query, linked),
    bridgesOf(
      searches,
      query,
      linked,
      seeds.map(({ key }) => key),
    ),
  ])
  const walked = await walk(searches, {
    chunks: new Map(seeds.map(({ key }) => [key, scores.get(key) ?? 0])),
    entities: new Map(linked.map((entity) => [entity.key, entity])),
    relevance,
    bridges,
    total,
  })
  const chunks = gained(direct, walked.chunks, WALK + WALK_UNSAID * unsaid)
  const told = await subjectsOf(searches, chunks.slice(0, TELLERS), rarityIn(total))
  const entities = fuse([
    { hits: linked.map(({ key, weight }): Hit => ({ key, score: weight })), weight: LINKED },
    { hits: sorted(walked.entities), weight: MET },
    { hits: told, weight: TOLD },
    { hits: alikeByName, weight: ALIKE },
    { hits: close, weight: CLOSE },
  ])
  return { chunks, entities, relations: [] }
}

/** The best passages that are not one and the same. */
async function seedsOf(
  searches: Pick<Searches, 'chunks'>,
  direct: readonly Hit[],
): Promise<StoredChunk[]> {
  const best = await searches.chunks(direct.slice(0, 2 * SEEDS).map(({ key }) => key))
  const said = new SaidBefore()
  return best.filter((chunk) => said.isNew(chunk)).slice(0, SEEDS)
}

/** The direct hits, the best of them 1, with what the walk has brought to each passage. */
function gained(direct: readonly Hit[], brought: ReadonlyMap<Key, number>, weight: number): Hit[] {
  const best = direct[0]?.score ?? 1
  const scores = new Map(direct.map(({ key, score }) => [key, score / best]))
  for (const [key, share] of brought) scores.set(key, (scores.get(key) ?? 0) + weight * share)
  return sorted(scores)
}
