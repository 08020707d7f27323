import type { Kysely } from 'kysely'
import type { ControlTables } from '../database/control-tables.ts'

/** Which of these tenants are still there: what is counted in memory may outlive one. */
export async function tenantsStillThere(
  db: Kysely<ControlTables>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db
    .selectFrom('tenants')
    .select('tenant_id')
    .where('tenant_id', 'in', ids)
    .execute()
  return new Set(rows.map(({ tenant_id }) => tenant_id))
}

/** The same of knowledge bases. */
export async function kbsStillThere(
  db: Kysely<ControlTables>,
  ids: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.selectFrom('kbs').select('kb_id').where('kb_id', 'in', ids).execute()
  return new Set(rows.map(({ kb_id }) => kb_id))
}
