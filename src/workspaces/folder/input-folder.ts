import { constants, type Dirent } from 'node:fs'
import { access, lstat, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { extensionOf } from '../../engine/documents/file-name.ts'
import { EngineError } from '../../engine/ports/engine-error.ts'
import { asStorageError } from '../../engine/ports/file-system-errors.ts'
import type { InputFiles } from '../../engine/ports/files.ts'
import { keptName } from '../../engine/text/kept-name.ts'
import { ifMissing } from '../../files/file-errors.ts'

/** Where files go once they were taken in, as in LightRAG. */
const TAKEN = '__enqueued__'
const MOST_COPIES = 999

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
    const entries = await readdir(this.#path, { withFileTypes: true }).catch(
      ifMissing<Dirent[]>([]),
    )
    const names = entries
      .filter((entry) => entry.isFile() && !/^(?:\.|__tmp__)/.test(entry.name))
      .map((entry) => entry.name)
    const readable = names.filter((name) => extensions.includes(extensionOf(name)))
    return { names: readable.sort(byName.compare), others: names.length - readable.length }
  }

  async *read(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const path = join(this.#path, name)
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

  async putAway(name: string): Promise<void> {
    const folder = join(this.#path, TAKEN)
    await mkdir(folder, { recursive: true })
    await rename(join(this.#path, name), join(folder, await freeName(folder, name)))
  }

  async remove(name: string, belongsToOther: (name: string) => Promise<boolean>): Promise<void> {
    // Names of documents are free text. What has no such name in one of the two folders is none of ours.
    if (name === '' || /^(?:\.|__)/.test(name)) return
    for (const folder of [this.#path, join(this.#path, TAKEN)]) {
      const entries = await readdir(folder, { withFileTypes: true }).catch(ifMissing<Dirent[]>([]))
      for (const entry of entries) {
        // The folder may have another form of the same letters.
        const kept = keptName(entry.name)
        if (!entry.isFile() || !isCopyOf(kept, name)) continue
        if (folder === this.#path && kept !== name) continue
        if (await belongsToOther(entry.name)) continue
        await rm(join(folder, entry.name), { force: true })
      }
    }
  }
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
