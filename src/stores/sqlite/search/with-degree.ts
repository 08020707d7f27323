import type { StoredEntity } from '../../../engine/ports/stored-rows.ts'
import type { EntityRow } from '../tables/graph/entity-table.ts'

/** Written out, which takes a quarter of the time of a spread. */
export function withDegree(row: EntityRow, degree: number): StoredEntity {
  const {
    key,
    name,
    type,
    description,
    sourceIds,
    filePaths,
    createdAt,
    tokens,
    embeddingPending,
  } = row
  return {
    key,
    name,
    type,
    description,
    sourceIds,
    filePaths,
    createdAt,
    tokens,
    embeddingPending,
    degree,
  }
}
