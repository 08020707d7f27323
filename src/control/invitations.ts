import type { Role } from '../tenancy/principal.ts'
import { digestOf } from '../tenancy/secret-digest.ts'
import type { Actor } from './actor.ts'
import { type Standing, standingIn } from './authority.ts'
import { notFound } from './control-error.ts'
import type { InvitationRow, TenantRow, UserRow } from './control-tables.ts'
import type { InvitationMail } from './invitation-mail.ts'
import { gone, lifeMs, NOBODY, note, settle, stillPending } from './invitation-steps.ts'
import { addressesOf, assertNotYetInvited, inviteeOf } from './invitees.ts'
import { isoTime } from './iso-time.ts'
import { idsColumn, idsIn } from './json-column.ts'
import { kbIdsOf } from './kb-rows.ts'
import { assertLimitable, assertMayGrant, insertMember } from './members.ts'
import type { ControlCore, Mutation } from './mutation.ts'
import { newId, newSecret } from './opaque-id.ts'
import { type Page, type PageQuery, pageIn } from './page.ts'
import { roleIn } from './tenant-permissions.ts'
import { userBy } from './user-rows.ts'
import type { Users } from './users.ts'

export interface NewInvitation {
  /** One of the two: an address, or id or name of a user. */
  readonly email?: string | undefined
  readonly user_id?: string | undefined
  /** Default `viewer`. */
  readonly role?: Role | undefined
  readonly kb_ids?: readonly string[] | null | undefined
  /** In seconds; default 7 days, at most 90. */
  readonly expires_in?: number | undefined
}

/** An invitation as the inviting tenant sees it. */
export interface InvitationInfo {
  readonly invitation_id: string
  readonly tenant_id: string
  readonly email: string | null
  /** Of who was invited by his id. */
  readonly user_id: string | null
  /** By which somebody was invited, whether or not anybody has it. */
  readonly username: string | null
  readonly role: Role
  readonly kb_ids: readonly string[] | null
  readonly status: 'pending' | 'accepted' | 'declined' | 'withdrawn' | 'expired'
  readonly expires_at: string
  readonly created_at: string
  readonly created_by: string
}

/** The token, and the link with it, are here only, and only where no mail was sent. */
export interface SentInvitation extends InvitationInfo {
  readonly mailed: boolean
  readonly token: string | null
  readonly link: string | null
}

/** An invitation as the invited user sees it. */
export interface ReceivedInvitation extends InvitationInfo {
  readonly tenant_name: string
  readonly tenant_slug: string
}

/** Who accepts by token without an account makes one. */
export interface NewAccount {
  readonly username: string
  readonly password: string
}

export interface InvitationsOptions {
  readonly users: Users
  /** Undefined when no mail server is configured. */
  readonly mail?: InvitationMail | undefined
  /** The link that is sent, for a token. */
  readonly linkOf?: (token: string) => string
}

/** Invitations to tenants. The database has digests of their tokens. */
export class Invitations {
  readonly #core: ControlCore
  readonly #options: InvitationsOptions

  constructor(core: ControlCore, options: InvitationsOptions) {
    this.#core = core
    this.#options = options
  }

  /**
   * Invites an address or a user. What it answers does not tell whether somebody has the address or
   * the name.
   *
   * @throws {ControlError} `conflict` for who is invited, `already_member`, `forbidden`,
   * `invalid_input`, `not_found` (an id)
   */
  async create(actor: Actor, tenantRef: string, input: NewInvitation): Promise<SentInvitation> {
    const token = newSecret('tri')
    const { row, tenant } = await this.#core.mutate(async (mutation) => {
      const { tx } = mutation
      const standing = await standingIn(tx, actor, tenantRef, 'tenant:manage_members')
      const role = input.role ?? 'viewer'
      assertMayGrant(actor, standing, role)
      const kbIds = await kbIdsOf(tx, standing.tenant.tenant_id, input.kb_ids)
      assertLimitable(role, kbIds)
      const whom = await inviteeOf(tx, actor, input)
      await assertNotYetInvited(tx, standing.tenant.tenant_id, whom, mutation.at)
      const row = await tx
        .insertInto('invitations')
        .values({
          ...whom,
          invitation_id: newId('inv'),
          tenant_id: standing.tenant.tenant_id,
          role,
          kb_ids: idsColumn(kbIds),
          token_digest: digestOf(token).toString('hex'),
          mailed: 0,
          status: 'pending',
          expires_at: mutation.at + lifeMs(input.expires_in),
          created_by: actor.id,
          created_at: mutation.at,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      await note(mutation, actor, row, 'invitation_created')
      return { row, tenant: standing.tenant }
    })
    return this.#send(row, tenant, token)
  }

  /** The newest first. */
  async list(actor: Actor, tenantRef: string, query: PageQuery): Promise<Page<InvitationInfo>> {
    const { db } = this.#core
    const { tenant } = await standingIn(db, actor, tenantRef, 'tenant:manage_members')
    const rows = db.selectFrom('invitations').where('tenant_id', '=', tenant.tenant_id)
    return pageIn(rows.selectAll(), query, {
      at: 'created_at',
      id: 'invitation_id',
      direction: 'desc',
      item: (row) => this.#info(row),
      positionOf: (row) => ({ at: row.created_at, id: row.invitation_id }),
    })
  }

  /** Pending ones of the caller, by his id or address. */
  async listMine(actor: Actor): Promise<ReceivedInvitation[]> {
    const { db } = this.#core
    const user = await this.#userOf(actor)
    const rows = await db
      .selectFrom('invitations')
      .innerJoin('tenants', 'tenants.tenant_id', 'invitations.tenant_id')
      .selectAll('invitations')
      .select(['tenants.name', 'tenants.slug'])
      .where('invitations.status', '=', 'pending')
      .where('invitations.expires_at', '>', this.#core.now())
      .where('tenants.status', '=', 'active')
      .where((where) =>
        where.or([
          where('invitations.user_id', '=', user.user_id),
          ...addressesOf(user).map((address) => where('invitations.email_key', '=', address)),
        ]),
      )
      .orderBy('invitations.created_at')
      .limit(100)
      .execute()
    return rows.map(({ name, slug, ...row }) => ({
      ...this.#info(row),
      tenant_name: name,
      tenant_slug: slug,
    }))
  }

  /** A new token and a new term; the old token ends. */
  async resend(
    actor: Actor,
    tenantRef: string,
    invitationId: string,
    expiresIn?: number,
  ): Promise<SentInvitation> {
    const token = newSecret('tri')
    const { row, tenant } = await this.#core.mutate(async (mutation) => {
      const { tx, at } = mutation
      const standing = await standingIn(tx, actor, tenantRef, 'tenant:manage_members')
      const found = await this.#pendingOf(mutation, standing, invitationId)
      assertMayGrant(actor, standing, roleIn(found.role))
      const row = await tx
        .updateTable('invitations')
        .set({
          token_digest: digestOf(token).toString('hex'),
          mailed: 0,
          expires_at: at + lifeMs(expiresIn),
        })
        .where('invitation_id', '=', invitationId)
        .returningAll()
        .executeTakeFirstOrThrow()
      await note(mutation, actor, row, 'invitation_resent')
      return { row, tenant: standing.tenant }
    })
    return this.#send(row, tenant, token)
  }

  async withdraw(actor: Actor, tenantRef: string, invitationId: string): Promise<void> {
    await this.#core.mutate(async (mutation) => {
      const standing = await standingIn(mutation.tx, actor, tenantRef, 'tenant:manage_members')
      const row = await this.#pendingOf(mutation, standing, invitationId)
      await settle(mutation, actor, row, 'withdrawn')
    })
  }

  /**
   * Makes the invited user a member. It never changes what a member is already.
   *
   * @throws {ControlError} `not_found`, `invitation_gone`, `already_member`
   */
  async accept(actor: Actor, invitationId: string): Promise<InvitationInfo> {
    const user = await this.#userOf(actor)
    return this.#core.mutate(async (mutation) => {
      const row = await this.#received(mutation, user, invitationId)
      return this.#join(mutation, actor, row, user.user_id)
    })
  }

  async decline(actor: Actor, invitationId: string): Promise<void> {
    const user = await this.#userOf(actor)
    await this.#core.mutate(async (mutation) => {
      const row = await this.#received(mutation, user, invitationId)
      await settle(mutation, actor, row, 'declined')
    })
  }

  /**
   * Accepts by token, for the caller's own account or a new one.
   *
   * @param as who is signed in, or the account to make
   * @throws {ControlError} `not_found`, `invitation_gone`, `username_taken`, `already_member`,
   * `forbidden` for an invitation of somebody else
   */
  async acceptByToken(token: string, as: Actor | NewAccount): Promise<InvitationInfo> {
    if ('username' in as) return this.#acceptAnew(token, as)
    const user = await this.#userOf(as)
    return this.#core.mutate(async (mutation) => {
      const row = await this.#byToken(mutation, token)
      if (row.user_id !== null && row.user_id !== user.user_id) throw notFound('invitation')
      return this.#join(mutation, as, row, user.user_id)
    })
  }

  async declineByToken(token: string): Promise<void> {
    await this.#core.mutate(async (mutation) => {
      const row = await this.#byToken(mutation, token)
      await settle(mutation, { ...NOBODY, id: row.invitation_id }, row, 'declined')
    })
  }

  async #acceptAnew(token: string, account: NewAccount): Promise<InvitationInfo> {
    const { users } = this.#options
    // Before the hash is made: who has no token gets no work done.
    await this.#core.mutate((mutation) => this.#byToken(mutation, token))
    const hash = await users.hashOf(account.password)
    return this.#core.mutate(async (mutation) => {
      const row = await this.#byToken(mutation, token)
      if (row.user_id !== null) throw notFound('invitation')
      const { username } = account
      const actor = { ...NOBODY, id: row.invitation_id }
      // Who was handed the token has not shown that the address is his.
      const email = row.mailed === 1 ? row.email : null
      const user = await users.insert(mutation, actor, { username, email }, hash)
      return this.#join(mutation, actor, row, user.user_id)
    })
  }

  async #join(
    mutation: Mutation,
    actor: Actor,
    row: InvitationRow,
    userId: string,
  ): Promise<InvitationInfo> {
    const tenant = await mutation.tx
      .selectFrom('tenants')
      .selectAll()
      .where('tenant_id', '=', row.tenant_id)
      .executeTakeFirst()
    if (tenant?.status !== 'active') throw gone()
    // The inviter's right to grant was checked when he invited.
    await insertMember(
      mutation,
      { ...actor, superAdmin: true },
      { tenant, role: undefined, kbIds: undefined },
      { userId, role: roleIn(row.role), kbIds: idsIn(row.kb_ids) ?? null },
    )
    return this.#info(await settle(mutation, actor, row, 'accepted'))
  }

  /** A token for a name is told to nobody: it would show whether somebody has the name. */
  async #send(row: InvitationRow, tenant: TenantRow, token: string): Promise<SentInvitation> {
    const link = this.#options.linkOf?.(token) ?? null
    const mailed =
      row.email !== null &&
      link !== null &&
      (await this.#options.mail?.send(row.email, { tenant: tenant.name, link })) === true
    if (mailed) await this.#noteMailed(row)
    const shown = !mailed && row.invitee === null
    return {
      ...this.#info(row),
      mailed,
      token: shown ? token : null,
      link: shown ? link : null,
    }
  }

  /** Unless it was sent anew meanwhile, with another token. */
  async #noteMailed({ invitation_id, token_digest }: InvitationRow): Promise<void> {
    await this.#core.mutate(async ({ tx }) => {
      await tx
        .updateTable('invitations')
        .set({ mailed: 1 })
        .where('invitation_id', '=', invitation_id)
        .where('token_digest', '=', token_digest)
        .execute()
    })
  }

  async #userOf(actor: Actor): Promise<UserRow> {
    if (actor.userId === undefined) throw notFound('invitation')
    return userBy(this.#core.db, actor.userId)
  }

  async #received({ tx, at }: Mutation, user: UserRow, id: string): Promise<InvitationRow> {
    const row = await tx
      .selectFrom('invitations')
      .selectAll()
      .where('invitation_id', '=', id)
      .executeTakeFirst()
    const mine =
      row?.user_id === user.user_id || addressesOf(user).some((one) => one === row?.email_key)
    if (row === undefined || !mine) throw notFound('invitation')
    return stillPending(row, at)
  }

  async #byToken({ tx, at }: Mutation, token: string): Promise<InvitationRow> {
    const row = await tx
      .selectFrom('invitations')
      .selectAll()
      .where('token_digest', '=', digestOf(token).toString('hex'))
      .executeTakeFirst()
    if (row === undefined) throw notFound('invitation')
    return stillPending(row, at)
  }

  async #pendingOf({ tx }: Mutation, { tenant }: Standing, id: string): Promise<InvitationRow> {
    const row = await tx
      .selectFrom('invitations')
      .selectAll()
      .where('invitation_id', '=', id)
      .where('tenant_id', '=', tenant.tenant_id)
      .executeTakeFirst()
    if (row === undefined) throw notFound('invitation')
    if (row.status !== 'pending') throw gone()
    return row
  }

  #info(row: InvitationRow): InvitationInfo {
    const expired = row.status === 'pending' && row.expires_at <= this.#core.now()
    return {
      invitation_id: row.invitation_id,
      tenant_id: row.tenant_id,
      email: row.email,
      user_id: row.invitee === null ? row.user_id : null,
      username: row.invitee,
      role: roleIn(row.role),
      kb_ids: idsIn(row.kb_ids) ?? null,
      status: expired ? 'expired' : row.status,
      expires_at: isoTime(row.expires_at),
      created_at: isoTime(row.created_at),
      created_by: row.created_by,
    }
  }
}
