import { TenancyError } from '../tenancy-error.ts'
import { readControlFile, writeControlFileOnce } from './control-folder.ts'

const FILE = 'tenancy_on'

/** Remembers under the storage folder that tenancy has been on. Written once. */
export function markTenancyOn(root: string): void {
  if (readControlFile(root, FILE) !== undefined) return
  writeControlFileOnce(root, FILE, `${new Date().toISOString()}\n`)
}

export function wasTenancyOn(root: string): boolean {
  return readControlFile(root, FILE) !== undefined
}

/**
 * Call this before a server starts without tenancy.
 *
 * @throws {TenancyError} `users_file_missing` when it ran with tenancy before: a users file that
 * went away with a lost mount must not open everybody's data
 */
export function assertTenancyNeverOn(root: string): void {
  if (!wasTenancyOn(root)) return
  throw new TenancyError(
    'users_file_missing',
    'This storage was used with several users, and no users file is there now. Put it back, or ' +
      `delete _control/${FILE} in the storage folder to serve a single user`,
  )
}
