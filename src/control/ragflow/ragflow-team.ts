import type { Static } from 'typebox'
import type { Role } from '../../tenancy/principal.ts'
import type { Actor } from '../authority/actor.ts'
import { type TenantAccess, tenantBy } from '../authority/authority.ts'
import { roleIn, type TenantPermission } from '../authority/tenant-permissions.ts'
import type { ControlCore } from '../core/control-core.ts'
import type { InvitationRow, UserRow } from '../database/control-tables.ts'
import { foldedKey, userOrNone } from '../database/user-rows.ts'
import type { Invitations } from '../members/invitations.ts'
import { addressesOf } from '../members/invitees.ts'
import type { Members } from '../members/members.ts'
import { CODE, noAuthorization, RagflowError, RagflowRefusal } from './envelope.ts'
import { accessOr109 } from './managed-tenant.ts'
import { ragflowRole } from './ragflow-role.ts'
import type {
  RagflowInvitedReply,
  RagflowMemberReply,
  RagflowTenantReply,
} from './ragflow-schemas.ts'
import { deltaSeconds, ragflowDate } from './ragflow-time.ts'

/** A tenant as RAGFlow lists it for a user. */
export type RagflowTenant = Readonly<Static<typeof RagflowTenantReply>>

/** A member, or somebody who is invited, as RAGFlow lists them. */
export type RagflowMember = Readonly<Static<typeof RagflowMemberReply>>

export type RagflowInvited = Readonly<Static<typeof RagflowInvitedReply>>

export interface RagflowInvitation {
  /** An address, or the name of a user. */
  readonly email: string
  readonly role?: Role | undefined
  readonly kb_ids?: readonly string[] | null | undefined
}

export interface RagflowTeamOptions {
  readonly core: ControlCore
  readonly members: Members
  readonly invitations: Invitations
}

/** Members and invitations as RAGFlow's clients know them, over the services of the server. */
export class RagflowTeam {
  readonly #options: RagflowTeamOptions

  constructor(options: RagflowTeamOptions) {
    this.#options = options
  }

  /** The caller's tenants, and after them those that they are invited to. */
  async tenants(actor: Actor): Promise<RagflowTenant[]> {
    const { core, invitations } = this.#options
    const held = await this.#held(actor)
    const invited = actor.userId === undefined ? [] : await invitations.listMine(actor)
    const emails = await this.#ownerEmails([...held, ...invited].map((one) => one.tenant_id))
    const shown = [
      ...held,
      ...invited.map((one) => ({
        tenant_id: one.tenant_id,
        role: 'invite' as const,
        name: one.tenant_name,
        at: Date.parse(one.created_at),
      })),
    ]
    return shown.map(({ tenant_id, role, name, at }) => ({
      tenant_id,
      role,
      nickname: name,
      email: emails.get(tenant_id) ?? '',
      avatar: '',
      update_date: ragflowDate(at),
      delta_seconds: deltaSeconds(core.now(), at),
    }))
  }

  /** @throws {RagflowError} 109 for a caller who does not manage the members of this tenant */
  async users(actor: Actor, tenantRef: string): Promise<RagflowMember[]> {
    const { db, now } = this.#now()
    const { tenant } = await this.#access(actor, tenantRef, 'tenant:manage_members')
    const members = await db
      .selectFrom('memberships')
      .innerJoin('users', 'users.user_id', 'memberships.user_id')
      .selectAll('users')
      .select(['memberships.role', 'memberships.created_at as joined_at'])
      .where('memberships.tenant_id', '=', tenant.tenant_id)
      .orderBy('memberships.created_at')
      .orderBy('memberships.user_id')
      .execute()
    const sent = await db
      .selectFrom('invitations')
      .leftJoin('users', 'users.user_id', 'invitations.user_id')
      .select(['invitation_id', 'invitations.user_id', 'invitations.email', 'users.username'])
      .select(['invitations.invitee', 'invitations.created_at', 'invitations.created_by'])
      .select(['invitations.tenant_id', 'invitations.role'])
      .where('tenant_id', '=', tenant.tenant_id)
      .where('status', '=', 'pending')
      .where('expires_at', '>', now)
      .orderBy('invitations.created_at')
      .execute()
    const pending: typeof sent = []
    for (const row of sent) if (await this.#options.invitations.counts(row)) pending.push(row)
    return [
      ...members.map((row) =>
        memberOf({
          id: row.user_id,
          user_id: row.user_id,
          role: ragflowRole(roleIn(row.role)),
          nickname: row.username,
          email: row.email ?? '',
          isActive: row.disabled === 0,
          at: row.joined_at,
          now,
        }),
      ),
      ...pending.map((row) =>
        memberOf({
          id: row.invitation_id,
          // What removes it, for somebody who has no account or whose account is not to be told.
          user_id: row.invitee === null && row.user_id ? row.user_id : row.invitation_id,
          role: 'invite',
          nickname: row.invitee ?? row.username ?? row.email ?? '',
          email: row.email ?? '',
          isActive: true,
          at: row.created_at,
          now,
        }),
      ),
    ]
  }

  /**
   * Invites an address, or a user by name; it does not tell whether somebody has either.
   *
   * @throws {RagflowError} 102 for somebody who is a member or invited already
   */
  async invite(
    actor: Actor,
    tenantRef: string,
    { email: whom, role = 'editor', kb_ids }: RagflowInvitation,
  ): Promise<RagflowInvited> {
    const { tenant } = await this.#access(actor, tenantRef, 'tenant:manage_members')
    const byEmail = whom.includes('@')
    if (byEmail) await this.#refuseMember(tenant.tenant_id, whom)
    const sent = await this.#options.invitations.create(actor, tenant.tenant_id, {
      ...(byEmail ? { email: whom } : { user_id: whom }),
      role,
      kb_ids,
    })
    return { id: sent.invitation_id, avatar: '', email: sent.email ?? '', nickname: whom }
  }

  /**
   * Removes a member or withdraws an invitation; callers themselves leave or decline.
   *
   * @throws {RagflowError} 102 when there was nobody to remove, 109 for the last owner
   */
  async remove(actor: Actor, tenantRef: string, userRef: string): Promise<true> {
    const { core, members, invitations } = this.#options
    const tenant = await tenantBy(core.db, tenantRef)
    const user = await userOrNone(core.db, userRef)
    const self = user !== undefined && user.user_id === actor.userId
    // Callers who ask for themselves learn no more of a tenant than that they are not in it.
    if (tenant === undefined) throw self ? nobodyToRemove() : noAuthorization()
    if (!self) await this.#access(actor, tenant.tenant_id, 'tenant:manage_members')
    if (user !== undefined && (await this.#isMember(tenant.tenant_id, user.user_id))) {
      await members.remove(actor, tenant.tenant_id, user.user_id)
      return true
    }
    const pending = await this.#pendingOf(tenant.tenant_id, userRef, self ? user : undefined)
    if (pending === undefined) throw nobodyToRemove()
    if (self) await invitations.decline(actor, pending.invitation_id)
    else await invitations.withdraw(actor, tenant.tenant_id, pending.invitation_id)
    return true
  }

  /** @throws {RagflowError} 102 unless the caller is invited */
  async agree(actor: Actor, tenantRef: string): Promise<true> {
    await this.#options.invitations.accept(actor, await this.#received(actor, tenantRef))
    return true
  }

  /** @throws {RagflowError} 102 unless the caller is invited */
  async refuse(actor: Actor, tenantRef: string): Promise<true> {
    await this.#options.invitations.decline(actor, await this.#received(actor, tenantRef))
    return true
  }

  #now() {
    return { db: this.#options.core.db, now: this.#options.core.now() }
  }

  #access(actor: Actor, tenantRef: string, permission: TenantPermission): Promise<TenantAccess> {
    return accessOr109(this.#options.core, actor, tenantRef, permission)
  }

  async #held(actor: Actor) {
    const { db } = this.#now()
    if (actor.key !== undefined) {
      const tenant = await tenantBy(db, actor.key.tenantId)
      if (tenant === undefined) return []
      const { tenant_id, name, updated_at: at } = tenant
      return [{ tenant_id, name, role: ragflowRole(actor.key.role), at }]
    }
    if (actor.userId === undefined) return []
    const rows = await db
      .selectFrom('memberships')
      .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
      .select(['tenants.tenant_id', 'tenants.name', 'memberships.role'])
      .select('memberships.created_at as at')
      .where('memberships.user_id', '=', actor.userId)
      .where('tenants.status', '!=', 'deleting')
      .orderBy('memberships.created_at')
      .execute()
    return rows.map((row) => ({ ...row, role: ragflowRole(roleIn(row.role)) }))
  }

  async #ownerEmails(tenantIds: readonly string[]): Promise<Map<string, string>> {
    if (tenantIds.length === 0) return new Map()
    const rows = await this.#options.core.db
      .selectFrom('memberships')
      .innerJoin('users', 'users.user_id', 'memberships.user_id')
      .select(['memberships.tenant_id', 'users.email'])
      .where('memberships.tenant_id', 'in', [...tenantIds])
      .where('memberships.role', '=', 'owner')
      .orderBy('memberships.created_at', 'desc')
      .execute()
    return new Map(rows.map(({ tenant_id, email }) => [tenant_id, email ?? '']))
  }

  async #refuseMember(tenantId: string, email: string): Promise<void> {
    const member = await this.#options.core.db
      .selectFrom('memberships')
      .innerJoin('users', 'users.user_id', 'memberships.user_id')
      .select('users.user_id')
      .where('memberships.tenant_id', '=', tenantId)
      .where('users.email_key', '=', foldedKey(email))
      .executeTakeFirst()
    if (member === undefined) return
    throw new RagflowError(CODE.data, `${email} is already in the team.`)
  }

  async #isMember(tenantId: string, userId: string): Promise<boolean> {
    const row = await this.#options.core.db
      .selectFrom('memberships')
      .select('role')
      .where('tenant_id', '=', tenantId)
      .where('user_id', '=', userId)
      .executeTakeFirst()
    return row !== undefined
  }

  /**
   * By the id of the invitation, or by what it was made for: that a name is of somebody invited by
   * their address is not told. To them it is, who know.
   */
  async #pendingOf(
    tenantId: string,
    ref: string,
    self: UserRow | undefined,
  ): Promise<InvitationRow | undefined> {
    const emails = [foldedKey(ref), ...(self === undefined ? [] : addressesOf(self))]
    return this.#options.core.db
      .selectFrom('invitations')
      .selectAll()
      .where('tenant_id', '=', tenantId)
      .where('status', '=', 'pending')
      .where((where) =>
        where.or([
          where('invitation_id', '=', ref),
          where('email_key', 'in', emails),
          where('invitee_key', '=', foldedKey(ref)),
          self === undefined
            ? where.and([where('user_id', '=', ref), where('invitee', 'is', null)])
            : where('user_id', '=', self.user_id),
        ]),
      )
      .executeTakeFirst()
  }

  async #received(actor: Actor, tenantRef: string): Promise<string> {
    const tenant = await tenantBy(this.#options.core.db, tenantRef)
    const mine = actor.userId === undefined ? [] : await this.#options.invitations.listMine(actor)
    const found = mine.find(({ tenant_id }) => tenant_id === tenant?.tenant_id)
    if (found !== undefined) return found.invitation_id
    throw new RagflowRefusal(CODE.data, 'There is no invitation of this tenant for you')
  }
}

function nobodyToRemove(): RagflowRefusal {
  return new RagflowRefusal(CODE.data, 'There is nobody to remove')
}

function memberOf({
  isActive,
  at,
  now,
  ...shown
}: Pick<RagflowMember, 'id' | 'user_id' | 'role' | 'nickname' | 'email'> & {
  readonly isActive: boolean
  readonly at: number
  readonly now: number
}): RagflowMember {
  return {
    ...shown,
    status: '1',
    avatar: '',
    is_authenticated: '1',
    is_active: isActive ? '1' : '0',
    is_anonymous: '0',
    is_superuser: false,
    update_date: ragflowDate(at),
    delta_seconds: deltaSeconds(now, at),
  }
}
