import Database from 'better-sqlite3'
import { migrate } from '../database/migrate.ts'
import { MIGRATIONS } from '../database/schema.ts'

/** How a schema differs from the one that its version should have; names of objects. */
export interface SchemaDifferences {
  readonly missing: readonly string[]
  readonly unknown: readonly string[]
  readonly altered: readonly string[]
}

/** What may stand beside the tables of a workspace. */
export interface Besides {
  /** Statements that make tables which must be there. */
  readonly statements?: string
  /** Names of tables that may be there. */
  readonly tables?: readonly string[]
}

/**
 * Compares every table, index, view and trigger with what the migrations make. A trigger that
 * somebody planted would otherwise run with the next change.
 *
 * @param version that of the schema, one of those this program knows
 */
export function schemaDifferences(
  database: Database.Database,
  version: number,
  besides: Besides = {},
): SchemaDifferences {
  const wanted = expectedSchema(version, besides.statements ?? '')
  const found = objectsOf(database)
  const mayBe = (name: string) =>
    besides.tables?.includes(name) === true && found.get(name)?.startsWith('table CREATE TABLE')
  return {
    missing: [...wanted.keys()].filter((name) => !found.has(name)),
    unknown: [...found.keys()].filter((name) => !wanted.has(name) && mayBe(name) !== true),
    altered: [...wanted].flatMap(([name, sql]) =>
      found.has(name) && found.get(name) !== sql ? [name] : [],
    ),
  }
}

function expectedSchema(version: number, statements: string): Map<string, string> {
  const model = new Database(':memory:')
  try {
    migrate(model, MIGRATIONS.slice(0, version))
    model.exec(statements)
    return objectsOf(model)
  } finally {
    model.close()
  }
}

function objectsOf(database: Database.Database): Map<string, string> {
  const rows = database
    .prepare<[], { type: string; name: string; sql: string | null }>(
      `SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
    )
    .all()
  // A table that was renamed has its name in quotes.
  return new Map(rows.map(({ type, name, sql }) => [name, `${type} ${sql?.replaceAll('"', '')}`]))
}
