import type { Kysely } from 'kysely'
import type { Static } from 'typebox'
import type { Actor } from '../authority/actor.ts'
import { tenantAccess } from '../authority/authority.ts'
import { roleIn } from '../authority/tenant-permissions.ts'
import type { ControlCore } from '../core/control-core.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import type { ControlTables, MembershipRow, UserRow } from '../database/control-tables.ts'
import { isoTime } from '../database/iso-time.ts'
import { idsColumn, idsIn } from '../database/json-column.ts'
import { holdsText, type Page, type PageQuery, pageIn } from '../database/page.ts'
import { isUserId, userBy, userOrNone } from '../database/user-rows.ts'
import { kbIdsOf } from '../kbs/kb-rows.ts'
import type { Given } from '../wire/wire-schemas.ts'
import {
  assertLimitable,
  assertMayGrant,
  assertNotAbove,
  insertMember,
  noteMember,
} from './grant-role.ts'
import type { Invitations } from './invitations.ts'
import type { Inviters } from './inviters.ts'
import type { MemberChangeBody, MemberReply, NewMemberBody } from './member-schemas.ts'

/** A member as the API shows it. */
export type MemberInfo = Readonly<Static<typeof MemberReply>>

export type NewMember = Given<typeof NewMemberBody>

export type MemberChange = Given<typeof MemberChangeBody>

export interface MembersOptions {
  /** Invites whom the caller may not add at once. */
  readonly invite: Invitations['create']
  /** Withdraws what somebody sent and may not grant any more. */
  readonly inviters: Inviters
}

/** Who belongs to a tenant, and as what. */
export class Members {
  readonly #core: ControlCore
  readonly #options: MembersOptions

  constructor(core: ControlCore, options: MembersOptions) {
    this.#core = core
    this.#options = options
  }

  /** The oldest member first. */
  async list(
    actor: Actor,
    tenantRef: string,
    query: PageQuery & { readonly search?: string | undefined },
  ): Promise<Page<MemberInfo>> {
    const { db } = this.#core
    const { tenant } = await tenantAccess(db, actor, tenantRef, 'tenant:read')
    let rows = db
      .selectFrom('memberships')
      .innerJoin('users', 'users.user_id', 'memberships.user_id')
      .where('memberships.tenant_id', '=', tenant.tenant_id)
      .selectAll('memberships')
      .select(['users.username', 'users.email'])
    if (query.search) rows = rows.where(holdsText(['users.username', 'users.email'], query.search))
    return pageIn(rows, query, {
      at: 'memberships.created_at',
      id: 'memberships.user_id',
      direction: 'asc',
      item: memberInfo,
      positionOf: (row) => ({ at: row.created_at, id: row.user_id }),
    })
  }

  /** @throws {ControlError} `not_found` for member and tenant alike */
  async get(actor: Actor, tenantRef: string, userRef: string): Promise<MemberInfo> {
    const { db } = this.#core
    const { tenant } = await tenantAccess(db, actor, tenantRef, 'tenant:read')
    return memberInfo(await memberBy(db, tenant.tenant_id, userRef))
  }

  /**
   * Makes a user a member at once when they are named by their id, when the caller is an operator, or
   * when both are in some tenant; anybody else is invited. So a name or an address tells nobody
   * whether there is such a user.
   *
   * @throws {ControlError} `already_member`, `conflict` for somebody who is invited, `not_found` (an
   * id), `forbidden`, `invalid_input`
   */
  async add(actor: Actor, tenantRef: string, input: NewMember): Promise<MemberInfo> {
    const added = await this.#core.mutate(async (mutation) => {
      const { tx } = mutation
      const access = await tenantAccess(tx, actor, tenantRef, 'tenant:manage_members')
      const user = await userKnownTo(tx, actor, input.user_id)
      if (user === undefined) return undefined
      const role = input.role ?? 'viewer'
      const row = await insertMember(mutation, actor, access, {
        userId: user.user_id,
        role,
        kbIds: await kbIdsOf(tx, access.tenant.tenant_id, input.kb_ids),
      })
      return memberInfo({ ...row, username: user.username, email: user.email })
    })
    if (added !== undefined) return added
    const { user_id } = input
    const { role, kb_ids, invitation_id, created_at, created_by } = await this.#options.invite(
      actor,
      tenantRef,
      input,
    )
    const told = { role, kb_ids, invitation_id, created_at, created_by }
    return { user_id, username: user_id, email: null, status: 'invited', ...told }
  }

  /**
   * Changes role or knowledge bases. Nobody raises themselves or grants above their own role, nobody but
   * an owner touches an owner, and the last owner stays.
   *
   * @throws {ControlError} `forbidden`, `last_owner`, `not_found`, `invalid_input`
   */
  async update(
    actor: Actor,
    tenantRef: string,
    userRef: string,
    change: MemberChange,
  ): Promise<MemberInfo> {
    return this.#core.mutate(async (mutation) => {
      const { tx } = mutation
      const access = await tenantAccess(tx, actor, tenantRef, 'tenant:manage_members')
      const { tenant_id } = access.tenant
      const member = await memberBy(tx, tenant_id, userRef)
      const before = roleIn(member.role)
      const role = change.role ?? before
      assertMayGrant(actor, access, before)
      assertMayGrant(actor, access, role)
      if (before === 'owner' && role !== 'owner') await assertOtherOwner(tx, tenant_id)
      const kbIds =
        change.kb_ids === undefined
          ? (idsIn(member.kb_ids) ?? null)
          : await kbIdsOf(tx, tenant_id, change.kb_ids)
      assertLimitable(role, kbIds)
      const row = await tx
        .updateTable('memberships')
        .set({ role, kb_ids: idsColumn(kbIds) })
        .where('tenant_id', '=', tenant_id)
        .where('user_id', '=', member.user_id)
        .returningAll()
        .executeTakeFirstOrThrow()
      await noteMember(mutation, actor, tenant_id, member.user_id, 'member_modified', { role })
      await this.#options.inviters.withdrawLapsed(mutation, actor, tenant_id, member.user_id)
      return memberInfo({ ...member, ...row })
    })
  }

  /**
   * Removes a member; members may remove themselves. Their very next request fails, the keys that
   * they made end, and the invitations that they sent are withdrawn.
   *
   * @throws {ControlError} `last_owner`, `not_found`, `forbidden`
   */
  async remove(actor: Actor, tenantRef: string, userRef: string): Promise<void> {
    await this.#core.mutate(async (mutation) => {
      const { tx, at } = mutation
      const self = actor.userId === (await userOrNone(tx, userRef))?.user_id
      const access = await tenantAccess(
        tx,
        actor,
        tenantRef,
        self ? 'tenant:read' : 'tenant:manage_members',
        { suspended: true },
      )
      const { tenant_id } = access.tenant
      const { user_id, ...member } = await memberBy(tx, tenant_id, userRef)
      const role = roleIn(member.role)
      if (!self) assertNotAbove(actor, access, role)
      if (role === 'owner') await assertOtherOwner(tx, tenant_id)
      await tx
        .deleteFrom('memberships')
        .where('tenant_id', '=', tenant_id)
        .where('user_id', '=', user_id)
        .execute()
      await tx
        .updateTable('api_keys')
        .set({ revoked_at: at })
        .where('tenant_id', '=', tenant_id)
        .where('created_by', '=', user_id)
        .where('revoked_at', 'is', null)
        .execute()
      mutation.touch(`tenant:${tenant_id}`)
      await noteMember(mutation, actor, tenant_id, user_id, 'member_removed', {})
      await this.#options.inviters.withdrawLapsed(mutation, actor, tenant_id, user_id)
    })
  }

  /**
   * Makes another member owner, and the owner who does it an admin.
   *
   * @throws {ControlError} `forbidden`, `not_found` (member)
   */
  async transfer(actor: Actor, tenantRef: string, userRef: string): Promise<MemberInfo> {
    return this.#core.mutate(async (mutation) => {
      const { tx } = mutation
      const access = await tenantAccess(tx, actor, tenantRef, 'tenant:own')
      assertMayGrant(actor, access, 'owner')
      const { tenant, role } = access
      const user = await memberBy(tx, tenant.tenant_id, userRef)
      if (role === 'owner' && actor.userId !== undefined && actor.userId !== user.user_id) {
        await tx
          .updateTable('memberships')
          .set({ role: 'admin' })
          .where('tenant_id', '=', tenant.tenant_id)
          .where('user_id', '=', actor.userId)
          .execute()
        mutation.touch(`user:${actor.userId}`, `tenant:${tenant.tenant_id}`)
        const { inviters } = this.#options
        await inviters.withdrawLapsed(mutation, actor, tenant.tenant_id, actor.userId)
      }
      const row = await tx
        .updateTable('memberships')
        .set({ role: 'owner', kb_ids: null })
        .where('tenant_id', '=', tenant.tenant_id)
        .where('user_id', '=', user.user_id)
        .returningAll()
        .executeTakeFirstOrThrow()
      await noteMember(mutation, actor, tenant.tenant_id, user.user_id, 'ownership_transferred', {})
      return memberInfo({ ...user, ...row })
    })
  }
}

async function assertOtherOwner(db: Kysely<ControlTables>, tenantId: string): Promise<void> {
  const owners = await db
    .selectFrom('memberships')
    .select('user_id')
    .where('tenant_id', '=', tenantId)
    .where('role', '=', 'owner')
    .limit(2)
    .execute()
  if (owners.length > 1) return
  throw new ControlError('last_owner', 'This is the last owner; hand the ownership over first')
}

type MemberRow = MembershipRow & Pick<UserRow, 'username' | 'email'>

/** A member by id, name or address; everybody who is none sounds alike, user or not. */
async function memberBy(
  db: Kysely<ControlTables>,
  tenantId: string,
  userRef: string,
): Promise<MemberRow> {
  const user = await userOrNone(db, userRef)
  if (user === undefined) throw notFound('member')
  const row = await db
    .selectFrom('memberships')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', user.user_id)
    .executeTakeFirst()
  if (row === undefined) throw notFound('member')
  return { ...row, username: user.username, email: user.email }
}

/**
 * A user whom the actor may know of; undefined for others, and when there is none.
 *
 * @throws {ControlError} `not_found` for an id, and to operators
 */
async function userKnownTo(
  db: Kysely<ControlTables>,
  actor: Actor,
  ref: string,
): Promise<UserRow | undefined> {
  if (actor.superAdmin || isUserId(ref)) return userBy(db, ref)
  const user = await userOrNone(db, ref)
  return user && (await areTogether(db, actor, user.user_id)) ? user : undefined
}

/** Whether there is a tenant whose members the actor sees, and of which this user is one. */
async function areTogether(
  db: Kysely<ControlTables>,
  { key, userId }: Actor,
  otherId: string,
): Promise<boolean> {
  const others = db
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .select('memberships.tenant_id')
    .where('memberships.user_id', '=', otherId)
    .where('tenants.status', '!=', 'deleting')
  const shared =
    key === undefined
      ? others.where('memberships.tenant_id', 'in', (select) =>
          select
            .selectFrom('memberships as own')
            .select('own.tenant_id')
            .where('own.user_id', '=', userId ?? ''),
        )
      : others.where('memberships.tenant_id', '=', key.tenantId)
  return (await shared.executeTakeFirst()) !== undefined
}

function memberInfo(row: MemberRow): MemberInfo {
  return {
    user_id: row.user_id,
    username: row.username,
    email: row.email,
    role: roleIn(row.role),
    kb_ids: idsIn(row.kb_ids) ?? null,
    status: 'active',
    created_at: isoTime(row.created_at),
    created_by: row.created_by,
  }
}
