import { existsSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { Connection } from './connection.ts'
import { openDatabase } from './open-database.ts'

const NAME = 'SELECT name FROM workspace_name'

/**
 * Lets a database be opened under one name only, that under which it was opened first: a file that
 * was copied or moved into another folder, or mixed up with another, is not served as that one's.
 *
 * @throws {EngineError} `store_unavailable`
 */
export function keepName(connection: Connection, name: string): void {
  const own = connection.get<{ name: string }>(NAME)?.name
  if (own === undefined) giveName(connection, name)
  else if (!isSameName(own, name)) throw foreignDatabase(own, name)
}

/** The name of the workspace whose database is in a folder; null when it has none yet, or is not there. */
export function nameIn(dir: string): string | null {
  const file = join(dir, 'rag.db')
  if (!existsSync(file)) return null
  const database = new Database(file, { readonly: true, fileMustExist: true })
  try {
    return String(database.prepare(NAME).pluck().get() ?? '') || null
  } catch (error) {
    // Older than names, or damaged, which an opening tells.
    if (error instanceof Database.SqliteError) return null
    throw error
  } finally {
    database.close()
  }
}

/** Says that the database in a folder is that of this workspace. Nobody may have it open. */
export function renameIn(dir: string, name: string): void {
  const connection = new Connection(openDatabase(dir))
  try {
    giveName(connection, name)
    connection.pragma('wal_checkpoint(TRUNCATE)')
  } finally {
    connection.close()
  }
}

/** Names that differ in case only can be one folder. */
export function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function giveName(connection: Connection, name: string): void {
  connection.durably(() =>
    connection.run('INSERT OR REPLACE INTO workspace_name (id, name) VALUES (1, ?)', name),
  )
}

/** Its message goes to callers, who may not hear of other names; its cause goes to the log. */
function foreignDatabase(own: string, name: string): EngineError {
  return new EngineError(
    'store_unavailable',
    'The database in the folder of this workspace is that of another one: it was copied, moved or ' +
      'swapped. Put the right one there; if it is meant to be here, run `workspace claim`',
    { cause: new Error(`The folder of "${name}" has the database of "${own}"`) },
  )
}
