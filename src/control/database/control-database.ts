import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { LRUCache } from 'lru-cache'
import { controlFile } from '../../tenancy/control-files/control-folder.ts'
import { ControlError } from '../core/control-error.ts'
import type { ControlTables } from './control-tables.ts'
import { migrate } from './migrations.ts'

const STATEMENTS_KEPT = 300

/** Where the control database of a storage folder is. */
export function controlDatabasePath(root: string): string {
  return controlFile(root, 'control.db')
}

/** The one connection to the control database; what it commits is on disk. */
export class ControlDatabase {
  readonly db: Kysely<ControlTables>
  readonly #sqlite: Database.Database
  readonly #dataVersion: Database.Statement<[]>

  private constructor(sqlite: Database.Database) {
    this.#sqlite = sqlite
    this.#dataVersion = sqlite.prepare<[]>('PRAGMA data_version').pluck()
    this.db = new Kysely({ dialect: new SqliteDialect({ database: connectionOf(sqlite) }) })
  }

  /**
   * Opens the database, making it when need be, and brings it to this release.
   *
   * @throws {ControlError} `database_unusable`
   */
  static async open(path: string): Promise<ControlDatabase> {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    const sqlite = opened(path)
    try {
      sqlite.pragma('journal_mode = WAL')
      sqlite.pragma('synchronous = FULL')
      sqlite.pragma('foreign_keys = ON')
      // What was deleted is not to be found in free pages.
      sqlite.pragma('secure_delete = ON')
      sqlite.pragma('journal_size_limit = 67108864')
      const database = new ControlDatabase(sqlite)
      await migrate(database.db)
      return database
    } catch (error) {
      sqlite.close()
      throw unusable(error)
    }
  }

  /** Changes when another connection, as of a command, has written to the database. */
  foreignVersion(): number {
    return Number(this.#dataVersion.get())
  }

  /** Empties the log, in which older versions of pages stand. */
  clearLog(): void {
    this.#sqlite.pragma('wal_checkpoint(TRUNCATE)')
  }

  async close(): Promise<void> {
    await this.db.destroy()
  }
}

function opened(path: string): Database.Database {
  try {
    return new Database(path, { timeout: 10_000 })
  } catch (error) {
    throw unusable(error)
  }
}

function unusable(cause: unknown): ControlError {
  if (cause instanceof ControlError) return cause
  return new ControlError('database_unusable', 'The control database cannot be opened', { cause })
}

/** What Kysely needs of a connection, each statement prepared once. */
function connectionOf(sqlite: Database.Database) {
  const statements = new LRUCache<string, Database.Statement>({ max: STATEMENTS_KEPT })
  return {
    prepare(text: string) {
      // A transaction that began by reading cannot be made to write when another process has.
      let sql = text === 'begin' ? 'begin immediate' : text
      // Some errors, such as a full disk, have ended the transaction already; they are to be told.
      if (text === 'rollback' && !sqlite.inTransaction) sql = 'select 1 where 0'
      const known = statements.get(sql)
      if (known !== undefined) return known
      const statement = sqlite.prepare(sql)
      // Statements that change the schema are never asked again.
      if (!/^(create|alter|drop)\b/i.test(sql)) statements.set(sql, statement)
      return statement
    },
    close: () => sqlite.close(),
  }
}
