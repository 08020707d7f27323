import type { Kysely } from 'kysely'
import { notFound } from '../core/control-error.ts'
import type { ControlTables, UserRow } from './control-tables.ts'

/** Names and addresses are one when they are one case-folded. */
export function foldedKey(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/** Whether this can be the id of a user; no name begins like one. */
export function isUserId(ref: string): boolean {
  return ref.startsWith('usr_')
}

/**
 * A user by id, else by name, else by address.
 *
 * @throws {ControlError} `not_found`
 */
export async function userBy(db: Kysely<ControlTables>, ref: string): Promise<UserRow> {
  const row = await userOrNone(db, ref)
  if (row === undefined) throw notFound('user')
  return row
}

/** The same; undefined when there is none. */
export async function userOrNone(
  db: Kysely<ControlTables>,
  ref: string,
): Promise<UserRow | undefined> {
  const key = foldedKey(ref)
  for (const column of ['user_id', 'username_key', 'email_key'] as const) {
    const row = await db
      .selectFrom('users')
      .selectAll()
      .where(column, '=', column === 'user_id' ? ref : key)
      .executeTakeFirst()
    if (row !== undefined) return row
  }
  return undefined
}
