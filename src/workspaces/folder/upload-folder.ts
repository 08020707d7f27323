import { createHash, randomUUID } from 'node:crypto'
import { access, mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { EngineError } from '../../engine/ports/engine-error.ts'
import { asStorageError } from '../../engine/ports/file-system-errors.ts'
import type { Files, KeptFile, OpenFile, PutOptions } from '../../engine/ports/files.ts'
import { syncFolder } from '../../files/sync-folder.ts'
import type { WorkspaceFolder } from './workspace-folders.ts'

const UNFINISHED = '.part'
/** What is read of a file at a time. */
const PIECE_BYTES = 256 * 1024
/** Room is asked for so much at a time. */
const STEP_BYTES = 4 * 1024 * 1024

/** A folder of uploads; it is made when the first one comes. */
export class UploadFolder implements Files {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Resolves after the bytes, the name and the folder are synced. */
  async put(content: AsyncIterable<Uint8Array>, options: PutOptions): Promise<KeptFile> {
    // The caller's name is only shown.
    const name = `${randomUUID()}${options.extension}`
    const unfinished = this.#path(name + UNFINISHED)
    try {
      await options.room?.forIntake(0)
      await mkdir(this.#folder, { recursive: true })
      const received = await write(unfinished, content, options)
      await rename(unfinished, this.#path(name))
      await syncFolder(this.#folder)
      return { name, ...received }
    } catch (error) {
      await rm(unfinished, { force: true })
      throw asStorageError(error)
    }
  }

  async open(name: string): Promise<OpenFile> {
    const path = this.#path(name)
    await access(path)
    return { path, close: async () => undefined }
  }

  async size(name: string): Promise<number | null> {
    const stats = await stat(this.#path(name)).catch(() => undefined)
    return stats === undefined ? null : stats.size
  }

  async *read(name: string, first: number, last: number): AsyncGenerator<Uint8Array> {
    const file = await open(this.#path(name)).catch((error: unknown) => {
      throw asStorageError(error)
    })
    // It closes the file when it is left as well.
    yield* file.createReadStream({ start: first, end: last, highWaterMark: PIECE_BYTES })
  }

  async remove(name: string): Promise<void> {
    await rm(this.#path(name), { force: true })
  }

  async list(): Promise<{ name: string; writtenAt: number }[]> {
    const found: { name: string; writtenAt: number }[] = []
    for (const name of await this.#names()) {
      const stats = await stat(this.#path(name)).catch(() => undefined)
      if (stats !== undefined) found.push({ name, writtenAt: stats.mtimeMs })
    }
    return found
  }

  async removeUnfinished(): Promise<void> {
    for (const name of await this.#names()) if (name.endsWith(UNFINISHED)) await this.remove(name)
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }

  #names(): Promise<string[]> {
    return readdir(this.#folder).catch((): string[] => [])
  }
}

async function write(
  path: string,
  content: AsyncIterable<Uint8Array>,
  { maxBytes, room }: PutOptions,
): Promise<Omit<KeptFile, 'name'>> {
  const file = await open(path, 'wx')
  try {
    const hash = createHash('sha256')
    let bytes = 0
    let granted = 0
    for await (const piece of content) {
      bytes += piece.byteLength
      if (maxBytes > 0 && bytes > maxBytes) {
        throw new EngineError('file_too_large', `The file is larger than ${maxBytes} bytes.`)
      }
      if (bytes > granted) {
        await room?.forIntake(STEP_BYTES)
        granted = bytes + STEP_BYTES
      }
      hash.update(piece)
      await file.writeFile(piece)
    }
    if (bytes === 0) throw new EngineError('invalid_argument', 'The file is empty.')
    await file.sync()
    return { bytes, contentHash: hash.digest('hex') }
  } finally {
    await file.close()
  }
}

/**
 * Removes the bytes of a workspace's uploads that were written until then: one that has been given
 * its name since has newer ones. What people put beside the uploads stays, and so does its folder.
 *
 * @param at milliseconds since 1970
 */
export async function removeUploads(
  { uploads, inputs }: Pick<WorkspaceFolder, 'uploads' | 'inputs'>,
  at: number,
): Promise<void> {
  const files = new UploadFolder(uploads)
  for (const { name, writtenAt } of await files.list())
    if (writtenAt <= at) await files.remove(name)
  for (const empty of [uploads, inputs]) await rmdir(empty).catch(() => undefined)
}
