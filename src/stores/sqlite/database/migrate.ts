import type Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { keptName } from '../../../engine/text/kept-name.ts'
import { nameKey } from '../../../engine/text/name-key.ts'
import { foldsAnew } from '../tables/folded-forms.ts'
import { indexableText } from './indexable-text.ts'
import { MIGRATIONS } from './schema.ts'

/** What migrations call. */
const FORMS: Readonly<Record<string, (text: string) => string | number>> = {
  indexable_text: indexableText,
  kept_label: keptName,
  name_key: nameKey,
  folds_anew: (text) => Number(foldsAnew(text)),
}

/**
 * Brings the schema up to date, one transaction a version; a new database gets all of it in one.
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
  for (const [name, form] of Object.entries(FORMS)) {
    database.function(name, { deterministic: true }, (text) => form(String(text)))
  }
  const lead = (index: number) => {
    database.exec(migrations[index] ?? '')
    database.pragma(`user_version = ${index + 1}`)
  }
  const left = [...migrations.keys()].slice(version)
  const leadFar = database.transaction((some: readonly number[]) => some.forEach(lead))
  // Of a new database each version would be synced by itself, and nothing can be lost of it.
  if (version === 0) leadFar(left)
  else for (const index of left) leadFar([index])
}

/** Whether an earlier version of this program wrote this database. */
export function isOlder(database: Database.Database): boolean {
  const version = Number(database.pragma('user_version', { simple: true }))
  return version > 0 && version < MIGRATIONS.length
}
