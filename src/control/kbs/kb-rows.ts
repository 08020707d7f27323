import type { Kysely, Transaction } from 'kysely'
import type { Static } from 'typebox'
import { workspaceKey } from '../../tenancy/workspace-name.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import { configIn } from '../core/rag-config.ts'
import type { ControlTables, KbRow, TenantRow } from '../database/control-tables.ts'
import { isoTime, isoTimeOrNull } from '../database/iso-time.ts'
import { objectIn } from '../database/json-column.ts'
import { newId } from '../database/opaque-id.ts'
import { permissionsIn, type TenantViewer } from '../tenants/tenant-info.ts'
import type { KbReply } from './kb-schemas.ts'
import { lastUseOf } from './kb-use.ts'

export interface NewKb {
  readonly tenantId: string
  readonly slug: string
  readonly name: string
  readonly description: string
  readonly workspace: string
  readonly isDefault: boolean
  readonly metadata: string
  readonly config: string
  readonly createdBy: string
  readonly at: number
}

/** @throws {ControlError} `slug_taken` */
export async function insertKb(tx: Transaction<ControlTables>, kb: NewKb): Promise<KbRow> {
  const taken = await tx
    .selectFrom('kbs')
    .select('kb_id')
    .where('tenant_id', '=', kb.tenantId)
    .where('slug', '=', kb.slug)
    .executeTakeFirst()
  if (taken !== undefined) {
    throw new ControlError('slug_taken', 'This tenant has a knowledge base with this slug')
  }
  return tx
    .insertInto('kbs')
    .values({
      kb_id: newId('kb'),
      tenant_id: kb.tenantId,
      slug: kb.slug,
      name: kb.name,
      description: kb.description,
      workspace: kb.workspace,
      workspace_key: workspaceKey(kb.workspace),
      status: 'active',
      is_default: kb.isDefault ? 1 : 0,
      metadata: kb.metadata,
      config: kb.config,
      version: 1,
      created_by: kb.createdBy,
      created_at: kb.at,
      updated_at: kb.at,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/**
 * A knowledge base of a tenant, by id or slug.
 *
 * @throws {ControlError} `not_found`
 */
export async function kbBy(
  db: Kysely<ControlTables>,
  tenantId: string,
  ref: string,
): Promise<KbRow> {
  const folded = ref.toLowerCase()
  const row = await db
    .selectFrom('kbs')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where((where) => where.or([where('kb_id', '=', folded), where('slug', '=', folded)]))
    .executeTakeFirst()
  if (row === undefined) throw notFound('knowledge base')
  return row
}

/**
 * The ids of a tenant's knowledge bases that were named by id or slug; null = all.
 *
 * @throws {ControlError} `not_found`
 */
export async function kbIdsOf(
  db: Kysely<ControlTables>,
  tenantId: string,
  refs: readonly string[] | null | undefined,
): Promise<string[] | null> {
  if (refs === null || refs === undefined) return null
  const ids: string[] = []
  for (const ref of refs) ids.push((await kbBy(db, tenantId, ref)).kb_id)
  return ids
}

/** Who looks at a knowledge base, and at which tenant's. */
export interface KbViewer extends TenantViewer {
  readonly tenant: Pick<TenantRow, 'status'>
}

/** A knowledge base as the API shows it. */
export type KbInfo = Readonly<Static<typeof KbReply>>

export async function kbInfo(
  db: Kysely<ControlTables>,
  row: KbRow,
  { tenant, ...viewer }: KbViewer,
): Promise<KbInfo> {
  const { tenant_id: tenantId, kb_id: kbId } = row
  const lastUse = await lastUseOf(db, viewer.userId, { tenantId, kbId })
  const levels = await db
    .selectFrom('levels')
    .select(['kind', 'used'])
    .where('kb_id', '=', row.kb_id)
    .execute()
  const used = (kind: string) => levels.find((level) => level.kind === kind)?.used ?? 0
  return {
    kb_id: row.kb_id,
    tenant_id: row.tenant_id,
    slug: row.slug,
    name: row.name,
    kb_name: row.name,
    description: row.description,
    workspace: row.workspace,
    status: row.status === 'active' ? 'ready' : row.status,
    is_active: row.status === 'active',
    is_default: row.is_default === 1,
    metadata: objectIn(row.metadata),
    config: configIn(row.config),
    version: row.version,
    permissions: permissionsIn(tenant, viewer),
    last_used_at: isoTimeOrNull(lastUse),
    created_at: isoTime(row.created_at),
    updated_at: isoTime(row.updated_at),
    created_by: row.created_by,
    num_documents: used('documents'),
    num_entities: used('entities'),
    num_relations: used('relations'),
    storage_used_mb: used('bytes') / (1024 * 1024),
  }
}
