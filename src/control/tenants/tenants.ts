import { keptName } from '../../engine/text/kept-name.ts'
import type { Actor } from '../authority/actor.ts'
import { assertSuperAdmin, assertVersion, tenantAccess } from '../authority/authority.ts'
import type { ControlCore, Mutation } from '../core/control-core.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import { type ForeignWorkspace, freeWorkspace } from '../core/free-workspace.ts'
import { changedConfig, checkedConfig } from '../core/rag-config.ts'
import { checkedSlug, slugOf } from '../core/slug.ts'
import type { TenantRow } from '../database/control-tables.ts'
import { newId } from '../database/opaque-id.ts'
import type { Page } from '../database/page.ts'
import { insertKb } from '../kbs/kb-rows.ts'
import { checkedQuota, DEFAULT_QUOTA, type Quota } from '../quotas/quota.ts'
import type { QuotaLedger } from '../quotas/quota-ledger.ts'
import type { Given } from '../wire/wire-schemas.ts'
import { type TenantInfo, tenantInfo } from './tenant-info.ts'
import { listTenants, type TenantListing } from './tenant-list.ts'
import type { NewTenantBody, TenantChangeBody } from './tenant-schemas.ts'

export type NewTenant = Given<typeof NewTenantBody>

/** With the version that was read, as of `If-Match`. */
export type TenantChange = Given<typeof TenantChangeBody> & {
  readonly version?: number | undefined
}

export interface TenantsOptions {
  /** Whether every user may create tenants. */
  readonly selfService?: boolean
  readonly defaultQuota?: Quota
  readonly isForeign?: ForeignWorkspace
  /** Looks at what tenants use, before it is shown. */
  readonly levels?: Pick<QuotaLedger, 'refresh' | 'refreshActiveOf'>
}

/** The tenants of the server. */
export class Tenants {
  readonly #core: ControlCore
  readonly #options: TenantsOptions

  constructor(core: ControlCore, options: TenantsOptions = {}) {
    this.#core = core
    this.#options = options
  }

  /**
   * Creates a tenant and its knowledge base `default`.
   *
   * @throws {ControlError} `super_admin_only`, `slug_taken`, `invalid_input`, `not_found` (owner)
   */
  async create(actor: Actor, input: NewTenant): Promise<TenantInfo> {
    if (!actor.superAdmin && (this.#options.selfService !== true || actor.userId === undefined)) {
      assertSuperAdmin(actor)
    }
    const operated = input.quota ?? input.credit ?? input.owner
    if (operated !== undefined) assertSuperAdmin(actor)
    const row = await this.#core.mutate((mutation) => this.#insert(mutation, actor, input))
    return this.#info(row, actor)
  }

  /** @throws {ControlError} `not_found` */
  async get(actor: Actor, ref: string): Promise<TenantInfo> {
    const { tenant, role } = await tenantAccess(this.#core.db, actor, ref, 'tenant:read', {
      deleting: actor.superAdmin,
    })
    await this.#options.levels?.refresh(tenant.tenant_id)
    return tenantInfo(this.#core.db, tenant, { ...actor, role }, this.#quota)
  }

  /** The caller's own tenants, newest first; all for a super admin unless `mine`. */
  list(actor: Actor, query: TenantListing): Promise<Page<TenantInfo>> {
    return listTenants(this.#core.db, actor, query, {
      defaults: this.#quota,
      levels: this.#options.levels,
    })
  }

  /** @throws {ControlError} `stale_version`, `slug_taken`, `invalid_input`, as of `tenantAccess` */
  async update(actor: Actor, ref: string, change: TenantChange): Promise<TenantInfo> {
    if (change.quota !== undefined || change.credit !== undefined) assertSuperAdmin(actor)
    const row = await this.#core.mutate(async (mutation) => {
      const { tenant } = await tenantAccess(mutation.tx, actor, ref, 'tenant:manage')
      assertVersion(change.version, tenant.version)
      return this.#change(mutation, actor, tenant, change)
    })
    return this.#info(row, actor)
  }

  /** From the next request on nobody works in the tenant; its open streams end. */
  suspend(actor: Actor, ref: string, reason: string): Promise<TenantInfo> {
    return this.#setStatus(actor, ref, 'suspended', reason)
  }

  resume(actor: Actor, ref: string): Promise<TenantInfo> {
    return this.#setStatus(actor, ref, 'active', null)
  }

  get #quota(): Quota {
    return this.#options.defaultQuota ?? DEFAULT_QUOTA
  }

  async #info(row: TenantRow, actor: Actor): Promise<TenantInfo> {
    const { tenant, role } = await tenantAccess(this.#core.db, actor, row.tenant_id, 'tenant:read')
    return tenantInfo(this.#core.db, tenant, { ...actor, role }, this.#quota)
  }

  async #insert(mutation: Mutation, actor: Actor, input: NewTenant): Promise<TenantRow> {
    const { tx, at } = mutation
    const slug = await this.#slugFor(mutation, input)
    const row = await tx
      .insertInto('tenants')
      .values({
        tenant_id: newId('tnt'),
        slug,
        name: checkedName(input.name),
        description: input.description ?? '',
        status: 'active',
        status_reason: null,
        metadata: JSON.stringify(input.metadata ?? {}),
        config: JSON.stringify(checkedConfig(input.config ?? {})),
        quota: JSON.stringify(checkedQuota(input.quota ?? {})),
        credit: input.credit ?? null,
        version: 1,
        created_by: actor.id,
        created_at: at,
        updated_at: at,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await insertKb(tx, {
      tenantId: row.tenant_id,
      slug: 'default',
      name: 'default',
      description: '',
      workspace: await freeWorkspace(tx, { tenant: slug, kb: 'default' }, this.#isForeign),
      isDefault: true,
      metadata: '{}',
      config: '{}',
      createdBy: actor.id,
      at,
    })
    await this.#insertOwner(mutation, actor, row.tenant_id, input.owner ?? actor.userId)
    await countTenants(mutation, 1)
    await mutation.record(actor, {
      event: 'tenant_created',
      tenantId: row.tenant_id,
      subject: row.tenant_id,
    })
    return row
  }

  /** A tenant of an operator's making may be without an owner until one is added. */
  async #insertOwner(
    mutation: Mutation,
    actor: Actor,
    tenantId: string,
    owner: string | undefined,
  ): Promise<void> {
    if (owner === undefined) return
    const user = await mutation.tx
      .selectFrom('users')
      .select('user_id')
      .where('user_id', '=', owner)
      .executeTakeFirst()
    if (user === undefined) throw notFound('user')
    mutation.touch(`user:${owner}`)
    await mutation.tx
      .insertInto('memberships')
      .values({
        tenant_id: tenantId,
        user_id: owner,
        role: 'owner',
        kb_ids: null,
        created_by: actor.id,
        created_at: mutation.at,
      })
      .execute()
  }

  async #slugFor({ tx }: Mutation, { slug, name }: NewTenant): Promise<string> {
    const made = slug ?? slugOf(name)
    const wanted =
      made === undefined ? `t-${newId('tnt').slice(4, 14)}` : checkedSlug(made, 'tenant')
    const taken = await tx
      .selectFrom('tenants')
      .select('tenant_id')
      .where('slug', '=', wanted)
      .executeTakeFirst()
    if (taken === undefined) return wanted
    if (slug === undefined) return checkedSlug(`${wanted}-${newId('tnt').slice(4, 12)}`, 'tenant')
    throw new ControlError('slug_taken', 'This slug is in use')
  }

  async #change(
    mutation: Mutation,
    actor: Actor,
    tenant: TenantRow,
    change: TenantChange,
  ): Promise<TenantRow> {
    const { tenant_id } = tenant
    const slug = change.slug === undefined ? tenant.slug : checkedSlug(change.slug, 'tenant')
    if (slug !== tenant.slug) {
      await this.#slugFor(mutation, { name: '', slug })
      mutation.touch(`tenant:${tenant_id}`)
    }
    if (change.quota !== undefined || change.credit !== undefined) {
      mutation.touch(`tenant:${tenant_id}`)
    }
    if (change.config !== undefined) mutation.reopen(...(await workspacesOf(mutation, tenant_id)))
    await mutation.record(actor, {
      event: 'tenant_modified',
      tenantId: tenant_id,
      subject: tenant_id,
      details: { fields: Object.keys(change).filter((name) => name !== 'version') },
    })
    return mutation.tx
      .updateTable('tenants')
      .set({
        slug,
        name: change.name === undefined ? tenant.name : checkedName(change.name),
        description: change.description ?? tenant.description,
        metadata: change.metadata === undefined ? tenant.metadata : JSON.stringify(change.metadata),
        config:
          change.config === undefined
            ? tenant.config
            : JSON.stringify(changedConfig(tenant.config, change.config)),
        quota:
          change.quota === undefined
            ? tenant.quota
            : JSON.stringify({
                ...checkedQuota(JSON.parse(tenant.quota)),
                ...checkedQuota(change.quota),
              }),
        credit: change.credit === undefined ? tenant.credit : change.credit,
        version: tenant.version + 1,
        updated_at: mutation.at,
      })
      .where('tenant_id', '=', tenant_id)
      .returningAll()
      .executeTakeFirstOrThrow()
  }

  async #setStatus(
    actor: Actor,
    ref: string,
    status: 'active' | 'suspended',
    reason: string | null,
  ): Promise<TenantInfo> {
    assertSuperAdmin(actor)
    const row = await this.#core.mutate(async (mutation) => {
      const { tenant } = await tenantAccess(mutation.tx, actor, ref, 'tenant:own')
      mutation.touch(`tenant:${tenant.tenant_id}`)
      await mutation.record(actor, {
        event: status === 'active' ? 'tenant_resumed' : 'tenant_suspended',
        tenantId: tenant.tenant_id,
        subject: tenant.tenant_id,
        details: reason === null ? {} : { reason },
      })
      return mutation.tx
        .updateTable('tenants')
        .set({
          status,
          status_reason: reason,
          version: tenant.version + 1,
          updated_at: mutation.at,
        })
        .where('tenant_id', '=', tenant.tenant_id)
        .returningAll()
        .executeTakeFirstOrThrow()
    })
    return this.#info(row, actor)
  }

  get #isForeign(): ForeignWorkspace {
    return this.#options.isForeign ?? (async () => false)
  }
}

/** Keeps the number of all tenants, which a page of them shows. */
export async function countTenants({ tx }: Mutation, change: 1 | -1): Promise<void> {
  await tx
    .updateTable('counters')
    .set((set) => ({ value: set('value', '+', change) }))
    .where('name', '=', 'tenants')
    .execute()
}

export async function workspacesOf({ tx }: Mutation, tenantId: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('kbs')
    .select('workspace')
    .where('tenant_id', '=', tenantId)
    .execute()
  return rows.map(({ workspace }) => workspace)
}

/**
 * The name of a tenant, a knowledge base or a key as it is kept: people tell them apart by it, so what
 * they cannot see is left out.
 *
 * @throws {ControlError} `invalid_input`
 */
export function checkedName(name: string): string {
  const kept = keptName(name)
  if (kept.length >= 1 && kept.length <= 255) return kept
  throw new ControlError('invalid_input', 'A name has 1 to 255 characters')
}
