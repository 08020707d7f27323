import type Database from 'better-sqlite3'
import { NEVER } from '../database/visibility.ts'
import type { CheckName, Finding } from './verify-finding.ts'

/** A question to the tables whose answer should be empty. */
export interface RowCheck {
  readonly check: CheckName
  readonly level?: Finding['level']
  /** Said of what is found, behind its number: `chunks have no text`. */
  readonly says: string
  /** Yields a column `id`, one row for each. */
  readonly sql: string
}

const EXAMPLES = 3

/** The published generation. */
export const NOW = '(SELECT generation FROM workspace)'

/** SQL condition: a versioned row is visible. */
export function seen(alias: string): string {
  return `${alias}.born <= ${NOW} AND ${alias}.died > ${NOW}`
}

/** SQL condition: a fragment of a chunk is visible. */
export function fragmentSeen(fragment: string, chunk: string): string {
  return (
    `${fragment}.born <= ${NOW} AND coalesce(${fragment}.died, ${NEVER}) > ${NOW} ` +
    `AND ${seen(chunk)}`
  )
}

/** Asks, and words what is found. */
export function runRowCheck(database: Database.Database, ask: RowCheck): Finding[] {
  const statement = database.prepare<[], { id: string | number }>(ask.sql)
  const examples: string[] = []
  let count = 0
  for (const { id } of statement.iterate()) {
    count++
    if (examples.length < EXAMPLES) examples.push(String(id).slice(0, 80))
  }
  if (count === 0) return []
  const more = count > EXAMPLES ? ', …' : ''
  const text = `${count} ${ask.says}: ${examples.join(', ')}${more}`
  return [{ level: ask.level ?? 'problem', check: ask.check, text }]
}
