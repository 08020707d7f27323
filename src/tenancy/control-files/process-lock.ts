import { setTimeout as sleep } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { TenancyError } from '../tenancy-error.ts'

const PATIENCE_MS = 10_000
const PAUSE_MS = 5

/**
 * A lock that processes share: an exclusive transaction on a database that holds nothing. The
 * kernel frees it when its process dies, however it dies.
 *
 * Nothing else may open the file: closing any descriptor of it drops the lock.
 */
export class ProcessLock {
  readonly #database: Database.Database

  /** @throws {TenancyError} `control_folder_busy` when the file cannot be made or opened */
  constructor(path: string) {
    try {
      this.#database = new Database(path, { timeout: 0 })
    } catch (error) {
      throw new TenancyError('control_folder_busy', `${path} cannot be opened`, { cause: error })
    }
  }

  /**
   * Runs `work` while no other holder does. Not re-entrant.
   *
   * @throws {TenancyError} `control_folder_busy` when the lock is not free for ten seconds
   */
  async run<R>(work: () => Promise<R>): Promise<R> {
    await this.#acquire()
    try {
      return await work()
    } finally {
      if (this.#database.open) this.#database.exec('ROLLBACK')
    }
  }

  close(): void {
    this.#database.close()
  }

  async #acquire(): Promise<void> {
    const deadline = performance.now() + PATIENCE_MS
    while (!this.#tryAcquire()) {
      if (performance.now() > deadline) {
        throw new TenancyError('control_folder_busy', `${this.#database.name} is locked`)
      }
      await sleep(PAUSE_MS)
    }
  }

  #tryAcquire(): boolean {
    try {
      this.#database.exec('BEGIN EXCLUSIVE')
      return true
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY'
      if (!busy) throw error
      return false
    }
  }
}
