import { readFile, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ifMissing } from '../../files/file-errors.ts'
import { replaceFile } from '../../files/replace-file.ts'
import { ProcessLock } from '../control-files/process-lock.ts'
import { TenancyError } from '../tenancy-error.ts'
import { packUsers } from './users-packer.ts'
import { readUsers, type UserRecord } from './users-schema.ts'

/**
 * Changes a users file: under a lock that other editors take too, checked as the server would check
 * it, and put in place whole. A file that is not there counts as one without users.
 *
 * @param change gets a copy of the users and returns the ones to keep
 * @throws {TenancyError} `users_file_invalid` for a file that is broken before, and
 * `users_edit_refused` for one that would be broken after; it is left as it was
 */
export async function editUsers(
  path: string,
  change: (users: UserRecord[]) => readonly UserRecord[],
): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const lock = new ProcessLock(join(dirname(target), `.${basename(target)}.lock`))
  try {
    await lock.run(async () => {
      const users = change(structuredClone(await readUsersFile(target)))
      const problems = problemsOf(users)
      if (problems.length > 0) {
        throw new TenancyError('users_edit_refused', `Nothing was changed: ${problems.join('; ')}`)
      }
      const mode = (await stat(target).catch(() => undefined))?.mode ?? 0o600
      await replaceFile(target, `${JSON.stringify({ users }, null, 2)}\n`, mode & 0o777)
    })
  } finally {
    lock.close()
  }
}

/**
 * The users of a file as they stand there; none when there is no file.
 *
 * @throws {TenancyError} `users_file_invalid`
 */
export async function readUsersFile(path: string): Promise<UserRecord[]> {
  const text = await readFile(path, 'utf8').catch(ifMissing(null))
  if (text === null) return []
  const read = readUsers(parsed(text, path))
  const problems = 'problems' in read ? read.problems : problemsOf(read.users)
  if ('problems' in read || problems.length > 0) throw invalid(path, problems)
  return read.users
}

function problemsOf(users: readonly UserRecord[]): string[] {
  const read = readUsers({ users })
  const checked = 'problems' in read ? read : packUsers(read.users)
  return 'problems' in checked ? checked.problems : []
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Not its message: that quotes the text, which may be a key.
    throw invalid(path, ['is no JSON'])
  }
}

function invalid(path: string, problems: readonly string[]): TenancyError {
  return new TenancyError('users_file_invalid', `${path} is broken: ${problems.join('; ')}`)
}
