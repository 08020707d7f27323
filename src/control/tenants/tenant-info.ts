import type { Kysely } from 'kysely'
import type { Static } from 'typebox'
import type { Role } from '../../tenancy/principal.ts'
import {
  roleAllows,
  TENANT_PERMISSIONS,
  type TenantPermission,
} from '../authority/tenant-permissions.ts'
import { configIn } from '../core/rag-config.ts'
import type { ControlTables, TenantRow } from '../database/control-tables.ts'
import { isoTime, isoTimeOrNull } from '../database/iso-time.ts'
import { objectIn } from '../database/json-column.ts'
import { lastUseOf } from '../kbs/kb-use.ts'
import { type Quota, quotaOf } from '../quotas/quota.ts'
import type { TenantReply } from './tenant-schemas.ts'

/** A tenant as the API shows it. */
export type TenantInfo = Readonly<Static<typeof TenantReply>>

const BYTES_IN_GB = 1024 ** 3

/** Who looks at a tenant. */
export interface TenantViewer {
  readonly role: Role | undefined
  readonly superAdmin: boolean
  /** Undefined for keys and others who are no users here. */
  readonly userId: string | undefined
}

export async function tenantInfo(
  db: Kysely<ControlTables>,
  row: TenantRow,
  viewer: TenantViewer,
  defaults: Quota,
): Promise<TenantInfo> {
  const manages = viewer.superAdmin || (viewer.role && roleAllows(viewer.role, 'tenant:manage'))
  const use = await tenantUse(db, row.tenant_id)
  return {
    tenant_id: row.tenant_id,
    slug: row.slug,
    name: row.name,
    tenant_name: row.name,
    description: row.description,
    status: row.status,
    status_reason: row.status_reason,
    is_active: row.status === 'active',
    metadata: objectIn(row.metadata),
    version: row.version,
    role: viewer.role ?? null,
    permissions: permissionsIn(row, viewer),
    last_used_at: isoTimeOrNull(await lastUseOf(db, viewer.userId, { tenantId: row.tenant_id })),
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
    created_by: row.created_by,
    num_knowledge_bases: use.knowledge_bases,
    num_documents: use.documents,
    storage_used_gb: use.storage_gb,
    ...(manages
      ? {
          config: configIn(row.config),
          quota: quotaOf(row.quota, defaults),
          credit: row.credit,
        }
      : {}),
  }
}

/** What a tenant has, as it was last counted. */
export async function tenantUse(db: Kysely<ControlTables>, tenantId: string) {
  const kbs = await db
    .selectFrom('kbs')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', tenantId)
    .executeTakeFirstOrThrow()
  const levels = await db
    .selectFrom('levels')
    .select((select) => ['kind', select.fn.sum<number>('used').as('used')])
    .where('tenant_id', '=', tenantId)
    .groupBy('kind')
    .execute()
  const used = (kind: string) => Number(levels.find((level) => level.kind === kind)?.used ?? 0)
  return {
    knowledge_bases: kbs.count,
    documents: used('documents'),
    storage_gb: used('bytes') / BYTES_IN_GB,
  }
}

/** What somebody may do in a tenant now: of one that is held back there is only reading. */
export function permissionsIn(
  { status }: Pick<TenantRow, 'status'>,
  { role, superAdmin }: Omit<TenantViewer, 'userId'>,
): TenantPermission[] {
  if (superAdmin) return [...TENANT_PERMISSIONS]
  const own = TENANT_PERMISSIONS.filter((one) => role !== undefined && roleAllows(role, one))
  return status === 'active' ? own : own.filter((one) => one === 'tenant:read')
}
