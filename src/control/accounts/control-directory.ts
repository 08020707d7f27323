import type { TenantContext } from '../../tenancy/context.ts'
import { digestOf } from '../../tenancy/control-files/secret-digest.ts'
import type { Principal, WorkspaceGrant } from '../../tenancy/principal.ts'
import { type PasswordChecker, parseStoredPassword } from '../../tenancy/sign-in/password.ts'
import type { Account, Directory } from '../../tenancy/users/directory.ts'
import { idOfFileUser } from '../authority/actor.ts'
import { isAbove } from '../authority/tenant-permissions.ts'
import type { ChangeListener, ControlCore } from '../core/control-core.ts'
import { grantsInTenant, grantsOfUser, tenantsOfUser } from '../database/access-rows.ts'
import type { UserRow } from '../database/control-tables.ts'
import { TaggedCache } from '../database/tagged-cache.ts'
import { foldedKey, isUserId } from '../database/user-rows.ts'
import { type KeyAccess, keyAccess } from '../keys/key-access.ts'
import { KeyUse } from '../keys/key-use.ts'

export interface ControlDirectoryOptions {
  readonly passwords: PasswordChecker
  /** Names, case-folded, whose users are super admins. */
  readonly superAdmins: ReadonlySet<string>
  /** Whether who belongs to several tenants has to choose one in every request. */
  readonly strict: boolean
  /** Whether an id is that of an operator whom the control plane does not know, by the users file. */
  readonly isOperatorElsewhere: (actorId: string) => Promise<boolean>
  readonly onError?: (error: unknown) => void
}

const REMEMBERED = 20_000
const BCRYPT_COST = 12

/**
 * The users and keys of the control plane as a directory.
 *
 * What was looked up is remembered until a change concerns it; a change has been heard of before it
 * is acknowledged, and one of another process is seen at the next look-up.
 */
export class ControlDirectory implements Directory, ChangeListener {
  readonly #core: ControlCore
  readonly #options: ControlDirectoryOptions
  readonly #accounts = new TaggedCache<Account>(REMEMBERED)
  readonly #keys = new TaggedCache<KeyAccess>(REMEMBERED)
  readonly #keyUse: KeyUse
  #foreignVersion: number

  constructor(core: ControlCore, options: ControlDirectoryOptions) {
    this.#core = core
    this.#options = options
    this.#keyUse = new KeyUse(core, options.onError ?? (() => undefined))
    this.#foreignVersion = core.database.foreignVersion()
    core.listen(this)
  }

  accessChanged(tags: readonly string[]): void {
    for (const tag of tags) {
      this.#accounts.drop(tag)
      this.#keys.drop(tag)
    }
  }

  engineChanged(): void {}

  async findByApiKey(key: string): Promise<Principal | undefined> {
    const digest = digestOf(key).toString('hex')
    const access = await this.#keyBy('digest', digest)
    if (access === undefined) return this.#operatorBy(digest)
    this.#keyUse.used(access.principal.userId)
    return access.principal
  }

  findByUsername(username: string): Promise<Account | undefined> {
    this.#heedOthers()
    const key = foldedKey(username)
    return this.#accounts.getOr(`name:${key}`, async () => this.#load('username_key', key))
  }

  async verifyPassword(username: string, password: string): Promise<Account | undefined> {
    const key = foldedKey(username)
    const row = (await this.#user('username_key', key)) ?? (await this.#user('email_key', key))
    const stored = row?.password_hash == null ? undefined : parseStoredPassword(row.password_hash)
    const matches = await this.#options.passwords.matches(password, stored, BCRYPT_COST)
    if (!matches || row === undefined) return undefined
    // The newest state: the password may have been changed while it was being compared.
    const account = await this.findByUsername(row.username)
    return account?.passwordField === passwordFieldOf(row) ? account : undefined
  }

  /** Whether what a request was let in with still holds; for streams that are open for long. */
  async stillHolds({ principal, workspace }: TenantContext): Promise<boolean> {
    const { userId, role, grants, keyOf, actingFor } = principal
    if (grants === undefined) return true
    if (actingFor !== undefined) {
      if (!(await this.#isOperator(isUserId(userId) ? userId : idOfFileUser(userId)))) return false
      const there = await grantsInTenant(this.#core.db, actingFor, 'admin')
      return there.some((grant) => grant.workspace === workspace)
    }
    const now =
      keyOf === undefined
        ? (await this.findById(userId))?.principal
        : (await this.#keyBy('key_id', userId))?.principal
    const held = now?.grants?.find((grant) => grant.workspace === workspace)
    return held !== undefined && !held.suspended && !isAbove(role, held.role)
  }

  findById(userId: string): Promise<Account | undefined> {
    this.#heedOthers()
    return this.#accounts.getOr(`id:${userId}`, async () => this.#load('user_id', userId))
  }

  flush(): Promise<void> {
    return this.#keyUse.flush()
  }

  async #keyBy(column: 'digest' | 'key_id', value: string): Promise<KeyAccess | undefined> {
    this.#heedOthers()
    const found = await this.#keys.getOr(`${column}:${value}`, async () => {
      const row = await this.#core.db
        .selectFrom('api_keys')
        .selectAll()
        .where(column, '=', value)
        .executeTakeFirst()
      const access = row && (await keyAccess(this.#core.db, row))
      if (row === undefined || access === undefined) return undefined
      const tags = [`key:${row.key_id}`, `tenant:${row.tenant_id}`, `user:${row.created_by}`]
      return { value: access, tags }
    })
    if (found === undefined) return undefined
    const { expiresAt, operatorId } = found
    if (expiresAt !== undefined && expiresAt <= this.#core.now()) return undefined
    return operatorId === undefined || (await this.#isOperator(operatorId)) ? found : undefined
  }

  /** An operator by a key of their own, who is let in by it for as long as they are one. */
  async #operatorBy(digest: string): Promise<Principal | undefined> {
    const found = await this.#accounts.getOr(`key:${digest}`, async () => {
      const key = await this.#core.db
        .selectFrom('operator_keys')
        .select('user_id')
        .where('digest', '=', digest)
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      return key && this.#load('user_id', key.user_id)
    })
    return found?.principal.superAdmin === true ? found.principal : undefined
  }

  async #isOperator(userId: string): Promise<boolean> {
    // In memory; and that somebody is not of the control plane is not remembered.
    if (await this.#options.isOperatorElsewhere(userId)) return true
    return (await this.findById(userId))?.principal.superAdmin === true
  }

  async #load(column: 'username_key' | 'user_id', value: string) {
    const row = await this.#user(column, value)
    if (row === undefined || row.disabled === 1) return undefined
    // Also of tenants in the trash, where the user holds nothing: they may come back.
    const tenants = await tenantsOfUser(this.#core.db, row.user_id)
    const grants = await grantsOfUser(this.#core.db, row.user_id)
    return {
      value: Object.freeze({
        principal: this.#principal(row, grants),
        passwordField: passwordFieldOf(row),
      }),
      tags: [`user:${row.user_id}`, ...tenants.map((id) => `tenant:${id}`)],
    }
  }

  #principal(row: UserRow, grants: readonly WorkspaceGrant[]): Principal {
    const { superAdmins, strict } = this.#options
    const first = grants[0]?.tenant.id
    const ofFirst = grants.filter(({ tenant }) => tenant.id === first)
    const mayChooseForThem = !strict || ofFirst.length === grants.length
    const usual = ofFirst.find(({ kb }) => kb.isDefault) ?? only(ofFirst)
    return Object.freeze({
      userId: row.user_id,
      username: row.username,
      workspaces: Object.freeze(grants.map(({ workspace }) => workspace)),
      defaultWorkspace: mayChooseForThem ? usual?.workspace : undefined,
      // Each grant has its own; outside of them nobody does anything.
      role: 'viewer:read-only',
      superAdmin: row.super_admin === 1 || superAdmins.has(row.username_key),
      grants: Object.freeze(grants),
    })
  }

  #user(column: 'username_key' | 'email_key' | 'user_id', value: string) {
    return this.#core.db
      .selectFrom('users')
      .selectAll()
      .where(column, '=', value)
      .executeTakeFirst()
  }

  #heedOthers(): void {
    const version = this.#core.database.foreignVersion()
    if (version === this.#foreignVersion) return
    this.#foreignVersion = version
    this.#accounts.clear()
    this.#keys.clear()
  }
}

/** Tokens are bound to it: a new password ends them, and so does signing out everywhere. */
function passwordFieldOf({ password_hash, token_version }: UserRow): string {
  return `${token_version}:${password_hash ?? ''}`
}

function only<T>(list: readonly T[]): T | undefined {
  return list.length === 1 ? list[0] : undefined
}
