import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { MIGRATIONS } from '../database/schema.ts'
import { hasSqliteCode } from '../database/sqlite-errors.ts'

/** In milliseconds. */
const BUSY_TIMEOUT = 5000

/**
 * Opens the database of a workspace to read it, whoever else has it open. Takes no lock.
 *
 * @throws {EngineError} `store_unavailable` when there is none, or it is of a newer version
 */
export function openReadOnly(dir: string): Database.Database {
  const file = join(dir, 'rag.db')
  if (!existsSync(file)) throw new EngineError('store_unavailable', 'There is no rag.db here')
  const database = new Database(file, {
    readonly: true,
    fileMustExist: true,
    timeout: BUSY_TIMEOUT,
  })
  try {
    const version = schemaVersion(database)
    if (version > MIGRATIONS.length) {
      throw new EngineError(
        'store_unavailable',
        `This workspace was written by a newer version (schema ${version}, this version knows ` +
          `${MIGRATIONS.length})`,
      )
    }
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

export function schemaVersion(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}

/**
 * Whether a store of this folder is open in some process. Holds the lock for reading while it asks,
 * a few microseconds, and makes no file.
 */
export function isInUse(dir: string): boolean {
  const file = join(dir, 'lock.db')
  if (!existsSync(file)) return false
  const database = new Database(file, { readonly: true, fileMustExist: true, timeout: 0 })
  try {
    database.prepare('SELECT count(*) FROM sqlite_schema').get()
    return false
  } catch (error) {
    if (hasSqliteCode(error, 'SQLITE_BUSY')) return true
    throw error
  } finally {
    database.close()
  }
}
