import type { CallOptions, Keywords } from '../models.ts'
import type { Hit } from '../store.ts'
import { fuse, sorted } from './fuse.ts'
import { linkNames } from './link-names.ts'
import type { Question } from './question.ts'
import { relevanceBeside } from './relevance.ts'
import {
  closeEntities,
  type Ranked,
  type RetrieveParts,
  searchTextsAndRelations,
  vectorOf,
} from './search.ts'
import { subjectsOf } from './subjects-of.ts'
import { rarityIn, walk } from './walk.ts'

/** The passages from which the walk starts. */
const SEEDS = 3
/** The walk against the direct searches, each scaled to its best. */
const WALK = 4
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
  const { store } = parts
  const { query, topK } = question
  const vector = vectorOf(parts, query, options)
  const alike = store.matchEntities(query, topK)
  const [direct, linked, { chunks: total }, alikeByName, close] = await Promise.all([
    searchTextsAndRelations(parts, query, vector),
    keywords.then(({ low }) => linkNames(store, query, low)),
    store.counts(),
    alike,
    closeEntities(parts, vector, topK, async () => (await alike).length > 0),
  ])
  const walked = await walk(store, {
    chunks: new Map(direct.slice(0, SEEDS).map(({ key, score }) => [key, score])),
    entities: new Map(linked.map((entity) => [entity.key, entity])),
    relevance: await relevanceBeside(store, query, linked),
    total,
  })
  const chunks = fuse([
    { hits: direct, weight: 1 },
    { hits: sorted(walked.chunks), weight: WALK },
  ])
  const told = await subjectsOf(store, chunks.slice(0, TELLERS), rarityIn(total))
  const entities = fuse([
    { hits: linked.map(({ key, weight }): Hit => ({ key, score: weight })), weight: LINKED },
    { hits: sorted(walked.entities), weight: MET },
    { hits: told, weight: TOLD },
    { hits: alikeByName, weight: ALIKE },
    { hits: close, weight: CLOSE },
  ])
  return { chunks, entities, relations: [] }
}
