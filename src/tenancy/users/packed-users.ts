import type { DigestMapData } from '../sign-in/digest-map.ts'

/**
 * Checked users in a few typed arrays. A hundred thousand of them go from one thread to another in
 * no time, and take no part in garbage collection.
 */
export interface PackedUsers {
  readonly size: number
  /** JSON of each user (`PackedUser`), one after another, in UTF-8. */
  readonly texts: Uint8Array<ArrayBuffer>
  /** Where each of them ends. */
  readonly ends: Uint32Array<ArrayBuffer>
  /** Users by digest of their keys. */
  readonly keys: DigestMapData
  /** Users by digest of their folded names. */
  readonly names: DigestMapData
  /** Highest bcrypt cost in use; undefined without a hash. */
  readonly usualCost: number | undefined
  readonly plainPasswords: PlainPasswords
}

/** The users whose password is stored as plain text. */
export interface PlainPasswords {
  readonly count: number
  /** The first few of them. */
  readonly usernames: readonly string[]
}

/** What is kept of a user beside the digests of the keys. */
export interface PackedUser {
  readonly username: string
  readonly password: string
  /** The default one first. */
  readonly workspaces: readonly [string, ...string[]]
  readonly role: string
  readonly disabled: boolean
  readonly superAdmin: boolean
}

/** The memory that can be handed over to another thread. */
export function buffersOf({ texts, ends, keys, names }: PackedUsers): ArrayBuffer[] {
  const arrays = [texts, ends, ...Object.values(keys), ...Object.values(names)]
  return arrays.map((array) => array.buffer)
}

/** Names are the same whatever their case and composition. */
export function foldName(username: string): string {
  return username.normalize('NFC').toLowerCase()
}
