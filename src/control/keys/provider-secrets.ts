import type { Actor } from '../authority/actor.ts'
import { tenantAccess } from '../authority/authority.ts'
import type { ControlCore } from '../core/control-core.ts'
import { ControlError } from '../core/control-error.ts'
import { isoTime } from '../database/iso-time.ts'
import { kbBy } from '../kbs/kb-rows.ts'
import { workspacesOf } from '../tenants/tenants.ts'
import type { Sealer } from './sealer.ts'

/** A provider's key as the API shows it. */
export interface ProviderSecretInfo {
  readonly provider: string
  readonly kb_id: string | null
  readonly last_four: string
  readonly updated_at: string
}

const PROVIDER = /^[a-z0-9][a-z0-9_.-]{0,59}$/

/**
 * Keys of model providers, of a tenant or one of its knowledge bases. They are encrypted at rest,
 * written and never read back.
 */
export class ProviderSecrets {
  readonly #core: ControlCore
  readonly #sealer: Sealer

  constructor(core: ControlCore, sealer: Sealer) {
    this.#core = core
    this.#sealer = sealer
  }

  /**
   * @param kbRef undefined for the whole tenant
   * @throws {ControlError} `invalid_input`, `not_found`, `forbidden`
   */
  async set(
    actor: Actor,
    tenantRef: string,
    input: { readonly provider: string; readonly key: string; readonly kb?: string | undefined },
  ): Promise<ProviderSecretInfo> {
    const { provider, key } = input
    if (!PROVIDER.test(provider) || !/^[!-~]{8,4096}$/.test(key)) {
      throw new ControlError('invalid_input', 'The name or the key of the provider is malformed')
    }
    return this.#core.mutate(async (mutation) => {
      const { tx, at } = mutation
      const { tenant } = await tenantAccess(tx, actor, tenantRef, 'tenant:manage')
      const kb = input.kb === undefined ? undefined : await kbBy(tx, tenant.tenant_id, input.kb)
      const place = { tenant_id: tenant.tenant_id, kb_id: kb?.kb_id ?? '', provider }
      const value = {
        sealed: this.#sealer.seal(key, placeText(place)),
        last_four: key.length >= 16 ? key.slice(-4) : '',
        updated_at: at,
      }
      await tx
        .insertInto('provider_secrets')
        .values({ ...place, ...value })
        .onConflict((conflict) =>
          conflict.columns(['tenant_id', 'kb_id', 'provider']).doUpdateSet(value),
        )
        .execute()
      mutation.reopen(...(kb ? [kb.workspace] : await workspacesOf(mutation, tenant.tenant_id)))
      await mutation.record(actor, {
        event: 'provider_key_set',
        tenantId: tenant.tenant_id,
        subject: kb?.kb_id ?? tenant.tenant_id,
        details: { provider },
      })
      return {
        provider,
        kb_id: kb?.kb_id ?? null,
        last_four: value.last_four,
        updated_at: isoTime(at),
      }
    })
  }

  async list(actor: Actor, tenantRef: string): Promise<ProviderSecretInfo[]> {
    const { db } = this.#core
    const { tenant } = await tenantAccess(db, actor, tenantRef, 'tenant:manage')
    const rows = await db
      .selectFrom('provider_secrets')
      .selectAll()
      .where('tenant_id', '=', tenant.tenant_id)
      .orderBy('kb_id')
      .orderBy('provider')
      .execute()
    return rows.map(({ provider, kb_id, last_four, updated_at }) => ({
      provider,
      kb_id: kb_id === '' ? null : kb_id,
      last_four,
      updated_at: isoTime(updated_at),
    }))
  }

  /** A second call changes nothing. */
  async remove(actor: Actor, tenantRef: string, provider: string, kbRef?: string): Promise<void> {
    await this.#core.mutate(async (mutation) => {
      const { tx } = mutation
      const { tenant } = await tenantAccess(tx, actor, tenantRef, 'tenant:manage')
      const kb = kbRef === undefined ? undefined : await kbBy(tx, tenant.tenant_id, kbRef)
      await tx
        .deleteFrom('provider_secrets')
        .where('tenant_id', '=', tenant.tenant_id)
        .where('kb_id', '=', kb?.kb_id ?? '')
        .where('provider', '=', provider)
        .execute()
      mutation.reopen(...(kb ? [kb.workspace] : await workspacesOf(mutation, tenant.tenant_id)))
      await mutation.record(actor, {
        event: 'provider_key_removed',
        tenantId: tenant.tenant_id,
        subject: kb?.kb_id ?? tenant.tenant_id,
        details: { provider },
      })
    })
  }

  /** The key itself, for the engine alone: that of the knowledge base, else that of the tenant. */
  async reveal(workspace: string, provider: string): Promise<string | undefined> {
    const rows = await this.#core.db
      .selectFrom('kbs')
      .innerJoin('provider_secrets', 'provider_secrets.tenant_id', 'kbs.tenant_id')
      .select(['provider_secrets.tenant_id', 'provider_secrets.kb_id', 'provider', 'sealed'])
      .where('kbs.workspace', '=', workspace)
      .where('provider_secrets.provider', '=', provider)
      .where((where) =>
        where.or([
          where('provider_secrets.kb_id', '=', ''),
          where('provider_secrets.kb_id', '=', where.ref('kbs.kb_id')),
        ]),
      )
      .orderBy('provider_secrets.kb_id', 'desc')
      .execute()
    const [own] = rows
    return own && this.#sealer.open(own.sealed, placeText(own))
  }
}

function placeText(place: {
  readonly tenant_id: string
  readonly kb_id: string
  readonly provider: string
}): string {
  return `${place.tenant_id}\0${place.kb_id}\0${place.provider}`
}
