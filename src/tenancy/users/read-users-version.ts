import { readFile, stat } from 'node:fs/promises'
import { startThread } from '../../threads/start-thread.ts'
import { ThreadCalls } from '../../threads/thread-calls.ts'
import type { UsersRequest } from './users-thread.ts'
import { judgeUsers, type UsersVersion, unreadableUsers } from './users-version.ts'

/** A file of this size is checked in a few milliseconds: less than a thread takes to start. */
const SMALL_USERS_BYTES = 64 * 1024

/**
 * Reads and judges a users file in a thread of its own. It loads little, so that a program can begin
 * with this while the rest of it is being loaded.
 *
 * @throws when the thread fails or `signal` is aborted
 */
async function readUsersInThread(
  request: UsersRequest,
  signal: AbortSignal,
): Promise<UsersVersion> {
  signal.throwIfAborted()
  const calls = new ThreadCalls<UsersRequest, UsersVersion>(() =>
    startThread(new URL('./users-thread.ts', import.meta.url)),
  )
  const stop = () => void calls.close()
  signal.addEventListener('abort', stop)
  try {
    return await calls.call(request)
  } finally {
    signal.removeEventListener('abort', stop)
    await calls.close()
  }
}

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

/**
 * Begins to read the users file while the program is still being loaded, a large one in a thread.
 * Undefined when there is none; the file is read in its place when the thread fails.
 */
export async function readUsersAhead(path: string): Promise<UsersVersion | undefined> {
  const { signal } = new AbortController()
  const version = await readUsersVersion(path, undefined, signal).catch(() => undefined)
  return version?.type === 'missing' ? undefined : version
}
