import { statSync } from 'node:fs'
import { readUsersInThread, SMALL_USERS_BYTES } from './tenancy/read-users-in-thread.ts'
import type { UsersVersion } from './tenancy/users-version.ts'

/**
 * Begins to read a large users file while the program is still being loaded. Undefined when there is
 * nothing to gain, or nothing good was found: then it is read in its place, where faults are told.
 */
export async function readUsersAhead(path: string): Promise<UsersVersion | undefined> {
  try {
    if (statSync(path).size <= SMALL_USERS_BYTES) return undefined
    const { signal } = new AbortController()
    const version = await readUsersInThread({ path, seenBefore: undefined }, signal)
    return version.type === 'users' ? version : undefined
  } catch {
    return undefined
  }
}
