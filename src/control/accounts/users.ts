import type { Static } from 'typebox'
import type { PasswordChecker } from '../../tenancy/sign-in/password.ts'
import type { Actor } from '../authority/actor.ts'
import { assertSuperAdmin } from '../authority/authority.ts'
import type { ControlCore, Mutation } from '../core/control-core.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import type { UserRow } from '../database/control-tables.ts'
import { isoTime } from '../database/iso-time.ts'
import { newId } from '../database/opaque-id.ts'
import { holdsText, type Page, type PageQuery, pageOf, startOf } from '../database/page.ts'
import { foldedKey, userBy } from '../database/user-rows.ts'
import { withdrawAllOf } from '../members/inviters.ts'
import type { Given } from '../wire/wire-schemas.ts'
import type { NewUserBody, UserReply } from './user-schemas.ts'

/** A user as the API shows it. */
export type UserInfo = Readonly<Static<typeof UserReply>>

export type NewUser = Given<typeof NewUserBody>

export interface UsersOptions {
  readonly passwords: PasswordChecker
  /** Names, case-folded, whose users are super admins; only an operator gives them away. */
  readonly superAdmins: ReadonlySet<string>
}

/** What nobody sees would make one name of two users. */
const USERNAME =
  /^(?! )[^\p{Cc}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]{1,128}(?<! )$/u
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,189}$/
/** bcrypt reads no more of a password. */
const PASSWORD_BYTES = { least: 8, most: 72 }

/** The users of the control plane. */
export class Users {
  readonly #core: ControlCore
  readonly #options: UsersOptions

  constructor(core: ControlCore, options: UsersOptions) {
    this.#core = core
    this.#options = options
  }

  /** @throws {ControlError} `super_admin_only`, `username_taken`, `invalid_input` */
  async create(actor: Actor, input: NewUser): Promise<UserInfo> {
    assertSuperAdmin(actor)
    const hash = input.password === undefined ? null : await this.hashOf(input.password)
    const row = await this.#core.mutate((mutation) => this.insert(mutation, actor, input, hash))
    return this.#info(row)
  }

  /** @throws {ControlError} `not_found`; only operators see others */
  async get(actor: Actor, ref: string): Promise<UserInfo> {
    const row = await userBy(this.#core.db, ref)
    if (!actor.superAdmin && row.user_id !== actor.userId) throw notFound('user')
    return this.#info(row)
  }

  async list(
    actor: Actor,
    query: PageQuery & { readonly search?: string | undefined },
  ): Promise<Page<UserInfo>> {
    assertSuperAdmin(actor)
    const start = startOf(query)
    let all = this.#core.db.selectFrom('users')
    if (query.search) all = all.where(holdsText(['username', 'email'], query.search))
    const { count } = await all
      .select((select) => select.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    let rows = all.selectAll()
    if (start.after !== undefined) rows = rows.where('user_id', '>', start.after.id)
    const found = await rows
      .orderBy('user_id')
      .limit(start.limit + 1)
      .offset(start.offset)
      .execute()
    return pageOf(found, start, count, {
      item: (row) => this.#info(row),
      positionOf: (row) => ({ at: 0, id: row.user_id }),
    })
  }

  /** Sets a new password; all tokens of the user end. Users set their own, operators any. */
  async setPassword(actor: Actor, ref: string, password: string): Promise<void> {
    const hash = await this.hashOf(password)
    await this.#change(actor, ref, 'password_changed', async (row) => ({
      password_hash: hash,
      token_version: row.token_version + 1,
    }))
  }

  /** Ends all tokens of the user. */
  async signOutEverywhere(actor: Actor, ref: string): Promise<void> {
    await this.#change(actor, ref, 'signed_out_everywhere', async (row) => ({
      token_version: row.token_version + 1,
    }))
  }

  /** Disabled users are refused from the next request on, and what they sent is withdrawn for good. */
  async setDisabled(actor: Actor, ref: string, disabled: boolean): Promise<void> {
    assertSuperAdmin(actor)
    const event = disabled ? 'user_disabled' : 'user_enabled'
    await this.#change(actor, ref, event, async ({ user_id }, mutation) => {
      if (disabled) await withdrawAllOf(mutation, actor, user_id)
      return { disabled: disabled ? 1 : 0 }
    })
  }

  /** @throws {ControlError} `invalid_input` for a password of a wrong length */
  async hashOf(password: string): Promise<string> {
    const bytes = Buffer.byteLength(password)
    if (bytes >= PASSWORD_BYTES.least && bytes <= PASSWORD_BYTES.most) {
      return this.#options.passwords.hashOf(password)
    }
    throw new ControlError(
      'invalid_input',
      `A password has ${PASSWORD_BYTES.least} to ${PASSWORD_BYTES.most} bytes`,
    )
  }

  isSuperAdmin(row: Pick<UserRow, 'super_admin' | 'username_key'>): boolean {
    return row.super_admin === 1 || this.#options.superAdmins.has(row.username_key)
  }

  /** Adds a user within a transaction. @throws {ControlError} `username_taken`, `invalid_input` */
  async insert(
    mutation: Mutation,
    actor: Actor,
    input: NewUser,
    passwordHash: string | null,
  ): Promise<UserRow> {
    const { tx, at } = mutation
    const { username, email = null } = input
    const key = foldedKey(username)
    if (!USERNAME.test(username) || key.startsWith('usr_') || key.startsWith('file:')) {
      throw new ControlError(
        'invalid_input',
        'A user name has 1 to 128 characters, all of which can be seen',
      )
    }
    if (email !== null && !EMAIL.test(email)) {
      throw new ControlError('invalid_input', 'This is no e-mail address')
    }
    // Else somebody invited could become operator by choosing a name.
    if (!actor.superAdmin && this.#options.superAdmins.has(key)) throw usernameTaken()
    const emailKey = email === null ? null : foldedKey(email)
    // Else they would be taken for the one who has that address, and get those invitations.
    if (!actor.superAdmin && key.includes('@') && key !== emailKey) {
      throw new ControlError('invalid_input', 'A user name has no @, unless it is your address')
    }
    const row = await tx
      .insertInto('users')
      .values({
        user_id: newId('usr'),
        username,
        username_key: key,
        email,
        email_key: emailKey,
        password_hash: passwordHash,
        token_version: 1,
        super_admin: actor.superAdmin && input.super_admin === true ? 1 : 0,
        disabled: 0,
        created_at: at,
        updated_at: at,
      })
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw usernameTaken()
    mutation.touch(`user:${row.user_id}`)
    await mutation.record(actor, { event: 'user_created', subject: row.user_id })
    return row
  }

  async #change(
    actor: Actor,
    ref: string,
    event: string,
    changes: (row: UserRow, mutation: Mutation) => Promise<Partial<UserRow>>,
  ): Promise<void> {
    await this.#core.mutate(async (mutation) => {
      const row = await userBy(mutation.tx, ref)
      if (!actor.superAdmin && row.user_id !== actor.userId) throw notFound('user')
      const changed = await changes(row, mutation)
      await mutation.tx
        .updateTable('users')
        .set({ ...changed, updated_at: mutation.at })
        .where('user_id', '=', row.user_id)
        .execute()
      mutation.touch(`user:${row.user_id}`)
      await mutation.record(actor, { event, subject: row.user_id })
    })
  }

  #info(row: UserRow): UserInfo {
    return {
      user_id: row.user_id,
      username: row.username,
      email: row.email,
      is_super_admin: this.isSuperAdmin(row),
      disabled: row.disabled === 1,
      created_at: isoTime(row.created_at),
    }
  }
}

function usernameTaken(): ControlError {
  return new ControlError('username_taken', 'This user name or address is in use')
}
