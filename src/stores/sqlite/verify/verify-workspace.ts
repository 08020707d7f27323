import Database from 'better-sqlite3'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { MIGRATIONS } from '../database/schema.ts'
import { asStoreError } from '../database/sqlite-errors.ts'
import { REINDEX_TABLES } from '../reindex/new-vectors.ts'
import { DOCUMENT_CHECKS } from './document-checks.ts'
import { FULL_TEXT_CHECKS } from './full-text-checks.ts'
import { checkCounters, GENERATION_CHECKS } from './generation-checks.ts'
import { GRAPH_CHECKS } from './graph-checks.ts'
import { isInUse, openReadOnly, schemaVersion } from './open-read-only.ts'
import { REFERENCE_CHECKS } from './reference-checks.ts'
import { runRowCheck } from './row-check.ts'
import { type Besides, schemaDifferences } from './schema-differences.ts'
import { checkStoredFiles, storedNames } from './stored-files.ts'
import { checkFinite, VECTOR_CHECKS } from './vector-checks.ts'
import { type CheckName, type Finding, note, problem } from './verify-finding.ts'

export interface Verification {
  /** Whether a process had it open; then one moment of it was looked at. */
  readonly inUse: boolean
  readonly findings: readonly Finding[]
}

const ROW_CHECKS = [
  ...GENERATION_CHECKS,
  ...REFERENCE_CHECKS,
  ...DOCUMENT_CHECKS,
  ...GRAPH_CHECKS,
  ...VECTOR_CHECKS,
  ...FULL_TEXT_CHECKS,
]

/**
 * Looks whether a workspace is whole. Changes nothing and takes no lock, so it may be in use.
 *
 * @param uploadFolder where the files of uploads are
 */
export async function verifyWorkspace(dir: string, uploadFolder: string): Promise<Verification> {
  const inUse = isInUse(dir)
  try {
    const database = openReadOnly(dir)
    try {
      // One transaction sees one moment, whatever is written beside it.
      database.exec('BEGIN')
      const findings = verifyDatabase(database)
      if (isDamaged(findings)) return { inUse, findings }
      const names = storedNames(database)
      database.exec('COMMIT')
      const files = await checkStoredFiles(names, uploadFolder, (name) =>
        storedNames(database).includes(name),
      )
      return { inUse, findings: [...findings, ...files] }
    } finally {
      database.close()
    }
  } catch (error) {
    return { inUse, findings: [problem('integrity', wordsFor(error))] }
  }
}

/**
 * All but the files, of an open database.
 *
 * @param besides what else may be in the database; by default, the tables of an unfinished reindex
 */
export function verifyDatabase(
  database: Database.Database,
  besides: Besides = { tables: REINDEX_TABLES },
): Finding[] {
  const damage = checkIntegrity(database)
  if (damage.length > 0) return damage
  const version = schemaVersion(database)
  const schema = checkSchema(database, version, besides)
  if (version < MIGRATIONS.length || schema.some(({ level }) => level === 'problem')) return schema
  return [
    ...schema,
    ...guarded('generations', () => checkCounters(database)),
    ...ROW_CHECKS.flatMap((ask) => guarded(ask.check, () => runRowCheck(database, ask))),
    ...guarded('vectors', () => checkFinite(database)),
  ]
}

function isDamaged(findings: readonly Finding[]): boolean {
  return findings.some(({ level, check }) => level === 'problem' && DEEP.includes(check))
}

const DEEP: readonly CheckName[] = ['integrity', 'schema']

function checkIntegrity(database: Database.Database): Finding[] {
  const lines = database.prepare<[], string>('PRAGMA integrity_check(20)').pluck().all()
  return lines.filter((line) => line !== 'ok').map((line) => problem('integrity', line))
}

function checkSchema(database: Database.Database, version: number, besides: Besides): Finding[] {
  const { missing, unknown, altered } = schemaDifferences(database, version, besides)
  const found = [
    ...missing.map((name) => problem('schema', `${name} is missing`)),
    ...unknown.map((name) => problem('schema', `${name} does not belong here`)),
    ...altered.map((name) => problem('schema', `${name} is not what it should be`)),
  ]
  if (version === MIGRATIONS.length) return found
  const old =
    `its schema is of version ${version}; the next opening brings it up to date, and ` +
    'then there is more to verify'
  return [...found, note('schema', old)]
}

/** A table that cannot be read is a finding, and the others are still looked at. */
function guarded(check: CheckName, look: () => Finding[]): Finding[] {
  try {
    return look()
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error
    return [problem(check, `this could not be looked at: ${error.message}`)]
  }
}

function wordsFor(error: unknown): string {
  const known = asStoreError(error)
  if (known instanceof EngineError || known instanceof Database.SqliteError) return known.message
  throw error
}
