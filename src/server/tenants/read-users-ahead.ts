import { readUsersVersion } from '../../tenancy/users/read-users-version.ts'
import type { UsersVersion } from '../../tenancy/users/users-version.ts'

/**
 * Begins to read the users file while the program is still being loaded, a large one in a thread.
 * Undefined when there is none; the file is read in its place when the thread fails.
 */
export async function readUsersAhead(path: string): Promise<UsersVersion | undefined> {
  const { signal } = new AbortController()
  const version = await readUsersVersion(path, undefined, signal).catch(() => undefined)
  return version?.type === 'missing' ? undefined : version
}
