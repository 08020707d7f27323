import type { CallOptions, Keywords } from '../models.ts'
import type { Hit, Key, StoredRelation } from '../store.ts'
import { hasOwnKeywords } from './find-keywords.ts'
import { fuse, sorted } from './fuse.ts'
import type { Question } from './question.ts'
import {
  closeRelations,
  POOL,
  type Ranked,
  type RetrieveParts,
  vectorOf,
  vectorShare,
} from './search.ts'
import { subjectsOf } from './subjects-of.ts'
import { rarityIn } from './walk.ts'

/** A passage's own words against the relations that it tells of. */
const TEXT = 0.5
/** The passages whose names are taken to be what the themes are about. */
const SUBJECTS = 10

/** Mode `global`: relations by the themes of a question, then their passages and their ends. */
export async function rankByRelations(
  parts: RetrieveParts,
  question: Question,
  keywords: Promise<Keywords>,
  options: CallOptions,
): Promise<Ranked> {
  const { store, models } = parts
  const { high, low } = await keywords
  const themes = high.length > 0 ? high : low
  const text = hasOwnKeywords(question) ? themes.join(' ') : [...themes, question.query].join(' ')
  const telling = store.matchRelations(text, POOL)
  const vector = vectorOf(parts, themes.join(', '), options)
  const [told, close, direct, { chunks: total }] = await Promise.all([
    telling,
    closeRelations(parts, vector, question.topK, async () => (await telling).length > 0),
    store.matchChunks(text, POOL, null),
    store.counts(),
  ])
  const share = vectorShare(models.embedding)
  const relations = await store.relations(close.map(({ key }) => key))
  const [tellers, subjects] = await Promise.all([
    passagesOf(parts, relations, close),
    subjectsOf(store, told.slice(0, SUBJECTS), rarityIn(total)),
  ])
  const chunks = fuse([
    { hits: told, weight: 1 - share },
    { hits: tellers, weight: share },
    { hits: direct, weight: TEXT },
  ])
  const entities = fuse([
    { hits: subjects, weight: 1 - share },
    { hits: endsOf(relations, close), weight: share },
  ])
  return { chunks, entities, relations: close }
}

/** The first passages that tell of these relations. */
async function passagesOf(
  { store, settings }: RetrieveParts,
  relations: readonly StoredRelation[],
  hits: readonly Hit[],
): Promise<Hit[]> {
  const scores = new Map(hits.map(({ key, score }) => [key, score]))
  const sources = relations.map(({ key, sourceIds }) => ({
    score: scores.get(key) ?? 0,
    ids: sourceIds.slice(0, settings.relatedChunkNumber),
  }))
  const keys = await store.chunkKeys([...new Set(sources.flatMap(({ ids }) => ids))])
  const best = new Map<Key, number>()
  for (const { ids, score } of sources) {
    for (const id of ids) {
      const key = keys.get(id)
      if (key !== undefined) best.set(key, Math.max(best.get(key) ?? 0, score))
    }
  }
  return sorted(best)
}

function endsOf(relations: readonly StoredRelation[], hits: readonly Hit[]): Hit[] {
  const scores = new Map(hits.map(({ key, score }) => [key, score]))
  const best = new Map<Key, number>()
  for (const { key, sourceKey, targetKey } of relations) {
    for (const end of [sourceKey, targetKey]) {
      best.set(end, Math.max(best.get(end) ?? 0, scores.get(key) ?? 0))
    }
  }
  return sorted(best)
}
