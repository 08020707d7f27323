import { EngineError } from '../../../engine/ports/engine-error.ts'
import type { Connection } from './connection.ts'

export interface Embedding {
  readonly id: string
  /** Length of every vector. */
  readonly dimension: number
}

/** Vectors of dead rows may be left when nothing is visible any more. */
const HAS_VECTORS = `SELECT chunks + entities + relations > 0 AND (
    EXISTS (SELECT 1 FROM chunk_vectors) OR EXISTS (SELECT 1 FROM entity_vectors)
    OR EXISTS (SELECT 1 FROM relation_vectors)
  ) AS found FROM workspace`

/**
 * Notes which embedding the vectors of a workspace come from.
 *
 * @throws {EngineError} `dimension_mismatch` when there are vectors of another one
 */
export function markEmbedding(connection: Connection, embedding: Embedding): void {
  const known = connection.get<Embedding>(
    'SELECT embedding_id AS id, embedding_dimension AS dimension FROM workspace',
  )
  if (known?.id === embedding.id && known.dimension === embedding.dimension) return
  if (known !== undefined && connection.get<{ found: number }>(HAS_VECTORS)?.found === 1) {
    throw new EngineError(
      'dimension_mismatch',
      `This workspace was embedded with ${known.id} (${known.dimension} dimensions), but ` +
        `${embedding.id} (${embedding.dimension} dimensions) is configured. Configure the former, ` +
        'or run the command `workspace reindex`',
    )
  }
  connection.durably(() =>
    connection.run(
      `INSERT INTO workspace
         (id, generation, chunks, entities, relations, embedding_id, embedding_dimension)
       VALUES (1, 0, 0, 0, 0, ?, ?)
       ON CONFLICT (id) DO UPDATE SET embedding_id = excluded.embedding_id,
         embedding_dimension = excluded.embedding_dimension`,
      embedding.id,
      embedding.dimension,
    ),
  )
}
