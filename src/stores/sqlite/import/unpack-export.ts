import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { migrate } from '../database/migrate.ts'
import { MIGRATIONS } from '../database/schema.ts'
import { asStoreError } from '../database/sqlite-errors.ts'
import { copyUnsealed, EXPORT_ID, EXPORT_SCHEMA } from '../export/export-format.ts'
import { schemaVersion } from '../verify/open-read-only.ts'
import { schemaDifferences } from '../verify/schema-differences.ts'
import type { Finding } from '../verify/verify-finding.ts'
import { verifyDatabase } from '../verify/verify-workspace.ts'
import { checkPacked } from './packed-files.ts'
import { refuseWithoutRoom } from './refuse-import.ts'

export interface Unpacked {
  /** The name of the workspace that was exported. */
  readonly name: string
  readonly documents: number
  /** Which embedding its vectors come from. */
  readonly embedding: { readonly id: string; readonly dimension: number } | null
  /** What is wrong inside the workspace, as it was when it was exported. */
  readonly findings: readonly Finding[]
}

/**
 * Room that an import takes at its height, as a multiple of the export: beside the database stand
 * the files that were packed in it, and what it is compacted with.
 */
const ROOM = 2

const BESIDES = { statements: EXPORT_SCHEMA }

/**
 * Makes `rag.db` of an export in an empty folder and looks at all of it. The packed files stay in
 * it, for `unpackFiles`.
 *
 * @throws {EngineError} `invalid_argument`, with what is wrong; `store_unavailable`
 */
export async function unpackExport(file: string, dir: string): Promise<Unpacked> {
  const target = join(dir, 'rag.db')
  await rm(target, { force: true })
  await refuseWithoutRoom(dir, ROOM * (await stat(file)).size)
  const fault = await copyUnsealed(file, target)
  if (fault !== null) throw refused(fault)
  try {
    const database = new Database(target)
    try {
      return inspect(database)
    } finally {
      database.close()
    }
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_NOTADB') {
      throw refused('it is no database', error)
    }
    throw asStoreError(error)
  }
}

function inspect(database: Database.Database): Unpacked {
  // Nothing that a stranger wrote into the schema is run before it was compared.
  database.pragma('trusted_schema = OFF')
  database.pragma('cell_size_check = ON')
  if (Number(database.pragma('application_id', { simple: true })) !== EXPORT_ID) {
    throw refused('it is no export of a workspace')
  }
  const integrity = String(database.pragma('integrity_check(1)', { simple: true }))
  if (integrity !== 'ok') throw refused(`it is damaged: ${integrity}`)
  checkSchema(database)
  checkPacked(database)
  migrate(database)
  const name = database.prepare(`SELECT value FROM export_about WHERE key = 'workspace'`)
  const mark = database.prepare<[], { id: string; dimension: number }>(
    'SELECT embedding_id AS id, embedding_dimension AS dimension FROM workspace',
  )
  return {
    name: String(name.pluck().get() ?? ''),
    documents: Number(database.prepare('SELECT count(*) FROM documents').pluck().get()),
    embedding: mark.get() ?? null,
    findings: verifyDatabase(database, BESIDES),
  }
}

function checkSchema(database: Database.Database): void {
  const version = schemaVersion(database)
  if (version < 1 || version > MIGRATIONS.length) {
    throw refused(
      `its schema is of version ${version}, and this program knows 1 to ${MIGRATIONS.length}`,
    )
  }
  const { missing, unknown, altered } = schemaDifferences(database, version, BESIDES)
  const names = [...missing, ...unknown, ...altered]
  if (names.length > 0) {
    throw refused(`its tables are not those of an export: ${names.slice(0, 5).join(', ')}`)
  }
}

function refused(what: string, cause?: unknown): EngineError {
  return new EngineError('invalid_argument', `This file cannot be imported: ${what}`, { cause })
}
