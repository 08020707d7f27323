import Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { asStorageError } from '../../../engine/ports/file-system-errors.ts'

/** Messages by primary result code. They go to callers, so they name no file. */
const MESSAGES: Readonly<Record<string, string>> = {
  SQLITE_READONLY: 'The storage of this workspace is read-only',
  SQLITE_IOERR: 'The storage of this workspace failed to read or write',
  SQLITE_CANTOPEN: 'The storage of this workspace cannot be opened',
  SQLITE_CORRUPT: 'The storage of this workspace is damaged; restore it from a backup',
  SQLITE_NOTADB: 'The storage of this workspace is damaged; restore it from a backup',
  SQLITE_BUSY: 'The storage of this workspace is in use by another program',
  SQLITE_LOCKED: 'The storage of this workspace is in use by another program',
  SQLITE_PERM: 'The storage of this workspace may not be accessed',
}

/** Extended codes such as `SQLITE_IOERR_WRITE` count as their primary code. */
export function hasSqliteCode(error: unknown, primary: string): boolean {
  if (!(error instanceof Database.SqliteError)) return false
  return error.code === primary || error.code.startsWith(`${primary}_`)
}

/** Gives failures of the storage their meaning; anything else is returned as it came. */
export function asStoreError(error: unknown): unknown {
  if (hasSqliteCode(error, 'SQLITE_FULL')) {
    const message = 'The disk that holds this workspace is full; nothing of this was kept'
    return new EngineError('storage_full', message, { cause: error })
  }
  for (const [code, message] of Object.entries(MESSAGES)) {
    if (hasSqliteCode(error, code)) {
      return new EngineError('store_unavailable', message, { cause: error })
    }
  }
  return asStorageError(error)
}
