import { readFile, stat } from 'node:fs/promises'
import { readUsersInThread, SMALL_USERS_BYTES } from './read-users-in-thread.ts'
import { judgeUsers, type UsersVersion, unreadableUsers } from './users-version.ts'

/**
 * Reads and judges a users file without holding the event loop: a large one in a thread of its own.
 *
 * @throws when the thread fails or `signal` is aborted; what the file holds or lacks never throws
 */
export async function readUsersVersion(
  path: string,
  seenBefore: string | undefined,
  signal: AbortSignal,
): Promise<UsersVersion> {
  try {
    const { size } = await stat(path)
    if (size <= SMALL_USERS_BYTES) return judgeUsers(await readFile(path), seenBefore)
  } catch (error) {
    return unreadableUsers(error, seenBefore)
  }
  return readUsersInThread({ path, seenBefore }, signal)
}
