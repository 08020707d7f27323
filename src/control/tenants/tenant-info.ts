import type { Kysely } from 'kysely'
import type { Role } from '../../tenancy/principal.ts'
import { roleAllows } from '../authority/tenant-permissions.ts'
import { configIn, type RagConfig } from '../core/rag-config.ts'
import type { ControlTables, TenantRow } from '../database/control-tables.ts'
import { isoTime } from '../database/iso-time.ts'
import { type JsonObject, objectIn } from '../database/json-column.ts'
import { type Quota, quotaOf } from '../quotas/quota.ts'

/** A tenant as the API shows it. */
export interface TenantInfo {
  readonly tenant_id: string
  readonly slug: string
  readonly name: string
  readonly tenant_name: string
  readonly description: string
  readonly status: string
  readonly status_reason: string | null
  readonly is_active: boolean
  readonly metadata: JsonObject
  readonly version: number
  /** The caller's own; null for a super admin who is no member. */
  readonly role: Role | null
  readonly created_at: string
  readonly updated_at: string
  readonly created_by: string
  readonly num_knowledge_bases: number
  readonly num_documents: number
  readonly storage_used_gb: number
  /** For who may manage the tenant. */
  readonly config?: RagConfig
  readonly quota?: Quota
  readonly credit?: number | null
}

const BYTES_IN_GB = 1024 ** 3

export async function tenantInfo(
  db: Kysely<ControlTables>,
  row: TenantRow,
  viewer: { readonly role: Role | undefined; readonly superAdmin: boolean },
  defaults: Quota,
): Promise<TenantInfo> {
  const manages = viewer.superAdmin || (viewer.role && roleAllows(viewer.role, 'tenant:manage'))
  const kbs = await db
    .selectFrom('kbs')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', row.tenant_id)
    .executeTakeFirstOrThrow()
  const levels = await db
    .selectFrom('levels')
    .select((select) => ['kind', select.fn.sum<number>('used').as('used')])
    .where('tenant_id', '=', row.tenant_id)
    .groupBy('kind')
    .execute()
  const used = (kind: string) => Number(levels.find((level) => level.kind === kind)?.used ?? 0)
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
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
    created_by: row.created_by,
    num_knowledge_bases: kbs.count,
    num_documents: used('documents'),
    storage_used_gb: used('bytes') / BYTES_IN_GB,
    ...(manages
      ? {
          config: configIn(row.config),
          quota: quotaOf(row.quota, defaults),
          credit: row.credit,
        }
      : {}),
  }
}
