import type { Kysely, Transaction } from 'kysely'
import { workspaceKey } from '../../tenancy/workspace-name.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import type { ControlTables, KbRow } from '../database/control-tables.ts'
import { newId } from '../database/opaque-id.ts'

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
