import type { Kysely } from 'kysely'
import { notFound } from './control-error.ts'
import type { ControlTables, UserRow } from './control-tables.ts'

/** Names and addresses are one when they are one case-folded. */
export function foldedKey(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/**
 * A user by id, else by name, else by address.
 *
 * @throws {ControlError} `not_found`
 */
export async function userBy(db: Kysely<ControlTables>, ref: string): Promise<UserRow> {
  const key = foldedKey(ref)
  for (const column of ['user_id', 'username_key', 'email_key'] as const) {
    const row = await db
      .selectFrom('users')
      .selectAll()
      .where(column, '=', column === 'user_id' ? ref : key)
      .executeTakeFirst()
    if (row !== undefined) return row
  }
  throw notFound('user')
}
