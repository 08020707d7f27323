import type { Checkpointer } from './checkpointer.ts'

/** In pages: the 4 MB after which SQLite itself would make a checkpoint. */
const DUE_PAGES = 500
/** Whoever writes on when there are more waits for the checkpoint: 16 MB. */
const MOST_PAGES = 2048
/** How often: others may write while a checkpoint runs, and only a whole one lets the log begin anew. */
const ATTEMPTS = 2
/** What is worth a thread when a store closes. */
const WORTH_A_THREAD = 128

/** How long a log is, in pages, and how many of them the database has. */
export interface LogLength {
  readonly log: number
  readonly checkpointed: number
}

interface LoggedDatabase {
  readonly path: string
  readonly length: () => LogLength
  /** Lets SQLite make checkpoints within commits, as it does by default. */
  readonly checkpointInCommits: () => void
}

/**
 * Sees to it that the log of an open database stays short, with checkpoints beside the event loop.
 *
 * What has not been copied stands in the log, so a crash loses nothing at any time.
 */
export class LogCheckpoints {
  readonly #database: LoggedDatabase
  readonly #thread: Checkpointer
  #running: Promise<void> | null = null
  /** Length of the log when the last checkpoint began. */
  #seen = 0

  constructor(database: LoggedDatabase, thread: Checkpointer) {
    this.#database = database
    this.#thread = thread
  }

  /** Call this after each commit. */
  committed(): void {
    if (this.#running !== null) return
    const { log } = this.#database.length()
    if (log < this.#seen) this.#seen = 0
    if (log - this.#seen >= DUE_PAGES) void this.#start(log)
  }

  /** Resolves when the log is short enough for more, or the disk cannot make it so. */
  async room(): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { log, checkpointed } = this.#database.length()
      if (log <= MOST_PAGES || checkpointed === log) return
      await (this.#running ?? this.#start(log))
    }
  }

  /** Copies what has been written so far. */
  async now(): Promise<void> {
    await this.#running
    const { log, checkpointed } = this.#database.length()
    if (log !== checkpointed) await this.#start(log)
  }

  /** Copies what is left; nothing may be written any more. What fails is read at the next opening. */
  async close(): Promise<void> {
    await this.#running
    const { log, checkpointed } = this.#database.length()
    if (log === checkpointed || !(this.#thread.isReady || log >= WORTH_A_THREAD)) return
    await this.#thread.checkpoint(this.#database.path, 'TRUNCATE').catch(() => undefined)
  }

  #start(log: number): Promise<void> {
    this.#seen = log
    this.#running = this.#thread
      .checkpoint(this.#database.path, 'PASSIVE')
      // Slower, but it needs no thread, and a commit meets the same disk.
      .catch(() => this.#database.checkpointInCommits())
      .finally(() => {
        this.#running = null
      })
    return this.#running
  }
}
