import type { CallOptions, Keywords, Models } from '../models.ts'
import type { EngineSettings } from '../settings.ts'
import type { Hit, Key, Store, StoredChunk, StoredEntity, StoredRelation } from '../store.ts'
import type { Question } from './question.ts'

export interface RetrieveParts {
  readonly store: Store
  readonly models: Models
  readonly settings: EngineSettings
}

/** What was found, best first, before any budget cut it. */
export interface Retrieved {
  readonly keywords: Keywords
  readonly entities: readonly StoredEntity[]
  readonly relations: readonly StoredRelation[]
  readonly chunks: readonly StoredChunk[]
}

/** Finds what the stored documents and their graph have on a question. */
export async function retrieve(
  parts: RetrieveParts,
  question: Question,
  options: CallOptions,
): Promise<Retrieved> {
  if (question.mode === 'naive') {
    const chunks = await parts.store.chunks(await textAndVector(parts, question, options))
    return { keywords: { high: [], low: [] }, entities: [], relations: [], chunks }
  }
  const keywords = await keywordsOf(parts, question, options)
  const [entityKeys, relationKeys] = await Promise.all([
    question.mode === 'global' ? [] : entitiesFor(parts, question, keywords, options),
    question.mode === 'local' ? [] : relationsFor(parts, question, keywords, options),
  ])
  const relations = await parts.store.relations(relationKeys)
  const ends = relations.flatMap((relation) => [relation.sourceKey, relation.targetKey])
  const entities = await parts.store.entities(unique([...entityKeys, ...ends]))
  const ties = await parts.store.tiesOfEntities(
    entities.map((entity) => entity.key),
    10,
  )
  const direct = question.mode === 'mix' ? await textAndVector(parts, question, options) : []
  const chunks = await parts.store.chunks(unique([...direct, ...ties.map((tie) => tie.chunk)]))
  return { keywords, entities, relations, chunks }
}

async function keywordsOf(
  { models }: RetrieveParts,
  question: Question,
  options: CallOptions,
): Promise<Keywords> {
  if (question.high.length > 0 || question.low.length > 0) return question
  const found = await models.keywords.find(question.query, options)
  const none = found.high.length === 0 && found.low.length === 0
  return none ? { high: [], low: [question.query] } : found
}

async function entitiesFor(
  { store, models, settings }: RetrieveParts,
  { topK }: Question,
  keywords: Keywords,
  options: CallOptions,
): Promise<Key[]> {
  const words = keywords.low.length > 0 ? keywords.low : keywords.high
  const named = await store.matchEntities(words.join(' '), topK)
  const vectors = await models.embedding.embed(words, { ...options, kind: 'query' })
  const near = await Promise.all(vectors.map((vector) => store.nearestEntities(vector, topK)))
  return unique(
    [named, ...near.map((hits) => above(hits, settings.cosineThreshold))].flat().map(keyOf),
  ).slice(0, topK)
}

async function relationsFor(
  { store, models, settings }: RetrieveParts,
  { topK }: Question,
  keywords: Keywords,
  options: CallOptions,
): Promise<Key[]> {
  const words = keywords.high.length > 0 ? keywords.high : keywords.low
  const vectors = await models.embedding.embed(words, { ...options, kind: 'query' })
  const near = await Promise.all(vectors.map((vector) => store.nearestRelations(vector, topK)))
  return unique(near.flatMap((hits) => above(hits, settings.cosineThreshold)).map(keyOf)).slice(
    0,
    topK,
  )
}

async function textAndVector(
  { store, models, settings }: RetrieveParts,
  question: Question,
  options: CallOptions,
): Promise<Key[]> {
  const [vector] = await models.embedding.embed([question.query], { ...options, kind: 'query' })
  const [text, near] = await Promise.all([
    store.matchChunks(question.query, question.chunkTopK, null),
    vector ? store.nearestChunks(vector, question.chunkTopK, null) : [],
  ])
  return unique([...text, ...above(near, settings.cosineThreshold)].map(keyOf)).slice(
    0,
    question.chunkTopK,
  )
}

function above(hits: readonly Hit[], threshold: number): Hit[] {
  return hits.filter((hit) => hit.score >= threshold)
}

function keyOf(hit: Hit): Key {
  return hit.key
}

function unique(keys: readonly Key[]): Key[] {
  return [...new Set(keys)]
}
