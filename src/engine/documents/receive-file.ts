import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../../files/sync-folder.ts'
import { EngineError } from '../ports/errors.ts'
import { asStorageError } from '../ports/file-system-errors.ts'
import type { Room } from '../ports/room.ts'

/** A file whose bytes are on disk, synced, under a name of our own. */
export interface ReceivedFile {
  /** Name below the folder. */
  readonly storedFile: string
  readonly bytes: number
  /** SHA-256 of the bytes, in hex. */
  readonly contentHash: string
}

const UNFINISHED = '.part'
/** Room is asked for so much at a time. */
const STEP_BYTES = 4 * 1024 * 1024

/**
 * Streams a file into `folder`. Resolves after the bytes, the name and the folder are synced.
 *
 * The file has a generated name, since the caller's is only a label. Nothing is left behind when
 * the stream fails, ends early or grows past the limit.
 *
 * @param maxBytes 0 = no limit
 * @throws {EngineError} `file_too_large`, `storage_full`, `invalid_argument` for an empty file
 */
export async function receiveFile(
  folder: string,
  extension: string,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  room?: Room,
): Promise<ReceivedFile> {
  const storedFile = `${randomUUID()}${extension}`
  const unfinished = join(folder, storedFile + UNFINISHED)
  try {
    await room?.forIntake(0)
    await mkdir(folder, { recursive: true })
    const received = await write(unfinished, content, maxBytes, room)
    await rename(unfinished, join(folder, storedFile))
    await syncFolder(folder)
    return { storedFile, ...received }
  } catch (error) {
    await rm(unfinished, { force: true })
    throw asStorageError(error)
  }
}

async function write(
  path: string,
  content: AsyncIterable<Uint8Array>,
  maxBytes: number,
  room: Room | undefined,
) {
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

/** Removes what a crash left of uploads that were never acknowledged. */
export async function removeUnfinished(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => [])
  for (const name of names) {
    if (name.endsWith(UNFINISHED)) await rm(join(folder, name), { force: true })
  }
}
