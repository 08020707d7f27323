import type { Static } from 'typebox'
import { digestOf } from '../../tenancy/control-files/secret-digest.ts'
import type { Role } from '../../tenancy/principal.ts'
import type { Actor } from '../authority/actor.ts'
import { type TenantAccess, tenantAccess } from '../authority/authority.ts'
import { roleIn } from '../authority/tenant-permissions.ts'
import type { ControlCore, Mutation } from '../core/control-core.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import type { ApiKeyRow } from '../database/control-tables.ts'
import { isoTime, isoTimeOrNull } from '../database/iso-time.ts'
import { idsColumn, idsIn } from '../database/json-column.ts'
import { newId, newSecret } from '../database/opaque-id.ts'
import { holdsText, type Page, type PageQuery, pageIn } from '../database/page.ts'
import { kbIdsOf } from '../kbs/kb-rows.ts'
import { assertLimitable, assertMayGrant } from '../members/grant-role.ts'
import { checkedName } from '../tenants/tenants.ts'
import type { Given } from '../wire/wire-schemas.ts'
import type {
  ApiKeyChangeBody,
  ApiKeyReply,
  IssuedApiKeyReply,
  NewApiKeyBody,
} from './api-key-schemas.ts'

/** A key as the API shows it; never the secret. */
export type ApiKeyInfo = Readonly<Static<typeof ApiKeyReply>>

export type NewApiKey = Given<typeof NewApiKeyBody>

export type ApiKeyChange = Given<typeof ApiKeyChangeBody>

/** With its secret, which is in this answer only. */
export type IssuedApiKey = Readonly<Static<typeof IssuedApiKeyReply>>

const PREFIX_LENGTH = 11
const LONGEST_OVERLAP_SECONDS = 30 * 24 * 3600

/** The API keys of tenants. The database has digests of them. */
export class ApiKeys {
  readonly #core: ControlCore

  constructor(core: ControlCore) {
    this.#core = core
  }

  /** @throws {ControlError} `forbidden` for a role above one's own, `invalid_input`, `not_found` */
  async create(actor: Actor, tenantRef: string, input: NewApiKey): Promise<IssuedApiKey> {
    return this.#core.mutate(async (mutation) => {
      const access = await tenantAccess(mutation.tx, actor, tenantRef, 'tenant:manage')
      const role = input.role ?? 'viewer'
      assertMayGrant(actor, access, role)
      const kbIds = await kbIdsOf(mutation.tx, access.tenant.tenant_id, input.kb_ids)
      assertLimitable(role, kbIds)
      return this.#insert(mutation, actor, access, {
        name: checkedName(input.name),
        role,
        kb_ids: idsColumn(kbIds),
        rate_per_minute: checkedRate(input.rate ?? null),
        expires_at: this.#expiry(input.expires_at ?? null),
      })
    })
  }

  /** The newest first; revoked and expired ones too. */
  async list(
    actor: Actor,
    tenantRef: string,
    query: PageQuery & { readonly search?: string | undefined },
  ): Promise<Page<ApiKeyInfo>> {
    const { db } = this.#core
    const { tenant } = await tenantAccess(db, actor, tenantRef, 'tenant:manage')
    let rows = db.selectFrom('api_keys').where('tenant_id', '=', tenant.tenant_id)
    if (query.search) rows = rows.where(holdsText(['name', 'prefix'], query.search))
    return pageIn(rows.selectAll(), query, {
      at: 'created_at',
      id: 'key_id',
      direction: 'desc',
      item: (row) => this.#info(row),
      positionOf: (row) => ({ at: row.created_at, id: row.key_id }),
    })
  }

  /** @throws {ControlError} `not_found` */
  async get(actor: Actor, tenantRef: string, keyId: string): Promise<ApiKeyInfo> {
    const { tenant } = await tenantAccess(this.#core.db, actor, tenantRef, 'tenant:manage')
    return this.#info(await keyOf(this.#core.db, tenant.tenant_id, keyId))
  }

  async update(
    actor: Actor,
    tenantRef: string,
    keyId: string,
    change: ApiKeyChange,
  ): Promise<ApiKeyInfo> {
    return this.#core.mutate(async (mutation) => {
      const access = await tenantAccess(mutation.tx, actor, tenantRef, 'tenant:manage')
      const key = await keyOf(mutation.tx, access.tenant.tenant_id, keyId)
      assertMayGrant(actor, access, roleIn(key.role))
      const { name, rate, expires_at } = change
      return this.#set(mutation, actor, key, 'api_key_modified', {
        name: name === undefined ? key.name : checkedName(name),
        rate_per_minute: rate === undefined ? key.rate_per_minute : checkedRate(rate),
        expires_at: expires_at === undefined ? key.expires_at : this.#expiry(expires_at),
      })
    })
  }

  /** The very next request with the key fails. A second call changes nothing. */
  async revoke(actor: Actor, tenantRef: string, keyId: string): Promise<void> {
    await this.#core.mutate(async (mutation) => {
      const { tenant } = await tenantAccess(mutation.tx, actor, tenantRef, 'tenant:manage', {
        suspended: true,
      })
      const key = await keyOf(mutation.tx, tenant.tenant_id, keyId)
      if (key.revoked_at !== null) return
      await this.#set(mutation, actor, key, 'api_key_revoked', { revoked_at: mutation.at })
    })
  }

  /**
   * Gives a key like this one; the old one ends after the overlap.
   *
   * @param overlapSeconds up to 30 days; default 0
   * @throws {ControlError} `conflict` for a key that has ended
   */
  async rotate(
    actor: Actor,
    tenantRef: string,
    keyId: string,
    overlapSeconds = 0,
  ): Promise<IssuedApiKey> {
    return this.#core.mutate(async (mutation) => {
      const access = await tenantAccess(mutation.tx, actor, tenantRef, 'tenant:manage')
      const key = await keyOf(mutation.tx, access.tenant.tenant_id, keyId)
      assertMayGrant(actor, access, roleIn(key.role))
      if (!this.#isActive(key)) throw new ControlError('conflict', 'This key has ended already')
      const overlap = Math.min(Math.max(0, overlapSeconds), LONGEST_OVERLAP_SECONDS) * 1000
      const end = mutation.at + overlap
      await this.#set(mutation, actor, key, 'api_key_rotated', {
        expires_at: Math.min(key.expires_at ?? end, end),
      })
      const { name, role, kb_ids, rate_per_minute, expires_at } = key
      return this.#insert(mutation, actor, access, {
        name,
        role: roleIn(role),
        kb_ids,
        rate_per_minute,
        expires_at,
      })
    })
  }

  async #insert(
    mutation: Mutation,
    actor: Actor,
    { tenant, role: ownRole }: TenantAccess,
    fields: Pick<ApiKeyRow, 'name' | 'kb_ids' | 'rate_per_minute' | 'expires_at'> & {
      readonly role: Role
    },
  ): Promise<IssuedApiKey> {
    const key = newSecret('trk')
    const row = await mutation.tx
      .insertInto('api_keys')
      .values({
        ...fields,
        key_id: newId('key'),
        tenant_id: tenant.tenant_id,
        prefix: key.slice(0, PREFIX_LENGTH),
        digest: digestOf(key).toString('hex'),
        revoked_at: null,
        last_used_at: null,
        created_by: actor.id,
        by_super_admin: ownRole === undefined ? 1 : 0,
        created_at: mutation.at,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    await mutation.record(actor, {
      event: 'api_key_created',
      tenantId: tenant.tenant_id,
      subject: row.key_id,
      details: { role: fields.role },
    })
    return { ...this.#info(row), key }
  }

  async #set(
    mutation: Mutation,
    actor: Actor,
    key: ApiKeyRow,
    event: string,
    values: Partial<ApiKeyRow>,
  ): Promise<ApiKeyInfo> {
    const row = await mutation.tx
      .updateTable('api_keys')
      .set(values)
      .where('key_id', '=', key.key_id)
      .returningAll()
      .executeTakeFirstOrThrow()
    mutation.touch(`key:${key.key_id}`)
    await mutation.record(actor, { event, tenantId: key.tenant_id, subject: key.key_id })
    return this.#info(row)
  }

  #expiry(text: string | null): number | null {
    if (text === null) return null
    const at = Date.parse(text)
    if (Number.isFinite(at) && at > this.#core.now()) return at
    throw new ControlError('invalid_input', 'expires_at is a moment to come, in ISO 8601')
  }

  #isActive({ revoked_at, expires_at }: ApiKeyRow): boolean {
    return revoked_at === null && (expires_at === null || expires_at > this.#core.now())
  }

  #info(row: ApiKeyRow): ApiKeyInfo {
    return {
      key_id: row.key_id,
      key_name: row.name,
      name: row.name,
      prefix: row.prefix,
      role: roleIn(row.role),
      kb_ids: idsIn(row.kb_ids) ?? null,
      rate: row.rate_per_minute,
      is_active: this.#isActive(row),
      created_at: isoTime(row.created_at),
      created_by: row.created_by,
      expires_at: isoTimeOrNull(row.expires_at),
      revoked_at: isoTimeOrNull(row.revoked_at),
      last_used_at: isoTimeOrNull(row.last_used_at),
    }
  }
}

async function keyOf(db: ControlCore['db'], tenantId: string, keyId: string): Promise<ApiKeyRow> {
  const row = await db
    .selectFrom('api_keys')
    .selectAll()
    .where('key_id', '=', keyId)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
  if (row === undefined) throw notFound('API key')
  return row
}

function checkedRate(rate: number | null): number | null {
  if (rate === null || (Number.isInteger(rate) && rate >= 1)) return rate
  throw new ControlError('invalid_input', 'A rate is a whole number of requests a minute')
}
