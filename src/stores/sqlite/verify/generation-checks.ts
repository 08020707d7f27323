import type Database from 'better-sqlite3'
import { NO_CHUNK } from '../database/schema.ts'
import { NEVER } from '../database/visibility.ts'
import { NOW, type RowCheck, seen } from './row-check.ts'
import { type Finding, problem } from './verify-finding.ts'

const KINDS = ['chunks', 'entities', 'relations'] as const

/** What a generation shows, and what is on its way to the next one. */
export const GENERATION_CHECKS: readonly RowCheck[] = [
  ...KINDS.flatMap((rows): RowCheck[] => [
    wrong(
      `${rows} live in a generation that cannot be`,
      `
      SELECT label AS id FROM ${rows} WHERE born > ${NOW} + 1 OR died <= born
        OR (died > ${NOW} + 1 AND died < ${NEVER})`,
    ),
    {
      check: 'generations',
      level: 'note',
      says: `${rows} are on their way into or out of sight; the next opening settles it`,
      sql: `SELECT label AS id FROM ${rows} WHERE born = ${NOW} + 1 OR died = ${NOW} + 1`,
    },
  ]),
  wrong('entities are visible twice', twice('entities', 'entity')),
  wrong('relations are visible twice', twice('relations', 'pair')),
  wrong(
    'chunks stand twice at one place of a document',
    `
    SELECT min(c.label) AS id FROM chunks c WHERE c.label <> ${NO_CHUNK} AND ${seen('c')}
    GROUP BY c.document, c.ordinal HAVING count(*) > 1`,
  ),
]

function wrong(says: string, sql: string): RowCheck {
  return { check: 'generations', says, sql }
}

function twice(rows: string, key: string): string {
  return `SELECT min(r.label) AS id FROM ${rows} r WHERE ${seen('r')}
    GROUP BY r.${key} HAVING count(*) > 1`
}

interface Counters {
  readonly chunks: number
  readonly entities: number
  readonly relations: number
}

/** The counters that the workspace keeps, against its rows. */
export function checkCounters(database: Database.Database): Finding[] {
  const said = database.prepare<[], Counters>('SELECT * FROM workspace').get()
  if (said === undefined) {
    const empty = database.prepare('SELECT 1 FROM documents LIMIT 1').get() === undefined
    return empty ? [] : [problem('generations', 'the row that says what is visible is missing')]
  }
  return KINDS.flatMap((rows) => {
    const sql = `SELECT count(*) FROM ${rows} r WHERE r.label <> ${NO_CHUNK} AND ${seen('r')}`
    const counted = Number(database.prepare(sql).pluck().get())
    if (counted === said[rows]) return []
    return [problem('generations', `${said[rows]} ${rows} are said to be visible, ${counted} are`)]
  })
}
