import type { Kysely, Transaction } from 'kysely'
import type { ControlTables, DeletionRow } from './control-tables.ts'

/** Tables with rows of a tenant, those first that others are needed by. */
const OF_TENANT = [
  'invitations',
  'api_keys',
  'provider_secrets',
  'levels',
  'reservations',
  'monthly_calls',
  'usage',
  'cpu_usage',
  'kb_uses',
  'snapshots',
  'memberships',
  'kbs',
  'tenants',
] as const

const OF_KB = [
  'provider_secrets',
  'levels',
  'reservations',
  'usage',
  'cpu_usage',
  'kb_uses',
  'snapshots',
  'kbs',
] as const

type Scope = Pick<DeletionRow, 'tenant_id' | 'kb_id'>

/** Deletes every row of a tenant or knowledge base; acts stay, which hold opaque ids alone. */
export async function purgeRows(
  tx: Transaction<ControlTables>,
  { tenant_id, kb_id }: Scope,
): Promise<void> {
  if (kb_id !== null) {
    for (const table of OF_KB) {
      await tx.deleteFrom(table).where('kb_id', '=', kb_id).execute()
    }
    return
  }
  for (const table of OF_TENANT) {
    await tx.deleteFrom(table).where('tenant_id', '=', tenant_id).execute()
  }
}

/** The tables in which something is left. */
export async function remainsOf(
  db: Kysely<ControlTables>,
  { tenant_id, kb_id }: Scope,
): Promise<string[]> {
  const left: string[] = []
  for (const table of kb_id === null ? OF_TENANT : OF_KB) {
    const row = await db
      .selectFrom(table)
      .select('tenant_id')
      .where('tenant_id', '=', tenant_id)
      .$if(kb_id !== null, (query) => query.where('kb_id', '=', kb_id))
      .limit(1)
      .executeTakeFirst()
    if (row !== undefined) left.push(table)
  }
  return left
}
