import { createHash } from 'node:crypto'
import { createReadStream, type Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SyncError } from './sync-error.ts'

/** A file of a folder that is brought to a server. */
export interface LocalFile {
  /** Within the folder, with slashes. */
  readonly path: string
  /** Where it is now. */
  readonly place: string
}

/** Files and folders; what is more is not one person's folder. */
const MOST_FILES = 100_000
const DEEPEST = 50

/**
 * The files of a folder and of those in it, by their paths. Hidden ones and links are left out.
 *
 * @throws {SyncError} when it cannot be read, or holds too much
 */
export async function localFiles(folder: string): Promise<LocalFile[]> {
  const found: LocalFile[] = []
  const visit = async (path: string, depth: number): Promise<void> => {
    const entries = await readdir(join(folder, path), { withFileTypes: true }).catch(
      (cause: unknown): Dirent[] => {
        throw new SyncError(`The folder ${join(folder, path)} cannot be read.`, { cause })
      },
    )
    for (const entry of entries) {
      if (entry.name.startsWith('.')) continue
      const inner = path === '' ? entry.name : `${path}/${entry.name}`
      if (entry.isDirectory() && depth < DEEPEST) await visit(inner, depth + 1)
      else if (entry.isFile()) found.push({ path: inner, place: join(folder, inner) })
      if (found.length > MOST_FILES) {
        throw new SyncError(`The folder holds more than ${MOST_FILES} files.`)
      }
    }
  }
  await visit('', 0)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** What a file holds now: its bytes by their SHA-256, and how many there are. */
export async function contentOf({ place }: LocalFile): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(place)) hash.update(piece as Buffer)
  return { sha256: hash.digest('hex'), bytes: (await stat(place)).size }
}
