import type Database from 'better-sqlite3'
import { EngineError } from '../../engine/errors.ts'
import { indexableText } from './indexable-text.ts'
import { MIGRATIONS } from './schema.ts'

/**
 * Brings the schema up to date, one transaction a version.
 *
 * @throws {EngineError} `store_unavailable` when a newer program wrote this database
 */
export function migrate(database: Database.Database, migrations = MIGRATIONS): void {
  const version = Number(database.pragma('user_version', { simple: true }))
  if (version > migrations.length) {
    throw new EngineError(
      'store_unavailable',
      `This workspace was written by a newer version (schema ${version}, this version knows ` +
        `${migrations.length}); upgrade the server`,
    )
  }
  database.function('indexable_text', { deterministic: true }, (text) =>
    indexableText(String(text)),
  )
  for (const [index, sql] of migrations.entries()) {
    if (index < version) continue
    database.transaction(() => {
      database.exec(sql)
      database.pragma(`user_version = ${index + 1}`)
    })()
  }
}
