import { digestOf } from '../control-files/secret-digest.ts'
import { looksLikeToken } from '../sign-in/credential.ts'
import { DigestMap } from '../sign-in/digest-map.ts'
import { costOf, parseStoredPassword } from '../sign-in/password.ts'
import { isWorkspaceName, workspaceKey } from '../workspace-name.ts'
import { foldName, type PackedUser, type PackedUsers } from './packed-users.ts'
import type { UserRecord } from './users-schema.ts'

const DIGEST = /^sha256:([0-9a-f]{64})$/i
const NAMED = 20

/**
 * Checks what users may not share, and packs them.
 *
 * @returns or one sentence for each thing that is wrong, starting with its path; never a key or
 * password
 */
export function packUsers(
  records: readonly UserRecord[],
): { readonly users: PackedUsers } | { readonly problems: string[] } {
  const packer = new UsersPacker(records)
  return packer.problems.length > 0 ? { problems: packer.problems } : { users: packer.packed() }
}

class UsersPacker {
  readonly problems: string[] = []
  readonly #records: readonly UserRecord[]
  readonly #texts: Buffer[] = []
  readonly #keys: DigestMap
  readonly #names: DigestMap
  readonly #workspaces = new Map<string, string>()
  readonly #plain: string[] = []
  #usualCost: number | undefined

  constructor(records: readonly UserRecord[]) {
    this.#records = records
    this.#keys = new DigestMap(records.reduce((sum, record) => sum + keysOf(record).length, 0))
    this.#names = new DigestMap(records.length)
    for (const [number, record] of records.entries()) this.#add(record, number)
  }

  packed(): PackedUsers {
    const ends = new Uint32Array(this.#texts.length)
    let end = 0
    for (const [number, text] of this.#texts.entries()) {
      end += text.length
      ends[number] = end
    }
    const texts = new Uint8Array(end)
    for (const [number, text] of this.#texts.entries()) {
      texts.set(text, (ends[number] ?? 0) - text.length)
    }
    return {
      size: this.#texts.length,
      texts,
      ends,
      keys: this.#keys.data,
      names: this.#names.data,
      usualCost: this.#usualCost,
      plainPasswords: { count: this.#plain.length, usernames: this.#plain.slice(0, NAMED) },
    }
  }

  #add(record: UserRecord, number: number): void {
    const path = `users[${number}]`
    this.#checkWorkspace(record.workspace, `${path}.workspace`)
    for (const [position, name] of (record.workspaces ?? []).entries()) {
      this.#checkWorkspace(name, `${path}.workspaces[${position}]`)
    }
    this.#checkPassword(record, path)
    const name = digestOf(foldName(record.username))
    if (this.#names.add(name, number) !== undefined) {
      this.problems.push(`${path}.username: another user has this name`)
    }
    for (const [field, key] of keysOf(record)) this.#addKey(key, number, `${path}.${field}`)
    const packed: PackedUser = {
      username: record.username,
      password: record.password,
      workspaces: [record.workspace, ...otherWorkspaces(record)],
      role: record.role ?? 'admin',
      disabled: record.disabled ?? false,
      superAdmin: record.super_admin ?? false,
    }
    this.#texts.push(Buffer.from(JSON.stringify(packed)))
  }

  #checkPassword(record: UserRecord, path: string): void {
    const password = parseStoredPassword(record.password)
    if (password === undefined) {
      this.problems.push(`${path}.password: looks hashed and is no bcrypt hash of cost 4 to 15`)
    } else if (password.bcrypt === undefined) this.#plain.push(record.username)
    else this.#usualCost = Math.max(this.#usualCost ?? 0, costOf(password.bcrypt))
  }

  #addKey(key: string, number: number, path: string): void {
    const digest = keyDigest(key)
    if (digest === undefined) {
      this.problems.push(`${path}: "sha256:" must be followed by 64 hexadecimal digits`)
    } else if (looksLikeToken(key)) {
      this.problems.push(`${path}: has the shape of a JWT and could not be sent as a Bearer key`)
    } else {
      const owner = this.#keys.add(digest, number)
      if (owner === undefined) return
      this.problems.push(`${path}: the same key as ${this.#pathOf(digest, owner)}`)
    }
  }

  #pathOf(digest: Buffer, owner: number): string {
    const record = this.#records[owner]
    const found = record && keysOf(record).find(([, key]) => keyDigest(key)?.equals(digest))
    return `users[${owner}].${found?.[0]}`
  }

  #checkWorkspace(name: string, path: string): void {
    if (!isWorkspaceName(name)) this.problems.push(`${path}: is the name of a device`)
    const known = this.#workspaces.get(workspaceKey(name))
    if (known === undefined) this.#workspaces.set(workspaceKey(name), name)
    else if (known !== name) this.problems.push(`${path}: differs from "${known}" only in case`)
  }
}

/** Every key with the field it stands in. */
function keysOf({ api_key, api_keys = [] }: UserRecord): [field: string, key: string][] {
  const others = api_keys.map((key, position): [string, string] => [`api_keys[${position}]`, key])
  return [['api_key', api_key], ...others]
}

/** Undefined for what begins as a stored digest and is none. */
function keyDigest(key: string): Buffer | undefined {
  const hex = DIGEST.exec(key)?.[1]
  if (hex !== undefined) return Buffer.from(hex, 'hex')
  return key.startsWith('sha256:') ? undefined : digestOf(key)
}

function otherWorkspaces({ workspace, workspaces = [] }: UserRecord): string[] {
  return [...new Set(workspaces)].filter((name) => name !== workspace)
}
