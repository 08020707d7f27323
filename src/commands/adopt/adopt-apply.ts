import type { Users } from '../../control/accounts/users.ts'
import { OPERATOR } from '../../control/authority/actor.ts'
import { tenantBy } from '../../control/authority/authority.ts'
import type { ControlCore, Mutation } from '../../control/core/control-core.ts'
import type { TenantRow, UserRow } from '../../control/database/control-tables.ts'
import { idsColumn } from '../../control/database/json-column.ts'
import { newId } from '../../control/database/opaque-id.ts'
import { foldedKey } from '../../control/database/user-rows.ts'
import { insertKb, kbIdsOf } from '../../control/kbs/kb-rows.ts'
import { insertMember } from '../../control/members/grant-role.ts'
import { countTenants } from '../../control/tenants/tenants.ts'
import { digestOf } from '../../tenancy/control-files/secret-digest.ts'
import type { Role } from '../../tenancy/principal.ts'
import type { UserRecord } from '../../tenancy/users/users-schema.ts'
import type {
  AdoptedMembership,
  AdoptedTenant,
  AdoptedUser,
  AdoptionPlan,
  AlreadyThere,
} from './adopt-plan.ts'

const USER_ADOPTED = 'user_adopted'
const TENANT_ADOPTED = 'tenant_adopted'

/** A user with the hash that the database will keep; null where it can keep none. */
export type HashedUser = AdoptedUser & { readonly hash: string | null }

/** What the database holds of what could be adopted. */
export async function alreadyThere(db: ControlCore['db']): Promise<AlreadyThere> {
  const tenants = await db.selectFrom('tenants').select('slug').execute()
  const kbs = await db
    .selectFrom('kbs')
    .innerJoin('tenants', 'tenants.tenant_id', 'kbs.tenant_id')
    .select(['kbs.workspace', 'kbs.slug', 'kbs.tenant_id as tenantId'])
    .select('tenants.slug as tenantSlug')
    .execute()
  const adopted = db.selectFrom('acts').select('subject').where('event', '=', USER_ADOPTED)
  const users = await db
    .selectFrom('users')
    .select('username_key')
    .where('user_id', 'not in', adopted)
    .execute()
  const tenantActs = await db
    .selectFrom('acts')
    .select('subject')
    .where('event', '=', TENANT_ADOPTED)
    .execute()
  const adoptedTenants = new Set(tenantActs.map(({ subject }) => subject))
  return {
    slugs: new Set(tenants.map(({ slug }) => slug)),
    kbs: kbs.map((kb) => ({ ...kb, isAdopted: adoptedTenants.has(kb.tenantId) })),
    foreignUsers: new Set(users.map(({ username_key }) => username_key)),
  }
}

/** Writes a plan into the database, within one transaction. */
export async function applyAdoption(
  mutation: Mutation,
  plan: Pick<AdoptionPlan, 'tenants'> & { readonly users: readonly HashedUser[] },
  users: Users,
): Promise<void> {
  const rows = new Map<string, TenantRow>()
  for (const [place, tenant] of plan.tenants) {
    rows.set(place, await adoptTenant(mutation, tenant))
  }
  for (const user of plan.users) await adoptUser(mutation, user, rows, users)
}

async function adoptTenant(mutation: Mutation, tenant: AdoptedTenant): Promise<TenantRow> {
  const { tx, at } = mutation
  const known = tenant.tenantId && (await tenantBy(tx, tenant.tenantId))
  const row = known || (await insertTenant(mutation, tenant))
  for (const { workspace, slug, isDefault } of tenant.kbs) {
    const kb = await insertKb(tx, {
      tenantId: row.tenant_id,
      slug,
      name: slug,
      description: '',
      workspace,
      isDefault,
      metadata: '{}',
      config: '{}',
      createdBy: OPERATOR.id,
      at,
    })
    await mutation.record(OPERATOR, {
      event: 'kb_adopted',
      tenantId: row.tenant_id,
      subject: kb.kb_id,
    })
  }
  mutation.touch(`tenant:${row.tenant_id}`)
  return row
}

async function insertTenant(mutation: Mutation, { slug, name }: AdoptedTenant): Promise<TenantRow> {
  const { tx, at } = mutation
  const row = await tx
    .insertInto('tenants')
    .values({
      tenant_id: newId('tnt'),
      slug,
      name,
      description: '',
      status: 'active',
      status_reason: null,
      metadata: '{}',
      config: '{}',
      quota: '{}',
      credit: null,
      version: 1,
      created_by: OPERATOR.id,
      created_at: at,
      updated_at: at,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  await countTenants(mutation, 1)
  const { tenant_id: tenantId } = row
  await mutation.record(OPERATOR, { event: TENANT_ADOPTED, tenantId, subject: tenantId })
  return row
}

async function adoptUser(
  mutation: Mutation,
  { record, memberships, hash }: HashedUser,
  tenants: ReadonlyMap<string, TenantRow>,
  users: Users,
): Promise<void> {
  const user = await userOf(mutation, record, hash, users)
  for (const [position, membership] of memberships.entries()) {
    const tenant = tenants.get(membership.tenant)
    if (tenant === undefined) continue
    const kbIds = await kbIdsIn(mutation, tenant, membership)
    await join(mutation, user, tenant, { role: membership.role, kbIds })
    // A key belongs to one tenant: that of the workspace in which it worked unless told otherwise.
    if (position > 0) continue
    for (const key of [record.api_key, ...(record.api_keys ?? [])]) {
      await adoptKey(mutation, user, tenant, key, { role: membership.role, kbIds })
    }
  }
}

async function userOf(
  mutation: Mutation,
  record: UserRecord,
  hash: string | null,
  users: Users,
): Promise<UserRow> {
  const known = await mutation.tx
    .selectFrom('users')
    .selectAll()
    .where('username_key', '=', foldedKey(record.username))
    .executeTakeFirst()
  if (known !== undefined) return known
  const { username, super_admin = false } = record
  const row = await users.insert(mutation, OPERATOR, { username, super_admin }, hash)
  await mutation.record(OPERATOR, { event: USER_ADOPTED, subject: row.user_id })
  if (record.disabled !== true) return row
  return mutation.tx
    .updateTable('users')
    .set({ disabled: 1 })
    .where('user_id', '=', row.user_id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

interface Reach {
  readonly role: Role
  readonly kbIds: readonly string[] | null
}

async function join(mutation: Mutation, user: UserRow, tenant: TenantRow, { role, kbIds }: Reach) {
  const { tenant_id } = tenant
  const known = await mutation.tx
    .selectFrom('memberships')
    .select('role')
    .where('tenant_id', '=', tenant_id)
    .where('user_id', '=', user.user_id)
    .executeTakeFirst()
  // What has been changed since the last adoption stays changed.
  if (known !== undefined) return
  const access = { tenant, role: undefined, kbIds: undefined }
  await insertMember(mutation, OPERATOR, access, { userId: user.user_id, role, kbIds })
}

async function adoptKey(
  mutation: Mutation,
  user: UserRow,
  { tenant_id }: TenantRow,
  stored: string,
  { role, kbIds }: Reach,
): Promise<void> {
  const digest = stored.startsWith('sha256:')
    ? stored.slice('sha256:'.length).toLowerCase()
    : digestOf(stored).toString('hex')
  await mutation.tx
    .insertInto('api_keys')
    .values({
      key_id: newId('key'),
      tenant_id,
      name: `key of ${user.username}`,
      // Nothing is known of a digest, and people's own keys are short.
      prefix: '',
      digest,
      role,
      kb_ids: idsColumn(kbIds),
      rate_per_minute: null,
      expires_at: null,
      revoked_at: null,
      last_used_at: null,
      created_by: user.user_id,
      by_super_admin: 0,
      created_at: mutation.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

async function kbIdsIn(
  { tx }: Mutation,
  { tenant_id }: TenantRow,
  { workspaces }: AdoptedMembership,
): Promise<string[] | null> {
  if (workspaces === undefined) return null
  const rows = await tx
    .selectFrom('kbs')
    .select('kb_id')
    .where('tenant_id', '=', tenant_id)
    .where('workspace', 'in', [...workspaces])
    .execute()
  return kbIdsOf(
    tx,
    tenant_id,
    rows.map(({ kb_id }) => kb_id),
  )
}
