import type { EntityState, RelationState } from '../ports/change.ts'
import type { StoredEntityFragment, StoredRelationFragment } from '../ports/stored-rows.ts'
import { compareCodePoints } from '../text/code-points.ts'

/** Joins what belongs to one field but comes from several chunks; fixed by LightRAG's data. */
export const SEPARATOR = '<SEP>'

/** How much of its origin a merged item keeps. */
export interface SourceLimits {
  readonly sourceIds: number
  readonly filePaths: number
  /**
   * Descriptions that make the item's text. The canonical order has nothing to do with time, so
   * these are an even sample; without a bound each document would cost more than the one before.
   */
  readonly descriptions: number
}

/** A merged item before its descriptions became one and were embedded. */
export type MergedEntity = Omit<EntityState, 'description' | 'tokens' | 'vector'> & {
  /** Unique, in canonical order. */
  readonly descriptions: readonly string[]
}
export type MergedRelation = Omit<RelationState, 'description' | 'tokens' | 'vector'> & {
  readonly descriptions: readonly string[]
}

interface Origin {
  readonly documentId: string
  readonly filePath: string
  readonly chunkId: string
  readonly ordinal: number
  readonly position: number
  readonly createdAt: number
}

/** An entity as a function of its fragments, which are in canonical order and at least one. */
export function mergeEntity(
  name: string,
  fragments: readonly StoredEntityFragment[],
  limits: SourceLimits,
): MergedEntity {
  return {
    name,
    type: mostFrequent(fragments.flatMap(({ type }) => (type === '' ? [] : [type]))) || 'unknown',
    descriptions: unique(fragments.map((fragment) => fragment.description)).slice(
      0,
      limits.descriptions,
    ),
    ...originOf(fragments, limits),
  }
}

/** A relation likewise: weights add up, keywords unite. */
export function mergeRelation(
  [source, target]: readonly [string, string],
  fragments: readonly StoredRelationFragment[],
  limits: SourceLimits,
): MergedRelation {
  const keywords = fragments.flatMap((fragment) =>
    fragment.keywords.split(',').map((keyword) => keyword.trim()),
  )
  return {
    source,
    target,
    keywords: unique(keywords).sort(compareCodePoints).join(','),
    weight: fragments.reduce((total, fragment) => total + fragment.weight, 0),
    descriptions: unique(fragments.map((fragment) => fragment.description)).slice(
      0,
      limits.descriptions,
    ),
    ...originOf(fragments, limits),
  }
}

function originOf(fragments: readonly Origin[], limits: SourceLimits) {
  return {
    sourceIds: unique(fragments.map((fragment) => fragment.chunkId)).slice(0, limits.sourceIds),
    filePaths: unique(fragments.map((fragment) => fragment.filePath)).slice(0, limits.filePaths),
    createdAt: fragments.reduce(
      (first, fragment) => Math.min(first, fragment.createdAt),
      Number.MAX_SAFE_INTEGER,
    ),
  }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].filter((value) => value !== '')
}

/** The first in order wins a tie. */
function mostFrequent(values: readonly string[]): string {
  const votes = new Map<string, number>()
  for (const value of values) votes.set(value, (votes.get(value) ?? 0) + 1)
  let best = ''
  for (const [value, count] of votes) if (count > (votes.get(best) ?? 0)) best = value
  return best
}
