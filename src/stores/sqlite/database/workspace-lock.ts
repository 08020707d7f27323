import { join } from 'node:path'
import Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { hasSqliteCode } from './sqlite-errors.ts'

/**
 * Keeps a workspace to one store at a time, across processes. The kernel frees it when the process
 * dies, however it dies.
 *
 * Nothing else may open `lock.db`: closing any descriptor of a file drops the POSIX locks that the
 * whole process holds on it.
 */
export class WorkspaceLock {
  readonly #database: Database.Database

  private constructor(database: Database.Database) {
    this.#database = database
  }

  /** @throws {EngineError} `workspace_locked` when a store of this folder is open */
  static acquire(dir: string): WorkspaceLock {
    const database = new Database(join(dir, 'lock.db'), { timeout: 0 })
    try {
      database.exec('BEGIN EXCLUSIVE')
    } catch (error) {
      database.close()
      if (!hasSqliteCode(error, 'SQLITE_BUSY')) throw error
      throw new EngineError('workspace_locked', 'This workspace is open elsewhere', {
        cause: error,
      })
    }
    return new WorkspaceLock(database)
  }

  release(): void {
    this.#database.close()
  }
}
