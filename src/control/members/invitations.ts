import { digestOf } from '../../tenancy/control-files/secret-digest.ts'
import type { Users } from '../accounts/users.ts'
import type { Actor } from '../authority/actor.ts'
import { type TenantAccess, tenantAccess } from '../authority/authority.ts'
import { roleIn } from '../authority/tenant-permissions.ts'
import type { ControlCore, Mutation } from '../core/control-core.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import type { InvitationRow, TenantRow, UserRow } from '../database/control-tables.ts'
import { isoTime } from '../database/iso-time.ts'
import { idsColumn, idsIn } from '../database/json-column.ts'
import { newId, newSecret } from '../database/opaque-id.ts'
import { type Page, type PageQuery, pageIn } from '../database/page.ts'
import { userBy } from '../database/user-rows.ts'
import { kbIdsOf } from '../kbs/kb-rows.ts'
import { assertLimitable, assertMayGrant, insertMember } from './grant-role.ts'
import type { InvitationMail } from './invitation-mail.ts'
import { type InvitationOffer, offerOf } from './invitation-offer.ts'
import type {
  InvitationInfo,
  NewAccount,
  NewInvitation,
  ReceivedInvitation,
  SentInvitation,
} from './invitation-schemas.ts'
import { gone, lifeMs, NOBODY, note, settle, stillPending } from './invitation-steps.ts'
import { addressesOf, assertNoMember, type Invitee, invitationsFor, inviteeOf } from './invitees.ts'
import type { Inviters } from './inviters.ts'

export interface InvitationsOptions {
  readonly users: Users
  readonly inviters: Inviters
  /** Undefined when no mail server is configured. */
  readonly mail?: InvitationMail | undefined
  /** The link that is sent, for a token. */
  readonly linkOf?: (token: string) => string
}

/**
 * Invitations to tenants. The database has digests of their tokens. Each counts only while who sent
 * it last may still grant what it offers.
 */
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
   * @throws {ControlError} `conflict` for somebody who is invited, `already_member`, `forbidden`,
   * `invalid_input`, `not_found` (an id)
   */
  async create(actor: Actor, tenantRef: string, input: NewInvitation): Promise<SentInvitation> {
    const token = newSecret('tri')
    const { row, tenant } = await this.#core.mutate(async (mutation) => {
      const { tx } = mutation
      const access = await tenantAccess(tx, actor, tenantRef, 'tenant:manage_members')
      const role = input.role ?? 'viewer'
      assertMayGrant(actor, access, role)
      const kbIds = await kbIdsOf(tx, access.tenant.tenant_id, input.kb_ids)
      assertLimitable(role, kbIds)
      const whom = await inviteeOf(tx, actor, input)
      await this.#assertNotYetInvited(mutation, actor, access, whom)
      const row = await tx
        .insertInto('invitations')
        .values({
          ...whom,
          invitation_id: newId('inv'),
          tenant_id: access.tenant.tenant_id,
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
      return { row, tenant: access.tenant }
    })
    return this.#send(row, tenant, token)
  }

  /** The newest first; those that count no more as withdrawn. */
  async list(actor: Actor, tenantRef: string, query: PageQuery): Promise<Page<InvitationInfo>> {
    const { db } = this.#core
    const { tenant } = await tenantAccess(db, actor, tenantRef, 'tenant:manage_members')
    const rows = db.selectFrom('invitations').where('tenant_id', '=', tenant.tenant_id)
    const page = await pageIn(rows.selectAll(), query, {
      at: 'created_at',
      id: 'invitation_id',
      direction: 'desc',
      item: (row) => row,
      positionOf: (row) => ({ at: row.created_at, id: row.invitation_id }),
    })
    const items = page.items.map(async (row) =>
      row.status !== 'pending' || (await this.counts(row))
        ? this.#info(row)
        : this.#info({ ...row, status: 'withdrawn' }),
    )
    return { ...page, items: await Promise.all(items) }
  }

  /** Whether who sent it may still grant what it offers. */
  counts(row: Pick<InvitationRow, 'tenant_id' | 'role' | 'created_by'>): Promise<boolean> {
    return this.#options.inviters.mayStillGrant(this.#core.db, row)
  }

  /** Pending ones of the caller that count, by their id or address. */
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
    const mine: ReceivedInvitation[] = []
    for (const { name, slug, ...row } of rows) {
      if (!(await this.counts(row))) continue
      mine.push({ ...this.#info(row), tenant_name: name, tenant_slug: slug })
    }
    return mine
  }

  /** A new token and a new term; the old token ends. It counts as the caller's from then on. */
  async resend(
    actor: Actor,
    tenantRef: string,
    invitationId: string,
    expiresIn?: number,
  ): Promise<SentInvitation> {
    const token = newSecret('tri')
    const { row, tenant } = await this.#core.mutate(async (mutation) => {
      const { tx, at } = mutation
      const access = await tenantAccess(tx, actor, tenantRef, 'tenant:manage_members')
      const found = await this.#pendingOf(mutation, access, invitationId)
      assertMayGrant(actor, access, roleIn(found.role))
      await this.#assertCounts(mutation, found)
      const row = await tx
        .updateTable('invitations')
        .set({
          token_digest: digestOf(token).toString('hex'),
          mailed: 0,
          expires_at: at + lifeMs(expiresIn),
          created_by: actor.id,
        })
        .where('invitation_id', '=', invitationId)
        .returningAll()
        .executeTakeFirstOrThrow()
      await note(mutation, actor, row, 'invitation_resent')
      return { row, tenant: access.tenant }
    })
    return this.#send(row, tenant, token)
  }

  async withdraw(actor: Actor, tenantRef: string, invitationId: string): Promise<void> {
    await this.#core.mutate(async (mutation) => {
      const access = await tenantAccess(mutation.tx, actor, tenantRef, 'tenant:manage_members')
      const row = await this.#pendingOf(mutation, access, invitationId)
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

  /** What a token invites to. @throws {ControlError} `not_found`, `invitation_gone` */
  offer(token: string): Promise<InvitationOffer> {
    return offerOf(this.#core, this.#options.inviters, token)
  }

  async declineByToken(token: string): Promise<void> {
    await this.#core.mutate(async (mutation) => {
      const row = await this.#byToken(mutation, token)
      await settle(mutation, { ...NOBODY, id: row.invitation_id }, row, 'declined')
    })
  }

  async #acceptAnew(token: string, account: NewAccount): Promise<InvitationInfo> {
    const { users } = this.#options
    // Before the hash is made: a caller without a token gets no work done.
    await this.#core.mutate((mutation) => this.#byToken(mutation, token))
    const hash = await users.hashOf(account.password)
    return this.#core.mutate(async (mutation) => {
      const row = await this.#byToken(mutation, token)
      if (row.user_id !== null) throw notFound('invitation')
      const { username } = account
      const actor = { ...NOBODY, id: row.invitation_id }
      // Somebody who was handed the token has not shown that the address is theirs.
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
    // By the right of its sender, which was looked at just now.
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

  async #received(mutation: Mutation, user: UserRow, id: string): Promise<InvitationRow> {
    const row = await mutation.tx
      .selectFrom('invitations')
      .selectAll()
      .where('invitation_id', '=', id)
      .executeTakeFirst()
    const mine =
      row?.user_id === user.user_id || addressesOf(user).some((one) => one === row?.email_key)
    if (row === undefined || !mine) throw notFound('invitation')
    return this.#stillOpen(mutation, row)
  }

  async #byToken(mutation: Mutation, token: string): Promise<InvitationRow> {
    const row = await mutation.tx
      .selectFrom('invitations')
      .selectAll()
      .where('token_digest', '=', digestOf(token).toString('hex'))
      .executeTakeFirst()
    if (row === undefined) throw notFound('invitation')
    return this.#stillOpen(mutation, row)
  }

  async #stillOpen(mutation: Mutation, row: InvitationRow): Promise<InvitationRow> {
    await this.#assertCounts(mutation, stillPending(row, mutation.at))
    return row
  }

  async #assertCounts({ tx }: Mutation, row: InvitationRow): Promise<void> {
    if (!(await this.#options.inviters.mayStillGrant(tx, row))) throw gone()
  }

  /** What counts no more keeps nobody from inviting the same people. */
  async #assertNotYetInvited(
    mutation: Mutation,
    actor: Actor,
    { tenant: { tenant_id } }: TenantAccess,
    whom: Invitee,
  ): Promise<void> {
    await assertNoMember(mutation.tx, tenant_id, whom)
    const sent = await invitationsFor(mutation.tx, tenant_id, whom, mutation.at)
    const [known] = await this.#options.inviters.stillCounting(mutation, actor, sent)
    if (known) throw new ControlError('conflict', 'There is such an invitation; resend it')
  }

  async #pendingOf({ tx }: Mutation, { tenant }: TenantAccess, id: string): Promise<InvitationRow> {
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
