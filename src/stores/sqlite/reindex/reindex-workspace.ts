import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import type { EmbeddingModel } from '../../../engine/ports/models.ts'
import { vectorIndexSettings } from '../../../vectors/index-settings.ts'
import { checkVector } from '../../../vectors/kernel/vector-values.ts'
import { inSlices } from '../../../vectors/slices.ts'
import { undoStaged } from '../change/removal.ts'
import { Connection } from '../database/connection.ts'
import { openDatabase } from '../database/open-database.ts'
import { asStoreError } from '../database/sqlite-errors.ts'
import { Generation } from '../database/visibility.ts'
import { WorkspaceLock } from '../database/workspace-lock.ts'
import { createTables } from '../tables/tables.ts'
import { KINDS, type Kind, NewVectors } from './new-vectors.ts'

export interface ReindexOptions {
  /** Makes the new vectors; its id and dimension become those of the workspace. */
  readonly model: EmbeddingModel
  /** Texts of one request. */
  readonly batchSize: number
  /** Even if the workspace has vectors of this embedding already. */
  readonly force?: boolean
  readonly onProgress?: (kind: Kind, done: number, all: number) => void
}

/**
 * Embeds everything in a workspace again from what is stored, and swaps the vectors in one
 * transaction. Until then the workspace is as it was. Interrupted, it goes on where it was the next
 * time.
 *
 * @returns how many vectors were made, and how many had been made before; null when there is
 *   nothing to do
 * @throws {EngineError} `workspace_locked`; `model_unavailable`, with what was made kept;
 *   `store_unavailable`
 */
export async function reindexWorkspace(
  dir: string,
  options: ReindexOptions,
): Promise<{ made: number; before: number } | null> {
  try {
    const lock = WorkspaceLock.acquire(dir)
    try {
      const connection = new Connection(openDatabase(dir))
      try {
        return await reindex(dir, connection, options)
      } finally {
        connection.close()
      }
    } finally {
      lock.release()
    }
  } catch (error) {
    throw asStoreError(error)
  }
}

async function reindex(
  dir: string,
  connection: Connection,
  { model, batchSize, force = false, onProgress }: ReindexOptions,
): Promise<{ made: number; before: number } | null> {
  const { id, dimension } = model
  const mark = connection.get<{ generation: number; id: string; dimension: number }>(
    `SELECT generation, embedding_id AS id, embedding_dimension AS dimension FROM workspace`,
  )
  if (mark === undefined) return null
  if (!force && mark.id === id && mark.dimension === dimension) return null
  await undoUnpublished(connection, mark)
  const vectors = new NewVectors(connection, { id, dimension })
  let made = 0
  let before = 0
  for (const kind of KINDS) {
    const { done, all } = vectors.progress(kind)
    before += done
    onProgress?.(kind, done, all)
    let now = done
    for (let after = 0; ; ) {
      const rows = vectors.missing(kind, after, batchSize)
      const last = rows.at(-1)
      if (last === undefined) break
      const embedded = await model.embed(
        rows.map(({ text }) => text),
        { lane: 'summary', kind: 'document' },
      )
      vectors.put(
        kind,
        rows.map(({ vectorId }, i) => ({
          vectorId,
          vector: checked(embedded[i], dimension),
        })),
      )
      after = last.vectorId
      made += rows.length
      now += rows.length
      onProgress?.(kind, now, all)
    }
  }
  await discardIndexes(dir)
  vectors.swap({ id, dimension })
  connection.pragma('wal_checkpoint(TRUNCATE)')
  return { made, before }
}

function checked(vector: Float32Array | undefined, dimension: number): Float32Array {
  if (vector === undefined) {
    throw new EngineError('model_rejected', 'The embedding model left out a text')
  }
  checkVector(vector, dimension)
  return vector
}

/** Index files are caches; vector ids that are the same lead to other vectors now. */
async function discardIndexes(dir: string): Promise<void> {
  for (const name of await readdir(dir)) {
    if (INDEX_FILE.test(name)) await rm(join(dir, name), { force: true })
  }
}

const INDEX_FILE = /\.hnsw(\.head)?(\.tmp)?$/

/** The swap raises the generation, which must show nothing that an interrupted change has left. */
async function undoUnpublished(
  connection: Connection,
  { generation, dimension }: { generation: number; dimension: number },
): Promise<void> {
  const tables = createTables(
    connection,
    new Generation(generation),
    dimension,
    vectorIndexSettings(null),
  )
  await inSlices(undoStaged(tables), { around: (slice) => connection.relaxed(slice) })
}
