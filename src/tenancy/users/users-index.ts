import { digestOf } from '../control-files/secret-digest.ts'
import { type Principal, ROLES } from '../principal.ts'
import { DigestMap } from '../sign-in/digest-map.ts'
import { parseStoredPassword, type StoredPassword } from '../sign-in/password.ts'
import type { Account } from './directory.ts'
import { foldName, type PackedUser, type PackedUsers } from './packed-users.ts'

export interface IndexedUser {
  readonly account: Account
  readonly password: StoredPassword
  readonly disabled: boolean
}

/** One version of the users, which never changes. A look-up costs the same however many they are. */
export class UsersIndex {
  readonly usualCost: number | undefined
  readonly #packed: PackedUsers
  readonly #keys: DigestMap
  readonly #names: DigestMap
  /** By number, once somebody asked for them. A map: an array with gaps is slower the longer. */
  readonly #users = new Map<number, IndexedUser>()
  /** The folded names of those. */
  readonly #known = new Map<string, IndexedUser>()

  constructor(packed: PackedUsers) {
    this.usualCost = packed.usualCost
    this.#packed = packed
    this.#keys = new DigestMap(packed.keys)
    this.#names = new DigestMap(packed.names)
  }

  findByApiKey(key: string): Principal | undefined {
    const number = this.#keys.get(digestOf(key))
    if (number === undefined) return undefined
    const user = this.#user(number)
    return user.disabled ? undefined : user.account.principal
  }

  findByUsername(username: string): IndexedUser | undefined {
    const name = foldName(username)
    const found = this.#known.get(name) ?? this.#lookUp(name)
    return found?.disabled === false ? found : undefined
  }

  /** Whether a user has this name, a disabled one included. */
  hasName(username: string): boolean {
    return this.#names.get(digestOf(foldName(username))) !== undefined
  }

  #lookUp(name: string): IndexedUser | undefined {
    const number = this.#names.get(digestOf(name))
    return number === undefined ? undefined : this.#user(number)
  }

  #user(number: number): IndexedUser {
    const known = this.#users.get(number)
    if (known !== undefined) return known
    const { texts, ends } = this.#packed
    const text = Buffer.from(texts.buffer).toString('utf8', ends[number - 1] ?? 0, ends[number])
    const user = unpack(JSON.parse(text))
    this.#users.set(number, user)
    this.#known.set(user.account.principal.userId, user)
    return user
  }
}

function unpack({ username, password, workspaces, ...more }: PackedUser): IndexedUser {
  return {
    account: {
      principal: Object.freeze({
        userId: foldName(username),
        username,
        workspaces: Object.freeze(workspaces),
        defaultWorkspace: workspaces[0],
        role: ROLES.find((role) => role === more.role) ?? 'viewer:read-only',
        superAdmin: more.superAdmin,
      }),
      passwordField: password,
    },
    password: parseStoredPassword(password) ?? { field: password, bcrypt: undefined },
    disabled: more.disabled,
  }
}
