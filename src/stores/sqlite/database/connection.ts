import { statSync } from 'node:fs'
import type Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { comeBack } from '../../../engine/work/announced-work.ts'
import type { Checkpointer } from './checkpointer.ts'
import { LogCheckpoints, type LogLength } from './log-checkpoints.ts'
import type { LogSync } from './log-sync.ts'

/**
 * Ends a statement that takes the number of its rows. Of a parameter that stands here by itself SQLite
 * would look at the value, and plan the statement anew each time it is run.
 */
export const LIMIT = 'LIMIT ? + 0'

/** As many bytes as by SQLite's own default. */
const AUTO_CHECKPOINT_PAGES = 500

export type Value = string | number | null | Uint8Array

/**
 * One SQLite connection. Every statement is prepared once and kept until the connection closes.
 *
 * Rows are typed by the caller: what a statement yields is known from its text.
 */
export class Connection {
  readonly #database: Database.Database
  /** The file as it was opened; null when nobody could see it. */
  readonly #file: string | null
  readonly #inode: number | null
  readonly #statements = new Map<string, Database.Statement<Value[]>>()
  readonly #rawStatements = new Map<string, Database.Statement<Value[]>>()
  #log: LogSync | null = null
  #checkpoints: LogCheckpoints | null = null

  constructor(database: Database.Database) {
    this.#database = database
    this.#file = database.memory ? null : database.name
    this.#inode = inodeOf(this.#file)
  }

  /** Of the file, for a connection of another thread; null when nobody else could open it. */
  get path(): string | null {
    return this.#file
  }

  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.#prepared(sql).get(...values) as Row | undefined
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.#prepared(sql).all(...values) as Row[]
  }

  /** Like {@link all}, each row as its bare values: for many rows, which take half as long so. */
  rows<Row extends readonly Value[]>(sql: string, ...values: Value[]): Row[] {
    return this.#prepared(sql, true).all(...values) as unknown as Row[]
  }

  /** Returns how many rows changed. */
  run(sql: string, ...values: Value[]): number {
    return this.#prepared(sql).run(...values).changes
  }

  /** Returns the row id of the new row. */
  insert(sql: string, ...values: Value[]): number {
    return Number(this.#prepared(sql).run(...values).lastInsertRowid)
  }

  pragma<T>(source: string): T {
    return this.#database.pragma(source, { simple: true }) as T
  }

  /** Moves so many pages from the end of the file into free places; see `PRAGMA auto_vacuum`. */
  takePagesOff(most: number): void {
    // Each page is a step of the statement: whoever takes but the first one moves one page.
    this.#database.pragma(`incremental_vacuum(${most})`)
  }

  /**
   * Lets durable transactions be synced beside the event loop from now on: they are on the disk when
   * {@link synced} has resolved. The log is copied into the database beside the event loop too.
   */
  syncBy(log: LogSync, checkpointer: Checkpointer): void {
    this.#database.pragma('synchronous = NORMAL')
    this.#database.pragma('wal_autocheckpoint = 0')
    this.#log = log
    this.#checkpoints = new LogCheckpoints(
      {
        path: this.#database.name,
        length: () => this.logLength(),
        checkpointInCommits: () => this.#checkpointInCommits(),
      },
      checkpointer,
    )
  }

  /** Durable transactions are synced on the way again; to be called before {@link close}. */
  async endSync(): Promise<void> {
    const [log, checkpoints] = [this.#log, this.#checkpoints]
    this.#checkpoints = null
    await log?.close()
    await checkpoints?.close()
    this.#log = null
    this.#database.pragma('synchronous = FULL')
  }

  /** Looks, and copies nothing. */
  logLength(): LogLength {
    return this.get<LogLength>('PRAGMA wal_checkpoint(NOOP)') ?? { log: 0, checkpointed: 0 }
  }

  /** Resolves when the log is short enough to write more into it. For long work, between its steps. */
  async roomInLog(): Promise<void> {
    await this.#checkpoints?.room()
  }

  /** Copies the log into the database beside the event loop, which also cuts off freed pages. */
  async checkpoint(): Promise<void> {
    await this.#checkpoints?.now()
  }

  /** How many durable transactions wait for {@link synced} or have done so. */
  get noted(): number {
    return this.#log?.noted ?? 0
  }

  /** Resolves when every durable transaction so far is on the disk. */
  async synced(): Promise<void> {
    try {
      if (this.#log !== null) await comeBack(this.#log.settle())
    } catch (cause) {
      throw unkept(cause)
    }
  }

  /** One transaction that is written when this returns, and synced unless {@link syncBy} was called. */
  durably<T>(work: () => T): T {
    this.#mendLog()
    const result = this.#transaction(work)
    this.#log?.note()
    return result
  }

  /**
   * One transaction that outlives this process but not a power cut, unless a durable one follows:
   * syncing the log syncs all that stands before.
   */
  relaxed<T>(work: () => T): T {
    if (this.#log !== null) return this.#transaction(work)
    this.#database.pragma('synchronous = NORMAL')
    try {
      return this.#transaction(work)
    } finally {
      this.#database.pragma('synchronous = FULL')
    }
  }

  #transaction<T>(work: () => T): T {
    this.#refuseIfMoved()
    this.run('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.run('COMMIT')
      this.#checkpoints?.committed()
      return result
    } catch (error) {
      // Some errors, such as a full disk, have ended the transaction already.
      if (this.#database.inTransaction) this.run('ROLLBACK')
      throw error
    }
  }

  #checkpointInCommits(): void {
    this.#checkpoints = null
    this.#database.pragma(`wal_autocheckpoint = ${AUTO_CHECKPOINT_PAGES}`)
  }

  /** After a failed sync the log is copied into the database as a whole, or nothing is taken in. */
  #mendLog(): void {
    const failure = this.#log?.failure
    if (failure === undefined) return
    if (this.pragma<number>('wal_checkpoint(TRUNCATE)') !== 0) throw unkept(failure)
    this.#log?.mended()
  }

  /** What is written into a file that has lost its place would be acknowledged, and gone. */
  #refuseIfMoved(): void {
    if (this.#inode === null || inodeOf(this.#file) === this.#inode) return
    throw new EngineError(
      'store_unavailable',
      'The folder of this workspace is gone or was replaced',
    )
  }

  close(): void {
    this.#statements.clear()
    this.#rawStatements.clear()
    this.#database.close()
  }

  #prepared(sql: string, raw = false): Database.Statement<Value[]> {
    const kept = raw ? this.#rawStatements : this.#statements
    const known = kept.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare<Value[]>(sql)
    if (raw) statement.raw()
    kept.set(sql, statement)
    return statement
  }
}

function unkept(cause: unknown): EngineError {
  const message = 'The storage of this workspace failed to keep what was written'
  return new EngineError('store_unavailable', message, { cause })
}

/** Looks without opening: closing a second descriptor would drop the locks on the file. */
function inodeOf(file: string | null): number | null {
  return file === null ? null : (statSync(file, { throwIfNoEntry: false })?.ino ?? null)
}
