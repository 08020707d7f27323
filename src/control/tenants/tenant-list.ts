import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Actor } from '../authority/actor.ts'
import { roleIn } from '../authority/tenant-permissions.ts'
import type { ControlTables } from '../database/control-tables.ts'
import { holdsText, type Page, type PageQuery, pageIn } from '../database/page.ts'
import type { Quota } from '../quotas/quota.ts'
import type { QuotaLedger } from '../quotas/quota-ledger.ts'
import type { ListSort } from '../wire/wire-schemas.ts'
import { type TenantInfo, tenantInfo } from './tenant-info.ts'

export interface TenantListing extends PageQuery {
  readonly search?: string | undefined
  /** Only those of which the caller is a member. */
  readonly mine?: boolean | undefined
  readonly sort?: ListSort | undefined
}

/** A page of tenants, newest first unless asked for otherwise; what is being deleted is left out. */
export async function listTenants(
  db: Kysely<ControlTables>,
  actor: Actor,
  query: TenantListing,
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
    rows = rows.where(holdsText(['tenants.name', 'tenants.description'], query.search))
  }
  const { sort = 'created' } = query
  const at = PLACES[sort](memberId)
  const page = await pageIn(
    rows.selectAll('tenants').select('memberships.role').select(at.as('place')),
    query,
    {
      at,
      id: 'tenants.tenant_id',
      direction: sort === 'name' ? 'asc' : 'desc',
      total: all && !query.search ? await countOfAll(db) : undefined,
      item: ({ place: _, ...row }) => row,
      positionOf: (row) => ({ at: row.place, id: row.tenant_id }),
    },
  )
  const items: TenantInfo[] = []
  for (const { role, ...row } of page.items) {
    const own = actor.key?.role ?? (role === null ? undefined : roleIn(role))
    await levels?.refreshActiveOf(row.tenant_id)
    items.push(await tenantInfo(db, row, { ...actor, role: own }, defaults))
  }
  return { ...page, items }
}

/** What tenants are ordered by. */
const PLACES: Readonly<Record<ListSort, (userId: string) => RawBuilder<number | string>>> = {
  created: () => sql`tenants.created_at`,
  name: () => sql`lower(tenants.name)`,
  last_used: (userId) => sql`(SELECT coalesce(max(u.last_used_at), 0) FROM kb_uses u
    WHERE u.user_id = ${userId} AND u.tenant_id = tenants.tenant_id)`,
}

async function countOfAll(db: Kysely<ControlTables>): Promise<number> {
  const row = await db
    .selectFrom('counters')
    .select('value')
    .where('name', '=', 'tenants')
    .executeTakeFirstOrThrow()
  return row.value
}
