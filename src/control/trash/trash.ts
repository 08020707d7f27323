import { type Static, Type } from 'typebox'
import type { Actor } from '../authority/actor.ts'
import { assertSuperAdmin, tenantAccess } from '../authority/authority.ts'
import type { ControlCore } from '../core/control-core.ts'
import type { DeletionRow } from '../database/control-tables.ts'
import { isoTime } from '../database/iso-time.ts'
import { type Page, type PageQuery, pageIn } from '../database/page.ts'
import { NullableString } from '../wire/wire-schemas.ts'

export const TrashReply = Type.Object({
  job_id: Type.String(),
  tenant_id: Type.String(),
  tenant_slug: Type.String(),
  tenant_name: Type.String(),
  /** Null when the whole tenant was deleted. */
  kb_id: NullableString,
  kb_slug: NullableString,
  kb_name: NullableString,
  step: Type.Enum(['marked', 'trashed', 'purging', 'purged', 'restored']),
  can_be_restored: Type.Boolean(),
  deleted_at: Type.String(),
  deleted_by: Type.String(),
  /** From then on it is gone for good. */
  purge_after: Type.String(),
})

/** What was deleted and can still be restored, or is being purged. */
export type TrashInfo = Readonly<Static<typeof TrashReply>>

/** Lists of what is in the trash. */
export class Trash {
  readonly #core: ControlCore

  constructor(core: ControlCore) {
    this.#core = core
  }

  /** Of all tenants, the newest first. @throws {ControlError} `super_admin_only` */
  async list(actor: Actor, query: PageQuery): Promise<Page<TrashInfo>> {
    assertSuperAdmin(actor)
    return pageIn(rowsIn(this.#core.db), query, ORDER)
  }

  /** Knowledge bases of a tenant. @throws {ControlError} `not_found`, `forbidden` */
  async listOf(actor: Actor, tenantRef: string, query: PageQuery): Promise<Page<TrashInfo>> {
    const { tenant } = await tenantAccess(this.#core.db, actor, tenantRef, 'kb:manage')
    const rows = rowsIn(this.#core.db)
      .where('deletions.tenant_id', '=', tenant.tenant_id)
      .where('deletions.kb_id', 'is not', null)
    return pageIn(rows, query, ORDER)
  }
}

function rowsIn(db: ControlCore['db']) {
  return db
    .selectFrom('deletions')
    .innerJoin('tenants', 'tenants.tenant_id', 'deletions.tenant_id')
    .leftJoin('kbs', 'kbs.kb_id', 'deletions.kb_id')
    .where('deletions.step', 'in', ['marked', 'trashed', 'purging'])
    .selectAll('deletions')
    .select(['tenants.slug as tenant_slug', 'tenants.name as tenant_name'])
    .select(['kbs.slug as kb_slug', 'kbs.name as kb_name'])
}

type TrashRow = DeletionRow & Pick<TrashInfo, 'tenant_slug' | 'tenant_name' | 'kb_slug' | 'kb_name'>

const ORDER = {
  at: 'deletions.created_at',
  id: 'deletions.job_id',
  direction: 'desc',
  item: (row: TrashRow): TrashInfo => ({
    job_id: row.job_id,
    tenant_id: row.tenant_id,
    tenant_slug: row.tenant_slug,
    tenant_name: row.tenant_name,
    kb_id: row.kb_id,
    kb_slug: row.kb_slug,
    kb_name: row.kb_name,
    step: row.step,
    can_be_restored: row.step !== 'purging',
    deleted_at: isoTime(row.created_at),
    deleted_by: row.created_by,
    purge_after: isoTime(row.purge_after),
  }),
  positionOf: (row: TrashRow) => ({ at: row.created_at, id: row.job_id }),
} as const
