import type { Dirent, Stats } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LRUCache } from 'lru-cache'

/** What a folder holds, itself and not what lies in the folders below it. */
interface Held {
  readonly bytes: number
  readonly folders: readonly string[]
}

interface Seen extends Held {
  readonly changedAt: number
  readonly seenAt: number
}

export interface FolderBytesOptions {
  /** Most folders that are remembered. */
  readonly remembered: number
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number
}

/** What was changed as shortly before it was seen may be changed again within the same tick. */
const SURELY_OVER_MS = 2000
/** A file may grow in its place, which its folder does not tell. */
const TRUSTED_MS = 60_000

/**
 * The sum of the sizes of all files in a folder and below it, as `du --apparent-size` tells them.
 * Folders themselves do not count; links are not followed.
 */
export async function bytesIn(folder: string): Promise<number> {
  return sumOf(folder, look)
}

/**
 * The same for folders in which files come and go and do not grow: one that did not change since it
 * was seen is not read again, so that thousands of files cost one look at their folder.
 */
export class FolderBytes {
  readonly #seen: LRUCache<string, Seen>
  readonly #now: () => number

  constructor({ remembered, now = Date.now }: FolderBytesOptions) {
    this.#seen = new LRUCache({ max: remembered })
    this.#now = now
  }

  async in(folder: string): Promise<number> {
    return sumOf(folder, (path) => this.#look(path))
  }

  async #look(folder: string): Promise<Held> {
    const changedAt = (await stats(folder))?.mtimeMs
    if (changedAt === undefined) return { bytes: 0, folders: [] }
    const known = this.#seen.get(folder)
    if (known?.changedAt === changedAt && this.#isTrusted(known)) return known
    return this.#read(folder, changedAt)
  }

  #isTrusted({ changedAt, seenAt }: Seen): boolean {
    return seenAt - changedAt > SURELY_OVER_MS && this.#now() - seenAt < TRUSTED_MS
  }

  async #read(folder: string, changedAt: number): Promise<Seen> {
    const seenAt = this.#now()
    const seen = { changedAt, seenAt, ...(await look(folder)) }
    this.#seen.set(folder, seen)
    return seen
  }
}

async function sumOf(folder: string, look: (path: string) => Promise<Held>): Promise<number> {
  const { bytes, folders } = await look(folder)
  let sum = bytes
  for (const name of folders) sum += await sumOf(join(folder, name), look)
  return sum
}

async function look(folder: string): Promise<Held> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((): Dirent[] => [])
  let bytes = 0
  for (const entry of entries) {
    if (entry.isFile()) bytes += (await stats(join(folder, entry.name)))?.size ?? 0
  }
  return { bytes, folders: entries.filter((one) => one.isDirectory()).map(({ name }) => name) }
}

/** Undefined for what went away meanwhile. */
function stats(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(() => undefined)
}
