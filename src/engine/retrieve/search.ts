import { EngineError } from '../ports/engine-error.ts'
import type { CallOptions, EmbeddingModel, Models } from '../ports/models.ts'
import type { Hit, Searches } from '../ports/searches.ts'
import type { EngineSettings } from '../ports/settings.ts'
import { fuse } from './rank/fuse.ts'

export interface RetrieveParts {
  /** All documents, or the part of them that the question may draw from. */
  readonly searches: Searches
  readonly models: Models
  readonly settings: EngineSettings
}

/** What one mode found, each best first. */
export interface Ranked {
  readonly chunks: readonly Hit[]
  readonly entities: readonly Hit[]
  readonly relations: readonly Hit[]
}

/** Hits taken from each search. */
export const POOL = 100
/** What a trained model deserves; one that only sees words says so itself. */
const TRAINED_SHARE = 0.5
/** A share from which a model sees more than words. */
const SEES_MORE = 0.3
/** Of what the vectors leave, the part of single relations against whole passages. */
const RELATIONS = 1 / 3

/** How much vectors count against words, from 0 to 1. */
export function vectorShare({ retrievalShare = TRAINED_SHARE }: EmbeddingModel): number {
  return Math.min(1, Math.max(0, retrievalShare))
}

export async function vectorOf(
  { models }: RetrieveParts,
  text: string,
  options: CallOptions,
): Promise<Float32Array> {
  const [vector] = await models.embedding.embed([text], { ...options, kind: 'query' })
  if (!vector) throw new EngineError('model_rejected', 'The question got no vector.')
  return vector
}

/**
 * Whether to look for entities or relations by vector too. A model that sees words alone would only
 * find again what words have found, at the price of a scan.
 */
async function wantsVectors(
  { models }: RetrieveParts,
  foundByWords: () => Promise<boolean>,
): Promise<boolean> {
  return vectorShare(models.embedding) >= SEES_MORE || !(await foundByWords())
}

/** Vector hits, without those that are near by chance alone. */
async function nearOnly(
  { settings }: RetrieveParts,
  hits: Promise<readonly Hit[]>,
): Promise<Hit[]> {
  return (await hits).filter(({ score }) => score >= settings.cosineThreshold)
}

/** What is near by vector, where vectors see more than words have found. */
export async function closeHits(
  parts: RetrieveParts,
  vector: Promise<Float32Array>,
  foundByWords: () => Promise<boolean>,
  nearest: (target: Float32Array) => Promise<readonly Hit[]>,
): Promise<Hit[]> {
  const target = await vector
  if (!(await wantsVectors(parts, foundByWords))) return []
  return nearOnly(parts, nearest(target))
}

/** Passages by words and vectors alone. */
export async function searchTexts(
  parts: RetrieveParts,
  query: string,
  vector: Promise<Float32Array>,
): Promise<Hit[]> {
  const [words, vectors] = await Promise.all([
    parts.searches.matchChunks(query, POOL),
    nearChunks(parts, vector),
  ])
  const share = vectorShare(parts.models.embedding)
  return fuse([
    { hits: words, weight: 1 - share },
    { hits: vectors, weight: share },
  ])
}

/** Passages by words, vectors, and the best single sentence that ties two names. */
export async function searchTextsAndRelations(
  parts: RetrieveParts,
  query: string,
  vector: Promise<Float32Array>,
): Promise<Hit[]> {
  const [words, vectors, relations] = await Promise.all([
    parts.searches.matchChunks(query, POOL),
    nearChunks(parts, vector),
    parts.searches.matchRelations(query, POOL),
  ])
  const share = vectorShare(parts.models.embedding)
  return fuse([
    { hits: words, weight: (1 - share) * (1 - RELATIONS) },
    { hits: vectors, weight: share },
    { hits: relations, weight: (1 - share) * RELATIONS },
  ])
}

async function nearChunks(parts: RetrieveParts, vector: Promise<Float32Array>): Promise<Hit[]> {
  return nearOnly(parts, parts.searches.nearestChunks(await vector, POOL))
}
