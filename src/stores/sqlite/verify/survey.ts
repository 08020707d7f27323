import Database from 'better-sqlite3'
import { DOC_STATUSES, type DocStatus } from '../../../engine/ports/document-record.ts'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import type { Embedding } from '../database/embedding-mark.ts'
import { MIGRATIONS } from '../database/schema.ts'
import { isInUse, openReadOnly, schemaVersion } from './open-read-only.ts'

/** What a glance at a workspace tells. */
export interface WorkspaceSurvey {
  /**
   * `old` needs an opening to bring its tables up to date; `newer` was written by a program that
   * knows more than this one; `damaged` cannot be read.
   */
  readonly state: 'in use' | 'idle' | 'old' | 'newer' | 'damaged'
  readonly documents: Readonly<Record<DocStatus, number>>
  /** Which embedding its vectors come from. */
  readonly embedding: Embedding | null
}

/** Takes no lock and looks for no damage that does not jump to the eye; see `verifyWorkspace`. */
export function surveyWorkspace(dir: string): WorkspaceSurvey {
  const documents = Object.fromEntries(DOC_STATUSES.map((status) => [status, 0])) as Record<
    DocStatus,
    number
  >
  try {
    const inUse = isInUse(dir)
    const database = openReadOnly(dir)
    try {
      const version = schemaVersion(database)
      if (version === 0) return { state: inUse ? 'in use' : 'old', documents, embedding: null }
      const counted = database.prepare<[], { status: DocStatus; count: number }>(
        'SELECT status, count(*) AS count FROM documents GROUP BY status',
      )
      for (const { status, count } of counted.all()) documents[status] = count
      const mark = database.prepare<[], Embedding>(
        'SELECT embedding_id AS id, embedding_dimension AS dimension FROM workspace',
      )
      const idle = version < MIGRATIONS.length ? 'old' : 'idle'
      return { state: inUse ? 'in use' : idle, documents, embedding: mark.get() ?? null }
    } finally {
      database.close()
    }
  } catch (error) {
    if (error instanceof EngineError) return { state: 'newer', documents, embedding: null }
    if (!(error instanceof Database.SqliteError)) throw error
    return { state: 'damaged', documents, embedding: null }
  }
}
