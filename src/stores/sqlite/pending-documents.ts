import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { asStoreError } from './sqlite-errors.ts'

/**
 * Whether documents of a workspace wait to be processed or, as was promised, to be deleted; a crash
 * may have interrupted some.
 * Opens no store and takes no lock, so it may be asked of a workspace that is in use.
 *
 * @throws {EngineError} `store_unavailable`
 */
export function hasPendingDocuments(dir: string): boolean {
  const file = join(dir, 'rag.db')
  if (!existsSync(file)) return false
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true })
    try {
      return hasTable(database) && hasPending(database)
    } finally {
      database.close()
    }
  } catch (error) {
    throw asStoreError(error)
  }
}

/** A crash may have come before the first schema was written. */
function hasTable(database: Database.Database): boolean {
  return (
    database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'documents'`).get() !== undefined
  )
}

function hasPending(database: Database.Database): boolean {
  const sql = `SELECT 1 FROM documents WHERE status IN ('pending', 'processing')
    UNION ALL SELECT 1 FROM scheduled_deletions LIMIT 1`
  return database.prepare(sql).get() !== undefined
}
