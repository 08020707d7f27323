import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../engine/ports/engine-error.ts'
import { asStorageError } from '../../engine/ports/file-system-errors.ts'
import type { Store } from '../../engine/ports/store.ts'
import { comeBack } from '../../engine/work/announced-work.ts'
import {
  discardIndexFiles,
  type VectorIndexSettings,
  vectorIndexSettings,
} from '../../vectors/index-settings.ts'
import { checkpointThread } from './database/checkpointer.ts'
import { Connection } from './database/connection.ts'
import { type Embedding, markEmbedding } from './database/embedding-mark.ts'
import { LogSync } from './database/log-sync.ts'
import { openDatabaseInTurns } from './database/open-database.ts'
import { asStoreError } from './database/sqlite-errors.ts'
import { keepName } from './database/stored-name.ts'
import { WorkspaceLock } from './database/workspace-lock.ts'
import { WorkspaceStore } from './workspace-store.ts'

export interface SqliteStoreOptions {
  /** The workspace's own folder; it is made if it is missing. */
  readonly dir: string
  readonly embedding: Embedding
  /** Under which it is kept; a database that was kept under another is refused. */
  readonly name?: string
  /** Whether the files that can be made again from the database are removed first. */
  readonly isBare?: boolean | undefined
  readonly vectorIndex?: Partial<Omit<VectorIndexSettings, 'dir'>>
}

/**
 * Opens the store of one workspace and keeps everybody else out of it until it is closed.
 *
 * @throws {EngineError} `workspace_locked`; `dimension_mismatch` when the vectors come from another
 *   embedding; `store_unavailable` when the folder cannot be used, or has another one's database
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { dir } = options
  const indexSettings = vectorIndexSettings(dir, options.vectorIndex)
  await mkdir(dir, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    const cause = asStorageError(error)
    if (cause instanceof EngineError) throw cause
    throw new EngineError('store_unavailable', 'The folder of this workspace cannot be made', {
      cause,
    })
  })
  try {
    const lock = WorkspaceLock.acquire(dir)
    try {
      if (options.isBare === true) await discardIndexFiles(dir)
      return await openLocked(options, lock, indexSettings)
    } catch (error) {
      lock.release()
      throw error
    }
  } catch (error) {
    throw asStoreError(error)
  }
}

async function openLocked(
  { dir, embedding, name }: SqliteStoreOptions,
  lock: WorkspaceLock,
  indexSettings: VectorIndexSettings,
): Promise<Store> {
  const connection = new Connection(await comeBack(openDatabaseInTurns(dir)))
  try {
    if (name !== undefined) keepName(connection, name)
    markEmbedding(connection, embedding)
    connection.syncBy(await comeBack(logOf(dir)), checkpointThread)
    await comeBack(removeOutdated(dir))
    return new WorkspaceStore(connection, lock, embedding.dimension, indexSettings)
  } catch (error) {
    await connection.endSync()
    connection.close()
    throw error
  }
}

/** What earlier versions kept beside the database: the vectors once more, as they lay in memory. */
const OUTDATED = ['chunks.index', 'entities.index', 'relations.index'].flatMap((name) => [
  name,
  `${name}.tmp`,
])

async function removeOutdated(dir: string): Promise<void> {
  // Nothing reads them; where they cannot be removed they only take room.
  await Promise.allSettled(OUTDATED.map((name) => rm(join(dir, name), { force: true })))
}

function logOf(dir: string): Promise<LogSync> {
  return LogSync.of(join(dir, 'rag.db')).catch((cause: unknown) => {
    const message = 'The storage of this workspace cannot be opened'
    throw new EngineError('store_unavailable', message, { cause })
  })
}
