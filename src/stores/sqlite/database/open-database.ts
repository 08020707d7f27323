import { join } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { startThread } from '../../../threads/start-thread.ts'
import { ThreadCalls } from '../../../threads/thread-calls.ts'
import { isOlder, migrate } from './migrate.ts'
import { SMALL_CACHE_KIB } from './page-cache.ts'

/** In milliseconds. Only an outside program, such as a backup, can make us wait. */
const BUSY_TIMEOUT = 5000
const LOG_LIMIT_BYTES = 64 * 1024 * 1024
/** Of a new database. A vector of 384 numbers leaves a quarter of SQLite's own 4096 bytes empty. */
const PAGE_BYTES = 8192
/** To bring a database of this size up to date takes less than a thread takes to start. */
const SMALL_BYTES = 2 * 1024 * 1024

/**
 * Opens `rag.db` in an existing folder, its schema up to date.
 *
 * Commits are synced before they return: what is acknowledged survives a power cut.
 */
export function openDatabase(dir: string): Database.Database {
  return upToDate(connect(dir))
}

/** The same; a large one of an older version is brought up to date in a thread, for it takes long. */
export async function openDatabaseInTurns(dir: string): Promise<Database.Database> {
  const database = connect(dir)
  if (!isOlder(database) || bytesOf(database) <= SMALL_BYTES) return upToDate(database)
  database.close()
  // What the thread could not do is tried here, and fails with the error that callers know.
  await migrateInThread(dir).catch(() => undefined)
  return upToDate(connect(dir))
}

function bytesOf(database: Database.Database): number {
  const pages = Number(database.pragma('page_count', { simple: true }))
  return pages * Number(database.pragma('page_size', { simple: true }))
}

function connect(dir: string): Database.Database {
  const database = new Database(join(dir, 'rag.db'), { timeout: BUSY_TIMEOUT })
  try {
    database.pragma(`page_size = ${PAGE_BYTES}`)
    // Of a new database alone: pages that were freed can be given back to the disk.
    database.pragma('auto_vacuum = INCREMENTAL')
    database.pragma('journal_mode = WAL')
    // The library's own default under WAL is NORMAL, which does not sync at a commit.
    database.pragma('synchronous = FULL')
    database.pragma(`journal_size_limit = ${LOG_LIMIT_BYTES}`)
    database.pragma(`cache_size = -${SMALL_CACHE_KIB}`)
    database.pragma('foreign_keys = OFF')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function upToDate(database: Database.Database): Database.Database {
  try {
    migrate(database)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/**
 * Brings the database in a folder up to date in a thread of its own, while others are answered. The
 * thread is never ended by force, for that may abort the process while the library is in a call.
 *
 * @throws what the migration throws, and when the thread cannot start
 */
export async function migrateInThread(dir: string): Promise<void> {
  const calls = new ThreadCalls<string, void>(
    () => startThread(new URL('./migrate-thread.ts', import.meta.url)),
    { errors: { EngineError } },
  )
  try {
    await calls.call(dir)
  } finally {
    await calls.finish()
  }
}
