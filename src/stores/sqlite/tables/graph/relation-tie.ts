import type { RelationTie } from '../../../../engine/ports/searches.ts'
import type { Key } from '../../../../engine/ports/stored-rows.ts'

/** Of a row of `relations` and its pair, in this order. */
export type TieColumns = readonly [key: Key, source: Key, target: Key, weight: number]

export function relationTie([key, source, target, weight]: TieColumns): RelationTie {
  return { key, source, target, weight }
}
