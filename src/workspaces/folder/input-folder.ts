import { constants, type Dirent } from 'node:fs'
import { access, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { extensionOf } from '../../engine/documents/file-name.ts'
import { EngineError } from '../../engine/ports/engine-error.ts'
import { asStorageError } from '../../engine/ports/file-system-errors.ts'
import type { InputFiles, InputLook } from '../../engine/ports/files.ts'
import { keptName } from '../../engine/text/kept-name.ts'
import { ifMissing } from '../../files/file-errors.ts'

/** Where files go once they were taken in, as in LightRAG. */
const TAKEN = '__enqueued__'
const MOST_COPIES = 999
/** Folders within one another, and files in all of them. */
const DEEPEST = 30
const MOST_FILES = 100_000

const byName = new Intl.Collator('zh-u-co-pinyin', { numeric: true })

/** The files that people put into a workspace's folder. */
export class InputFolder implements InputFiles {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  async list(extensions: readonly string[]): Promise<{ names: string[]; others: number }> {
    if ((await lstat(this.#path).catch(() => undefined))?.isSymbolicLink()) {
      throw new EngineError('invalid_argument', 'The input folder is a link; put a folder there.')
    }
    const names: string[] = []
    await this.#collect('', names, 0)
    const readable = names.filter((name) => extensions.includes(extensionOf(name)))
    return { names: readable.sort(byName.compare), others: names.length - readable.length }
  }

  /** The names of files in a folder below, and in those within it. */
  async #collect(below: string, names: string[], depth: number): Promise<void> {
    const entries = await readdir(join(this.#path, below), { withFileTypes: true }).catch(
      ifMissing<Dirent[]>([]),
    )
    for (const entry of entries) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`
      if (entry.isFile() && !/^(?:\.|__tmp__)/.test(entry.name)) names.push(name)
      // The server's own, and what people hide, are no folders of inputs.
      if (entry.isDirectory() && depth < DEEPEST && !/^(?:\.|__)/.test(entry.name)) {
        await this.#collect(name, names, depth + 1)
      }
      if (names.length > MOST_FILES) {
        throw new EngineError(
          'invalid_argument',
          `The input folder holds more than ${MOST_FILES} files; divide it.`,
        )
      }
    }
  }

  async look(name: string): Promise<InputLook | null> {
    const stats = await lstat(this.#placeOf(name)).catch(ifMissing<null>(null))
    return stats?.isFile() ? { bytes: stats.size, writtenAt: Math.floor(stats.mtimeMs) } : null
  }

  async *read(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const path = this.#placeOf(name)
    await this.#refuseLinks(name)
    // A name that was a file a moment ago may be a link to anywhere by now.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(
      (cause: unknown) => {
        const error = asStorageError(cause)
        if (error instanceof EngineError) throw error
        throw new EngineError('invalid_argument', 'The file cannot be read.', { cause })
      },
    )
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) throw new EngineError('invalid_argument', 'This is no plain file.')
      // Whoever cannot read a file may still give it a name here, and would read it as a document.
      if (stats.nlink > 1) {
        throw new EngineError(
          'invalid_argument',
          'This file has other names as well (hard links). Put a copy here in its place.',
        )
      }
      for await (const bytes of handle.createReadStream({ autoClose: false })) {
        signal.throwIfAborted()
        yield bytes
      }
    } finally {
      await handle.close()
    }
  }

  #placeOf(name: string): string {
    return join(this.#path, ...name.split('/'))
  }

  /** A folder that is a link leads to where nobody was asked to look. */
  async #refuseLinks(name: string): Promise<void> {
    const parts = name.split('/').slice(0, -1)
    if (!parts.includes('..') && (await isWithout(this.#path, parts))) return
    throw new EngineError('invalid_argument', 'The file lies in a folder that is a link.')
  }

  async putAway(name: string): Promise<void> {
    const own = basename(name)
    const folder = join(this.#path, TAKEN, dirname(name))
    await this.#refuseLinks(name)
    await mkdir(folder, { recursive: true })
    await rename(this.#placeOf(name), join(folder, await freeName(folder, own)))
  }

  async remove(name: string, belongsToOther: (name: string) => Promise<boolean>): Promise<void> {
    // Names of documents are free text. What has no such name in one of the two folders is none of ours.
    const parts = name.split('/')
    if (parts.some((part) => part === '' || /^(?:\.|__)/.test(part))) return
    const own = parts.pop() ?? ''
    const below = parts.map((part) => `${part}/`).join('')
    for (const root of [this.#path, join(this.#path, TAKEN)]) {
      if (!(await isWithout(root, parts))) continue
      const folder = join(root, below)
      for (const found of await filesOf(folder)) {
        // The folder may have another form of the same letters.
        const kept = keptName(found)
        const isOwn = root === this.#path ? kept === own : isCopyOf(kept, own)
        if (!isOwn || (await belongsToOther(below + found))) continue
        await rm(join(folder, found), { force: true })
      }
    }
  }
}

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ifMissing<Dirent[]>([]))
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

/** Whether folders within one another are no links, as far as they are there. */
async function isWithout(root: string, parts: readonly string[]): Promise<boolean> {
  let path = root
  for (const part of parts) {
    path = join(path, part)
    const stats = await lstat(path).catch(ifMissing<null>(null))
    if (stats?.isSymbolicLink()) return false
  }
  return true
}

/** Whether `name` is the original name, or that with the number it was given when put away. */
function isCopyOf(name: string, original: string): boolean {
  const extension = extname(original)
  const stem = original.slice(0, original.length - extension.length)
  if (!name.startsWith(stem) || !name.endsWith(extension)) return false
  return /^(?:_\d{3,})?$/.test(name.slice(stem.length, name.length - extension.length))
}

async function freeName(folder: string, name: string): Promise<string> {
  const extension = extname(name)
  const stem = name.slice(0, name.length - extension.length)
  for (let copy = 0; copy <= MOST_COPIES; copy++) {
    const candidate = copy === 0 ? name : `${stem}_${String(copy).padStart(3, '0')}${extension}`
    const taken = await access(join(folder, candidate)).then(
      () => true,
      () => false,
    )
    if (!taken) return candidate
  }
  return `${stem}_${Date.now()}${extension}`
}
