import { open } from 'node:fs/promises'

/** The file that holds the log of a database. */
export interface LogFile {
  datasync(): Promise<void>
  close(): Promise<void>
}

/**
 * Brings the log of a database to the disk from the thread pool: a slow disk then holds nobody but
 * those who wait for it.
 *
 * A descriptor of its own does no harm here. Closing any descriptor of a file drops the locks that
 * the process holds on it, but SQLite's are on the database and on the index of its log, and none on
 * the log.
 */
export class LogSync {
  readonly #file: LogFile
  #noted = 0
  #synced = 0
  #running: Promise<void> | null = null
  #failure: unknown

  constructor(file: LogFile) {
    this.#file = file
  }

  /** @param database its path; it must have been used, so that its log is there */
  static async of(database: string): Promise<LogSync> {
    return new LogSync(await open(`${database}-wal`, 'r'))
  }

  /** How many commits were noted so far. */
  get noted(): number {
    return this.#noted
  }

  /** What ended a sync early. The kernel forgets then what it had to write, so none may follow. */
  get failure(): unknown {
    return this.#failure
  }

  /** Says that a commit has been written that somebody will wait for. */
  note(): void {
    this.#noted++
  }

  /** Says that all is on the disk by another way, in spite of a failure. */
  mended(): void {
    this.#failure = undefined
    this.#synced = this.#noted
  }

  /** Resolves when every commit noted so far is on the disk. One sync serves all who wait for it. */
  async settle(): Promise<void> {
    const wanted = this.#noted
    while (this.#synced < wanted) {
      if (this.#failure !== undefined) throw this.#failure
      this.#running ??= this.#sync()
      await this.#running
    }
  }

  async close(): Promise<void> {
    await this.settle().catch(() => undefined)
    await this.#file.close()
  }

  async #sync(): Promise<void> {
    const upTo = this.#noted
    try {
      await this.#file.datasync()
      this.#synced = Math.max(this.#synced, upTo)
    } catch (error) {
      this.#failure = error
      throw error
    } finally {
      this.#running = null
    }
  }
}
