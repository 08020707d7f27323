import { type Kysely, sql } from 'kysely'
import type { Actor } from '../authority/actor.ts'
import { roleIn } from '../authority/tenant-permissions.ts'
import type { ControlTables } from '../database/control-tables.ts'
import { type Page, type PageQuery, pageIn } from '../database/page.ts'
import type { Quota } from '../quotas/quota.ts'
import type { QuotaLedger } from '../quotas/quota-ledger.ts'
import { type TenantInfo, tenantInfo } from './tenant-info.ts'

/** A page of tenants, newest first; what is being deleted is left out. */
export async function listTenants(
  db: Kysely<ControlTables>,
  actor: Actor,
  query: PageQuery & { readonly search?: string | undefined; readonly mine?: boolean },
  {
    defaults,
    levels,
  }: {
    readonly defaults: Quota
    readonly levels: Pick<QuotaLedger, 'refreshActiveOf'> | undefined
  },
): Promise<Page<TenantInfo>> {
  const all = actor.superAdmin && query.mine !== true
  const memberId = actor.userId ?? ''
  let rows = db
    .selectFrom('tenants')
    .leftJoin('memberships', (join) =>
      join
        .onRef('memberships.tenant_id', '=', 'tenants.tenant_id')
        .on('memberships.user_id', '=', memberId),
    )
    .where('tenants.status', '!=', 'deleting')
  if (!all) {
    rows =
      actor.key === undefined
        ? rows.where('tenants.tenant_id', 'in', (select) =>
            select
              .selectFrom('memberships')
              .select('memberships.tenant_id')
              .where('memberships.user_id', '=', memberId),
          )
        : rows.where('tenants.tenant_id', '=', actor.key.tenantId)
  }
  if (query.search) {
    const text = query.search.toLowerCase()
    rows = rows.where(
      sql<boolean>`instr(lower(tenants.name || char(10) || tenants.description), ${text}) > 0`,
    )
  }
  const page = await pageIn(rows.selectAll('tenants').select('memberships.role'), query, {
    at: 'tenants.created_at',
    id: 'tenants.tenant_id',
    direction: 'desc',
    total: all && !query.search ? await countOfAll(db) : undefined,
    item: (row) => row,
    positionOf: (row) => ({ at: row.created_at, id: row.tenant_id }),
  })
  const items: TenantInfo[] = []
  for (const { role, ...row } of page.items) {
    const own = actor.key?.role ?? (role === null ? undefined : roleIn(role))
    await levels?.refreshActiveOf(row.tenant_id)
    items.push(await tenantInfo(db, row, { role: own, superAdmin: actor.superAdmin }, defaults))
  }
  return { ...page, items }
}

async function countOfAll(db: Kysely<ControlTables>): Promise<number> {
  const row = await db
    .selectFrom('counters')
    .select('value')
    .where('name', '=', 'tenants')
    .executeTakeFirstOrThrow()
  return row.value
}
