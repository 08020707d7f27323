import type { CallOptions, Keywords } from '../../ports/models.ts'
import type { Hit } from '../../ports/searches.ts'
import type { Key, StoredRelation } from '../../ports/stored-rows.ts'
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
import { subjectsOf } from '../subjects-of.ts'
import { fuse, sorted } from './fuse.ts'
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
  const { searches, models } = parts
  const { high, low } = await keywords
  const themes = high.length > 0 ? high : low
  const text = hasOwnKeywords(question) ? themes.join(' ') : [...themes, question.query].join(' ')
  const telling = searches.matchRelations(text, POOL)
  const foundByWords = async () => (await telling).length > 0
  const vector = vectorOf(parts, themes.join(', '), options)
  const [told, close, direct, total] = await Promise.all([
    telling,
    closeHits(parts, vector, foundByWords, (target) =>
      searches.nearestRelations(target, question.topK),
    ),
    searches.matchChunks(text, POOL),
    searches.chunkCount(),
  ])
  const share = vectorShare(models.embedding)
  const relations = await searches.relations(close.map(({ key }) => key))
  const [tellers, subjects] = await Promise.all([
    passagesOf(parts, relations, close, vector),
    subjectsOf(searches, told.slice(0, SUBJECTS), rarityIn(total)),
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

/** The passages picked of those that tell of these relations. */
async function passagesOf(
  { searches, settings }: RetrieveParts,
  relations: readonly StoredRelation[],
  hits: readonly Hit[],
  vector: Promise<Float32Array>,
): Promise<Hit[]> {
  const scores = new Map(hits.map(({ key, score }) => [key, score]))
  const known = await searches.chunkKeys([
    ...new Set(relations.flatMap(({ sourceIds }) => sourceIds)),
  ])
  const items = relations.map(({ sourceIds }) => sourceIds.flatMap((id) => known.get(id) ?? []))
  const picked = await pickChunks(searches, items, {
    method: settings.chunkPickMethod,
    perItem: settings.relatedChunkNumber,
    vector,
  })
  const best = new Map<Key, number>()
  for (const [at, { key }] of relations.entries()) {
    for (const chunk of items[at] ?? []) {
      if (!picked.has(chunk)) continue
      best.set(chunk, Math.max(best.get(chunk) ?? 0, scores.get(key) ?? 0))
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
