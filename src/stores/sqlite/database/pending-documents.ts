import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { asStoreError } from './sqlite-errors.ts'

/**
 * When there is work for the documents of a workspace, in milliseconds since 1970: to process or, as
 * was scheduled, to delete them; a crash may have interrupted some. Zero for at once, null for never.
 *
 * Opens no store and takes no lock, so it may be asked of a workspace that is in use.
 *
 * @throws {EngineError} `store_unavailable`
 */
export function pendingWorkAt(dir: string): number | null {
  const file = join(dir, 'rag.db')
  if (!existsSync(file)) return null
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true })
    try {
      return workAt(database)
    } finally {
      database.close()
    }
  } catch (error) {
    throw asStoreError(error)
  }
}

/** A crash may have come before the first schema was written, or a newer one. */
function workAt(database: Database.Database): number | null {
  const columns = database.prepare(`SELECT name FROM pragma_table_info('documents')`).pluck().all()
  if (columns.length === 0) return null
  const due = columns.includes('next_attempt_at') ? 'next_attempt_at' : '0'
  const promised = columns.includes('next_attempt_at')
    ? 'UNION ALL SELECT 0 FROM promised_clearing'
    : ''
  const sql = `SELECT min(at) FROM (
    SELECT 0 AS at FROM documents WHERE status = 'processing'
    UNION ALL SELECT min(${due}) FROM documents WHERE status = 'pending'
    UNION ALL SELECT 0 FROM scheduled_deletions ${promised})`
  return database.prepare<[], number | null>(sql).pluck().get() ?? null
}
