import type Database from 'better-sqlite3'

export type Value = string | number | null | Uint8Array

/**
 * One SQLite connection. Every statement is prepared once and kept until the connection closes.
 *
 * Rows are typed by the caller: what a statement yields is known from its text.
 */
export class Connection {
  readonly #database: Database.Database
  readonly #statements = new Map<string, Database.Statement<Value[]>>()

  constructor(database: Database.Database) {
    this.#database = database
  }

  get<Row>(sql: string, ...values: Value[]): Row | undefined {
    return this.#prepared(sql).get(...values) as Row | undefined
  }

  all<Row>(sql: string, ...values: Value[]): Row[] {
    return this.#prepared(sql).all(...values) as Row[]
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

  /** One transaction that is written and synced when this returns. */
  durably<T>(work: () => T): T {
    this.run('BEGIN IMMEDIATE')
    try {
      const result = work()
      this.run('COMMIT')
      return result
    } catch (error) {
      // Some errors, such as a full disk, have ended the transaction already.
      if (this.#database.inTransaction) this.run('ROLLBACK')
      throw error
    }
  }

  /**
   * One transaction that outlives this process but not a power cut, unless a durable one follows:
   * syncing the log syncs all that stands before.
   */
  relaxed<T>(work: () => T): T {
    this.#database.pragma('synchronous = NORMAL')
    try {
      return this.durably(work)
    } finally {
      this.#database.pragma('synchronous = FULL')
    }
  }

  close(): void {
    this.#statements.clear()
    this.#database.close()
  }

  #prepared(sql: string): Database.Statement<Value[]> {
    const known = this.#statements.get(sql)
    if (known !== undefined) return known
    const statement = this.#database.prepare<Value[]>(sql)
    this.#statements.set(sql, statement)
    return statement
  }
}
