import type { Static } from 'typebox'
import { digestOf } from '../../tenancy/control-files/secret-digest.ts'
import type { Role } from '../../tenancy/principal.ts'
import type { Actor } from '../authority/actor.ts'
import type { ControlCore } from '../core/control-core.ts'
import type { ApiKeyRow } from '../database/control-tables.ts'
import type { ApiKeys, IssuedApiKey } from '../keys/api-keys.ts'
import { CODE, RagflowRefusal } from './envelope.ts'
import { managedTenant, managedTenants } from './managed-tenant.ts'
import type { RagflowTokenReply } from './ragflow-schemas.ts'
import { ragflowDate } from './ragflow-time.ts'

/** A token as RAGFlow shows it; masked but for the answer that makes it. */
export type RagflowToken = Readonly<Static<typeof RagflowTokenReply>>

export interface NewRagflowToken {
  /** Needed by those who manage several tenants. */
  readonly tenant_id?: string | undefined
  readonly name?: string | undefined
  readonly role?: Role | undefined
  readonly kb_ids?: readonly string[] | null | undefined
  readonly expires_at?: string | null | undefined
}

/** RAGFlow's tokens: API keys of a tenant, each with a query-only companion. */
export class RagflowTokens {
  readonly #core: ControlCore
  readonly #apiKeys: ApiKeys

  constructor(core: ControlCore, apiKeys: ApiKeys) {
    this.#core = core
    this.#apiKeys = apiKeys
  }

  /** @throws {RagflowError} 101 when the tenant has to be named, 109 for callers who manage none */
  async create(
    actor: Actor,
    { tenant_id, name = 'RAGFlow token', role = 'editor', kb_ids, expires_at }: NewRagflowToken,
  ): Promise<RagflowToken> {
    const tenantId = await managedTenant(this.#core, actor, tenant_id)
    const common = { kb_ids, expires_at }
    const key = await this.#apiKeys.create(actor, tenantId, { ...common, name, role })
    const beta = await this.#beta(actor, tenantId, key, common)
    return tokenOf(
      { ...key, tenant_id: tenantId, at: Date.parse(key.created_at) },
      { token: key.key, beta: beta.key },
    )
  }

  /** Tokens that work, the newest first. */
  async list(actor: Actor, tenantRef?: string): Promise<RagflowToken[]> {
    const tenantId = await managedTenant(this.#core, actor, tenantRef)
    const rows = await this.#core.db
      .selectFrom('api_keys')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('revoked_at', 'is', null)
      .where((where) =>
        where.or([where('expires_at', 'is', null), where('expires_at', '>', this.#core.now())]),
      )
      .orderBy('created_at', 'desc')
      .orderBy('key_id', 'desc')
      .execute()
    const ids = new Set(rows.map(({ key_id }) => key_id))
    const companions = new Map(rows.map((row) => [row.name, row]))
    return rows
      .filter(({ name }) => !ids.has(parentIn(name)))
      .map((row) => {
        const beta = companions.get(betaName(row.key_id))
        return tokenOf(
          { ...row, at: row.created_at },
          { token: masked(row), beta: beta === undefined ? null : masked(beta) },
        )
      })
  }

  /**
   * Ends a token and its companion.
   *
   * @param ref its id, or the token itself
   * @throws {RagflowError} 102 for what is not a token of a tenant that the caller manages
   */
  async remove(actor: Actor, ref: string): Promise<true> {
    const row = await this.#core.db
      .selectFrom('api_keys')
      .selectAll()
      .where((where) =>
        where.or([where('key_id', '=', ref), where('digest', '=', digestOf(ref).toString('hex'))]),
      )
      .where('revoked_at', 'is', null)
      .executeTakeFirst()
    if (row === undefined || !(await this.#manages(actor, row.tenant_id))) {
      throw new RagflowRefusal(CODE.data, 'There is no such token')
    }
    for (const key_id of [...(await this.#companionsOf(row)), row.key_id]) {
      await this.#apiKeys.revoke(actor, row.tenant_id, key_id)
    }
    return true
  }

  async #beta(
    actor: Actor,
    tenantId: string,
    key: IssuedApiKey,
    common: Pick<NewRagflowToken, 'kb_ids' | 'expires_at'>,
  ): Promise<IssuedApiKey> {
    try {
      const name = betaName(key.key_id)
      const role = 'viewer:read-only'
      return await this.#apiKeys.create(actor, tenantId, { ...common, name, role })
    } catch (error) {
      // Nobody has seen it: it would stay for ever.
      await this.#apiKeys.revoke(actor, tenantId, key.key_id)
      throw error
    }
  }

  async #companionsOf(key: ApiKeyRow): Promise<string[]> {
    const rows = await this.#core.db
      .selectFrom('api_keys')
      .select('key_id')
      .where('tenant_id', '=', key.tenant_id)
      .where('name', '=', betaName(key.key_id))
      .execute()
    return rows.map(({ key_id }) => key_id)
  }

  async #manages(actor: Actor, tenantId: string): Promise<boolean> {
    if (actor.superAdmin) return true
    return (await managedTenants(this.#core, actor)).includes(tenantId)
  }
}

const BETA = 'beta of '

function betaName(keyId: string): string {
  return `${BETA}${keyId}`
}

function parentIn(name: string): string {
  return name.startsWith(BETA) ? name.slice(BETA.length) : ''
}

function masked({ prefix }: Pick<ApiKeyRow, 'prefix'>): string {
  return `${prefix}${'*'.repeat(16)}`
}

function tokenOf(
  key: { readonly key_id: string; readonly tenant_id: string; readonly name: string } & {
    readonly at: number
  },
  secrets: Pick<RagflowToken, 'token' | 'beta'>,
): RagflowToken {
  return {
    id: key.key_id,
    tenant_id: key.tenant_id,
    ...secrets,
    name: key.name,
    create_time: key.at,
    create_date: ragflowDate(key.at),
    update_time: null,
    update_date: null,
  }
}
