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
/**
 * Of what the vectors leave, the part of single relations against whole passages, when both find the same
 * first passages.
 */
const RELATIONS = 0.7
/** The same when they find quite others, which then come behind what has the words. */
const LEAST_RELATIONS = 0.01
/** The passages by which two lists are compared. */
const FIRST = 10

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
  { settings }: Pick<TextSearchParts, 'settings'>,
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

/** What texts are searched by. */
export interface TextSearchParts {
  readonly searches: Pick<Searches, 'matchChunks' | 'nearestChunks' | 'matchRelations'>
  readonly models: Pick<Models, 'embedding'>
  readonly settings: Pick<EngineSettings, 'cosineThreshold'>
}

/** Passages by words, vectors, and the best single sentence that ties two names. */
export async function searchTextsAndRelations(
  parts: TextSearchParts,
  query: string,
  vector: Promise<Float32Array>,
): Promise<Hit[]> {
  const [words, vectors, relations] = await Promise.all([
    parts.searches.matchChunks(query, POOL),
    nearChunks(parts, vector),
    parts.searches.matchRelations(query, POOL),
  ])
  const share = vectorShare(parts.models.embedding)
  const part = Math.max(LEAST_RELATIONS, RELATIONS * agreement(words, relations))
  return fuse([
    { hits: words, weight: (1 - share) * (1 - part) },
    { hits: vectors, weight: share },
    { hits: relations, weight: (1 - share) * part },
  ])
}

/**
 * How far two lists begin with the same passages, from 0 to 1. Single sentences tell the one passage among
 * those that the words have found already; where they lead elsewhere they have lost what it was about.
 */
function agreement(one: readonly Hit[], other: readonly Hit[]): number {
  const first = new Set(one.slice(0, FIRST).map(({ key }) => key))
  const both = other.slice(0, FIRST).filter(({ key }) => first.has(key))
  const most = Math.min(FIRST, one.length, other.length)
  return most === 0 ? 0 : both.length / most
}

async function nearChunks(parts: TextSearchParts, vector: Promise<Float32Array>): Promise<Hit[]> {
  return nearOnly(parts, parts.searches.nearestChunks(await vector, POOL))
}
