import type { Kysely } from 'kysely'
import type { Role, WorkspaceGrant } from '../../tenancy/principal.ts'
import { roleIn } from '../authority/tenant-permissions.ts'
import type { ControlTables } from './control-tables.ts'
import { idsIn } from './json-column.ts'

interface HeldRow {
  readonly tenant_id: string
  readonly tenant_slug: string
  readonly tenant_status: string
  readonly kb_id: string
  readonly kb_slug: string
  readonly workspace: string
  readonly is_default: number
}

const HELD = [
  'tenants.tenant_id',
  'tenants.slug as tenant_slug',
  'tenants.status as tenant_status',
  'kbs.kb_id',
  'kbs.slug as kb_slug',
  'kbs.workspace',
  'kbs.is_default',
] as const

/** What a user holds as a member, the oldest membership first. */
export async function grantsOfUser(
  db: Kysely<ControlTables>,
  userId: string,
): Promise<WorkspaceGrant[]> {
  const rows = await db
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .innerJoin('kbs', 'kbs.tenant_id', 'tenants.tenant_id')
    .select([...HELD, 'memberships.role', 'memberships.kb_ids'])
    .where('memberships.user_id', '=', userId)
    .where('tenants.status', '!=', 'deleting')
    .where('kbs.status', '=', 'active')
    .orderBy('memberships.created_at')
    .orderBy('memberships.tenant_id')
    .orderBy('kbs.created_at')
    .execute()
  return rows
    .filter((row) => idsIn(row.kb_ids)?.includes(row.kb_id) !== false)
    .map((row) => grantOf(row, roleIn(row.role)))
}

/** Ids of the tenants a user is a member of, whatever their state. */
export async function tenantsOfUser(
  db: Kysely<ControlTables>,
  userId: string,
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('memberships')
    .select('tenant_id')
    .where('user_id', '=', userId)
    .execute()
  return rows.map(({ tenant_id }) => tenant_id)
}

/** What there is in a tenant, for somebody of one role. */
export async function grantsInTenant(
  db: Kysely<ControlTables>,
  tenantId: string,
  role: Role,
  kbIds?: readonly string[],
): Promise<WorkspaceGrant[]> {
  const rows = await db
    .selectFrom('tenants')
    .innerJoin('kbs', 'kbs.tenant_id', 'tenants.tenant_id')
    .select(HELD)
    .where('tenants.tenant_id', '=', tenantId)
    .where('tenants.status', '!=', 'deleting')
    .where('kbs.status', '=', 'active')
    .orderBy('kbs.created_at')
    .execute()
  return rows.filter((row) => kbIds?.includes(row.kb_id) !== false).map((row) => grantOf(row, role))
}

function grantOf(row: HeldRow, role: Role): WorkspaceGrant {
  return Object.freeze({
    workspace: row.workspace,
    tenant: { id: row.tenant_id, slug: row.tenant_slug },
    kb: { id: row.kb_id, slug: row.kb_slug, isDefault: row.is_default === 1 },
    role,
    suspended: row.tenant_status !== 'active',
  })
}
