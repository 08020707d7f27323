import type { Dirent } from 'node:fs'
import { chmod, lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

const FOLDER = 0o700
const FILE = 0o600
/** What others than the owner may do. */
const OTHERS = 0o077

/**
 * Makes a folder private to this account: what is in it is then reached by nobody else, whatever the
 * modes of its files.
 *
 * @returns whether it was open to others; false for what is not this account's to change
 */
export async function makeFolderPrivate(folder: string): Promise<boolean> {
  return makePrivate(folder, FOLDER)
}

/**
 * Makes the folders of a folder private, and all that is below those which were not. Links are not
 * followed, and what belongs to another account is left as it is.
 *
 * @returns how many files and folders were open to others
 */
export async function makeFoldersPrivate(root: string): Promise<number> {
  let changed = 0
  for (const entry of await entriesOf(root)) {
    if (!entry.isDirectory()) continue
    const folder = join(root, entry.name)
    if (await makeFolderPrivate(folder)) changed += 1 + (await makeContentPrivate(folder))
  }
  return changed
}

async function makeContentPrivate(folder: string): Promise<number> {
  let changed = 0
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (await makePrivate(path, FOLDER)) changed += 1
      changed += await makeContentPrivate(path)
    } else if (entry.isFile() && (await makePrivate(path, FILE))) changed += 1
  }
  return changed
}

async function makePrivate(path: string, mode: number): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined)
  if (stats === undefined || stats.isSymbolicLink() || (stats.mode & OTHERS) === 0) return false
  if (stats.uid !== process.getuid?.()) return false
  return chmod(path, mode).then(
    () => true,
    () => false,
  )
}

/** None of what went away or may not be read. */
function entriesOf(folder: string): Promise<Dirent[]> {
  return readdir(folder, { withFileTypes: true }).catch((): Dirent[] => [])
}
