import type { Kysely } from 'kysely'
import { digestOf } from '../../tenancy/control-files/secret-digest.ts'
import type { Actor } from '../authority/actor.ts'
import type { Mutation } from '../core/control-core.ts'
import type { ControlTables, OperatorKeyRow } from '../database/control-tables.ts'
import { newId, newSecret } from '../database/opaque-id.ts'

const PREFIX_LENGTH = 11

/**
 * Gives an operator a key, with which programs are let in under their name. The database has its digest.
 *
 * @param keepOld whether the keys that they have go on
 * @returns the key, which is shown once
 */
export async function giveOperatorKey(
  mutation: Mutation,
  actor: Actor,
  userId: string,
  { keepOld }: { readonly keepOld: boolean },
): Promise<string> {
  if (!keepOld) await endOperatorKeys(mutation, actor, userId)
  const key = newSecret('tro')
  const row = {
    key_id: newId('key'),
    user_id: userId,
    prefix: key.slice(0, PREFIX_LENGTH),
    digest: digestOf(key).toString('hex'),
    created_at: mutation.at,
    revoked_at: null,
  }
  await mutation.tx.insertInto('operator_keys').values(row).execute()
  mutation.touch(`user:${userId}`)
  await mutation.record(actor, {
    event: 'operator_key_created',
    subject: userId,
    details: { key: row.key_id },
  })
  return key
}

/** Ends all keys of an operator, from the next request on. */
export async function endOperatorKeys(
  mutation: Mutation,
  actor: Actor,
  userId: string,
): Promise<number> {
  const ended = await mutation.tx
    .updateTable('operator_keys')
    .set({ revoked_at: mutation.at })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .returning('key_id')
    .execute()
  mutation.touch(`user:${userId}`)
  for (const { key_id } of ended) {
    await mutation.record(actor, {
      event: 'operator_key_revoked',
      subject: userId,
      details: { key: key_id },
    })
  }
  return ended.length
}

/** Keys that have not ended. */
export function operatorKeys(db: Kysely<ControlTables>): Promise<OperatorKeyRow[]> {
  return db
    .selectFrom('operator_keys')
    .selectAll()
    .where('revoked_at', 'is', null)
    .orderBy('created_at')
    .execute()
}
