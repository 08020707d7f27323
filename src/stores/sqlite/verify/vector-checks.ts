import type Database from 'better-sqlite3'
import { vectorOf } from '../../../vectors/kernel/vector-values.ts'
import { NO_CHUNK } from '../database/schema.ts'
import { type RowCheck, seen } from './row-check.ts'
import { type Finding, problem } from './verify-finding.ts'

const KINDS = [
  { kind: 'chunk', rows: 'chunks' },
  { kind: 'entity', rows: 'entities' },
  { kind: 'relation', rows: 'relations' },
] as const

/**
 * Every visible row has one vector, unless it is pending or was refused to a chunk, and no vector is
 * without its row.
 */
export const VECTOR_CHECKS: readonly RowCheck[] = KINDS.flatMap(({ kind, rows }): RowCheck[] => {
  const pendingColumn = rows === 'chunks' ? 'AND r.error IS NULL' : 'AND r.owed = 0'
  return [
    wrong(
      `${rows} have no vector`,
      `
      SELECT r.label AS id FROM ${rows} r LEFT JOIN ${kind}_vectors v ON v.label = r.label
      WHERE r.label <> ${NO_CHUNK} AND ${seen('r')} ${pendingColumn} AND v.label IS NULL`,
    ),
    wrong(
      `vectors belong to none of the ${rows}`,
      `
      SELECT v.label AS id FROM ${kind}_vectors v LEFT JOIN ${rows} r ON r.label = v.label
      WHERE r.label IS NULL`,
    ),
    wrong(
      `${rows} have a vector of another dimension`,
      `
      SELECT r.label AS id FROM ${rows} r JOIN ${kind}_vectors v ON v.label = r.label
      WHERE ${seen('r')}
        AND length(v.vector) <> 4 * (SELECT embedding_dimension FROM workspace)`,
    ),
    ...(rows === 'chunks' ? [] : [owing(rows)]),
  ]
})

function owing(rows: string): RowCheck {
  return {
    check: 'vectors',
    level: 'note',
    says: `${rows} are still owed their vector; the server makes it when the model answers`,
    sql: `SELECT r.label AS id FROM ${rows} r WHERE ${seen('r')} AND r.owed = 1`,
  }
}

function wrong(says: string, sql: string): RowCheck {
  return { check: 'vectors', says, sql }
}

/** Every value of a visible vector is a number. */
export function checkFinite(database: Database.Database): Finding[] {
  return KINDS.flatMap(({ kind, rows }) => {
    const bad: number[] = []
    const vectors = database.prepare<[], { label: number; vector: Uint8Array }>(
      `SELECT v.label, v.vector FROM ${kind}_vectors v JOIN ${rows} r ON r.label = v.label
       WHERE ${seen('r')}`,
    )
    for (const { label: vectorId, vector } of vectors.iterate()) {
      if (!vectorOf(vector).every(Number.isFinite)) bad.push(vectorId)
    }
    if (bad.length === 0) return []
    const text = `${bad.length} ${rows} have a vector with a value that is no number`
    return [problem('vectors', `${text}: ${bad.slice(0, 3).join(', ')}`)]
  })
}
