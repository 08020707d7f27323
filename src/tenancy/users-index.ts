import { timingSafeEqual } from 'node:crypto'
import { looksLikeToken } from './credential.ts'
import type { Account } from './directory.ts'
import { costOf, parseStoredPassword, type StoredPassword } from './password.ts'
import type { Principal } from './principal.ts'
import { digestOf } from './secret-digest.ts'
import type { UserRecord } from './users-schema.ts'
import { isWorkspaceName, workspaceKey } from './workspace-name.ts'

interface IndexedUser {
  readonly account: Account
  readonly password: StoredPassword
  readonly disabled: boolean
}

const DIGEST = /^sha256:([0-9a-f]{64})$/i

/** One version of the users, checked as a whole and then never changed. */
export class UsersIndex {
  /** One sentence for each thing that is wrong, starting with its path; never a key or password. */
  readonly problems: string[] = []
  /** Users whose password is stored as plain text. */
  readonly plainPasswords: string[] = []
  readonly size: number
  /** Highest bcrypt cost in use; undefined without a hash. */
  usualCost: number | undefined
  readonly #byName = new Map<string, IndexedUser>()
  readonly #byKey = new Map<string, { readonly digest: Buffer; readonly user: IndexedUser }>()
  readonly #keyPaths = new Map<string, string>()
  readonly #workspaces = new Map<string, string>()

  constructor(records: readonly UserRecord[]) {
    this.size = records.length
    for (const [position, record] of records.entries()) this.#add(record, `users[${position}]`)
  }

  findByApiKey(key: string): Principal | undefined {
    const digest = digestOf(key)
    const found = this.#byKey.get(digest.toString('base64'))
    if (found === undefined || !timingSafeEqual(digest, found.digest)) return undefined
    return found.user.disabled ? undefined : found.user.account.principal
  }

  findByUsername(username: string): IndexedUser | undefined {
    const found = this.#byName.get(nameKey(username))
    return found?.disabled === false ? found : undefined
  }

  #add(record: UserRecord, path: string): void {
    const workspaces = [...new Set([record.workspace, ...(record.workspaces ?? [])])]
    this.#checkWorkspace(record.workspace, `${path}.workspace`)
    for (const [position, name] of (record.workspaces ?? []).entries()) {
      this.#checkWorkspace(name, `${path}.workspaces[${position}]`)
    }
    const user: IndexedUser = {
      account: {
        principal: Object.freeze({
          userId: nameKey(record.username),
          username: record.username,
          workspaces: Object.freeze(workspaces),
          defaultWorkspace: record.workspace,
          role: record.role ?? 'admin',
          superAdmin: record.super_admin ?? false,
        }),
        passwordField: record.password,
      },
      password: this.#readPassword(record, path),
      disabled: record.disabled ?? false,
    }
    if (this.#byName.has(nameKey(record.username))) {
      this.problems.push(`${path}.username: another user has this name`)
    }
    this.#byName.set(nameKey(record.username), user)
    this.#addKey(record.api_key, user, `${path}.api_key`)
    for (const [position, key] of (record.api_keys ?? []).entries()) {
      this.#addKey(key, user, `${path}.api_keys[${position}]`)
    }
  }

  #readPassword(record: UserRecord, path: string): StoredPassword {
    const password = parseStoredPassword(record.password)
    if (password === undefined) {
      this.problems.push(`${path}.password: looks hashed and is no bcrypt hash of cost 4 to 15`)
      return { field: record.password, bcrypt: undefined }
    }
    if (password.bcrypt === undefined) this.plainPasswords.push(record.username)
    else this.usualCost = Math.max(this.usualCost ?? 0, costOf(password.bcrypt))
    return password
  }

  #addKey(key: string, user: IndexedUser, path: string): void {
    const hex = DIGEST.exec(key)?.[1]
    if (hex === undefined && key.startsWith('sha256:')) {
      this.problems.push(`${path}: "sha256:" must be followed by 64 hexadecimal digits`)
      return
    }
    if (looksLikeToken(key)) {
      this.problems.push(`${path}: has the shape of a JWT and could not be sent as a Bearer key`)
      return
    }
    const digest = hex === undefined ? digestOf(key) : Buffer.from(hex, 'hex')
    const id = digest.toString('base64')
    const taken = this.#keyPaths.get(id)
    if (taken !== undefined) this.problems.push(`${path}: the same key as ${taken}`)
    this.#keyPaths.set(id, path)
    this.#byKey.set(id, { digest, user })
  }

  #checkWorkspace(name: string, path: string): void {
    if (!isWorkspaceName(name)) this.problems.push(`${path}: is the name of a device`)
    const known = this.#workspaces.get(workspaceKey(name))
    if (known === undefined) this.#workspaces.set(workspaceKey(name), name)
    else if (known !== name) this.problems.push(`${path}: differs from "${known}" only in case`)
  }
}

function nameKey(username: string): string {
  return username.normalize('NFC').toLowerCase()
}
