import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../authority/actor.ts'
import {
  assertReaches,
  assertVersion,
  type TenantAccess,
  tenantAccess,
} from '../authority/authority.ts'
import type { ControlCore } from '../core/control-core.ts'
import { ControlError } from '../core/control-error.ts'
import { type ForeignWorkspace, freeWorkspace } from '../core/free-workspace.ts'
import { changedConfig, checkedConfig } from '../core/rag-config.ts'
import { checkedSlug, slugOf } from '../core/slug.ts'
import type { KbRow } from '../database/control-tables.ts'
import { newId } from '../database/opaque-id.ts'
import { holdsText, type Page, type PageQuery, pageIn } from '../database/page.ts'
import { DEFAULT_QUOTA, type Quota, quotaOf } from '../quotas/quota.ts'
import type { QuotaLedger } from '../quotas/quota-ledger.ts'
import { checkedName, type NewTenant, type TenantChange } from '../tenants/tenants.ts'
import type { ListSort } from '../wire/wire-schemas.ts'
import { insertKb, type KbInfo, kbBy, kbInfo } from './kb-rows.ts'

/** As a tenant is made, without what operators say of one. */
export type NewKb = Omit<NewTenant, 'quota' | 'credit' | 'owner'>

export type KbChange = Omit<TenantChange, 'quota' | 'credit'>

export interface KbsOptions {
  readonly defaultQuota?: Quota
  readonly isForeign?: ForeignWorkspace
  /** Looks at what a tenant uses, before it is shown. */
  readonly levels?: Pick<QuotaLedger, 'refresh'>
}

/** The knowledge bases of tenants; each is a workspace, whose name never changes. */
export class Kbs {
  readonly #core: ControlCore
  readonly #options: KbsOptions

  constructor(core: ControlCore, options: KbsOptions = {}) {
    this.#core = core
    this.#options = options
  }

  /** @throws {ControlError} `quota_exceeded`, `slug_taken`, `forbidden`, `invalid_input` */
  async create(actor: Actor, tenantRef: string, input: NewKb): Promise<KbInfo> {
    const row = await this.#core.mutate(async (mutation) => {
      const { tx, at } = mutation
      const access = await tenantAccess(tx, actor, tenantRef, 'kb:create')
      assertReachesAll(access)
      const { tenant } = access
      const quota = quotaOf(tenant.quota, this.#options.defaultQuota ?? DEFAULT_QUOTA)
      const { count } = await tx
        .selectFrom('kbs')
        .select((select) => select.fn.countAll<number>().as('count'))
        .where('tenant_id', '=', tenant.tenant_id)
        .executeTakeFirstOrThrow()
      assertRoomForKb(count, quota.max_kb_per_tenant)
      const name = checkedName(input.name)
      const slug = checkedSlug(input.slug ?? slugOf(name) ?? `kb-${newId('kb').slice(3, 13)}`, 'kb')
      const kb = await insertKb(tx, {
        tenantId: tenant.tenant_id,
        slug,
        name,
        description: input.description ?? '',
        workspace: await freeWorkspace(
          tx,
          { tenant: tenant.slug, kb: slug },
          this.#options.isForeign ?? (async () => false),
        ),
        isDefault: false,
        metadata: JSON.stringify(input.metadata ?? {}),
        config: JSON.stringify(checkedConfig(input.config ?? {})),
        createdBy: actor.id,
        at,
      })
      mutation.touch(`tenant:${tenant.tenant_id}`)
      await mutation.record(actor, {
        event: 'kb_created',
        tenantId: tenant.tenant_id,
        subject: kb.kb_id,
      })
      return kb
    })
    return this.get(actor, row.tenant_id, row.kb_id)
  }

  /** @throws {ControlError} `not_found`, `forbidden` */
  async get(actor: Actor, tenantRef: string, kbRef: string): Promise<KbInfo> {
    const access = await tenantAccess(this.#core.db, actor, tenantRef, 'tenant:read')
    const kb = await kbBy(this.#core.db, access.tenant.tenant_id, kbRef)
    assertReaches(access, kb.kb_id)
    await this.#options.levels?.refresh(kb.tenant_id)
    return kbInfo(this.#core.db, kb, { ...actor, ...access })
  }

  /** Those that the caller reaches, newest first. */
  async list(
    actor: Actor,
    tenantRef: string,
    query: PageQuery & {
      readonly search?: string | undefined
      readonly sort?: ListSort | undefined
    },
  ): Promise<Page<KbInfo>> {
    const { db } = this.#core
    const access = await tenantAccess(db, actor, tenantRef, 'tenant:read')
    const { tenant, kbIds } = access
    await this.#options.levels?.refresh(tenant.tenant_id)
    let rows = db
      .selectFrom('kbs')
      .where('tenant_id', '=', tenant.tenant_id)
      .where('status', '=', 'active')
    if (kbIds !== undefined) rows = rows.where('kb_id', 'in', [...kbIds])
    if (query.search) rows = rows.where(holdsText(['name', 'description'], query.search))
    const { sort = 'created' } = query
    const at = PLACES[sort](actor.userId ?? '')
    const page = await pageIn(rows.selectAll().select(at.as('place')), query, {
      at,
      id: 'kb_id',
      direction: sort === 'name' ? 'asc' : 'desc',
      item: ({ place: _, ...row }) => row,
      positionOf: (row) => ({ at: row.place, id: row.kb_id }),
    })
    const viewer = { ...actor, ...access }
    return { ...page, items: await Promise.all(page.items.map((row) => kbInfo(db, row, viewer))) }
  }

  /** @throws {ControlError} `stale_version`, `slug_taken`, `not_found`, `forbidden` */
  async update(actor: Actor, tenantRef: string, kbRef: string, change: KbChange): Promise<KbInfo> {
    const row = await this.#core.mutate(async (mutation) => {
      const { tx, at } = mutation
      const access = await tenantAccess(tx, actor, tenantRef, 'kb:manage')
      const kb = await kbBy(tx, access.tenant.tenant_id, kbRef)
      assertReaches(access, kb.kb_id)
      assertVersion(change.version, kb.version)
      const slug = change.slug === undefined ? kb.slug : checkedSlug(change.slug, 'kb')
      if (slug !== kb.slug) {
        if (kb.is_default === 1)
          throw new ControlError('default_kb', 'The default one keeps its slug')
        await assertSlugFree(tx, kb.tenant_id, slug)
        mutation.touch(`tenant:${kb.tenant_id}`)
      }
      if (change.config !== undefined) mutation.reopen(kb.workspace)
      await mutation.record(actor, {
        event: 'kb_modified',
        tenantId: kb.tenant_id,
        subject: kb.kb_id,
        details: { fields: Object.keys(change).filter((name) => name !== 'version') },
      })
      return tx
        .updateTable('kbs')
        .set({ ...columnsOf(kb, change), slug, version: kb.version + 1, updated_at: at })
        .where('kb_id', '=', kb.kb_id)
        .returningAll()
        .executeTakeFirstOrThrow()
    })
    return this.get(actor, row.tenant_id, row.kb_id)
  }
}

/** What knowledge bases are ordered by. */
const PLACES: Readonly<Record<ListSort, (userId: string) => RawBuilder<number | string>>> = {
  created: () => sql`created_at`,
  name: () => sql`lower(name)`,
  last_used: (userId) => sql`coalesce((SELECT u.last_used_at FROM kb_uses u
    WHERE u.user_id = ${userId} AND u.kb_id = kbs.kb_id), 0)`,
}

function columnsOf(kb: KbRow, change: KbChange) {
  return {
    name: change.name === undefined ? kb.name : checkedName(change.name),
    description: change.description ?? kb.description,
    metadata: change.metadata === undefined ? kb.metadata : JSON.stringify(change.metadata),
    config:
      change.config === undefined
        ? kb.config
        : JSON.stringify(changedConfig(kb.config, change.config)),
  }
}

function assertRoomForKb(count: number, most: number | null): void {
  if (most === null || count < most) return
  throw new ControlError('quota_exceeded', `This tenant may have ${most} knowledge bases`, {
    details: { quota: 'max_kb_per_tenant', limit: most, used: count },
  })
}

function assertReachesAll({ kbIds }: TenantAccess): void {
  if (kbIds === undefined) return
  throw new ControlError('forbidden', 'Your access is limited to certain knowledge bases')
}

async function assertSlugFree(
  db: ControlCore['db'],
  tenantId: string,
  slug: string,
): Promise<void> {
  const taken = await db
    .selectFrom('kbs')
    .select('kb_id')
    .where('tenant_id', '=', tenantId)
    .where('slug', '=', slug)
    .executeTakeFirst()
  if (taken === undefined) return
  throw new ControlError('slug_taken', 'This tenant has a knowledge base with this slug')
}
