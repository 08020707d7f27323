import { rmSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { decodeHead, encodeHead, fits, type IndexHead, type IndexMark } from '../index-head.ts'
import { vectorBytes } from '../kernel/vector-values.ts'
import { batches } from '../slices.ts'
import { BLOCK_ROWS, blockFor, type FlatContent } from './flat-index.ts'

/** What else is known of the rows. */
export interface FlatMark extends IndexMark {
  /** Tells the visible rows from those of another time; null when there are others in the file. */
  readonly fingerprint: string | null
}

interface FlatHead extends IndexHead, FlatMark {
  readonly blockRows: number
  /** By block. */
  readonly checksums: readonly number[]
}

/** The last bytes of a file: the length of the head before them. */
const LENGTH_BYTES = 4
/** Blocks read side by side. Others want the thread pool too. */
const BLOCKS_AT_ONCE = 4

/**
 * The vectors of a flat index as they lie in memory, for an opening that need not read them row by
 * row. A mere cache, never synced: what a power cut leaves of it shows in the checksums.
 */
export class FlatFile {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /**
   * Replaces what is there, if it can.
   *
   * @param isCurrent whether nothing has changed meanwhile; else what was written is dropped
   * @returns whether the file is there now
   */
  async save(content: FlatContent, mark: FlatMark, isCurrent: () => boolean): Promise<boolean> {
    const fresh = `${this.#path}.tmp`
    try {
      await write(fresh, content, mark)
      if (!isCurrent()) throw new Error('the vectors have changed meanwhile')
      await rename(fresh, this.#path)
    } catch {
      await rm(fresh, { force: true }).catch(() => undefined)
      return false
    }
    return true
  }

  /** Null unless there is a whole and undamaged file of such vectors, of this generation or before. */
  async load(mark: IndexMark): Promise<(FlatContent & FlatMark) | null> {
    try {
      const file = await open(this.#path, 'r')
      try {
        return await read(file, mark)
      } finally {
        await file.close()
      }
    } catch {
      // Whatever the reason: a cache that cannot be read is made anew.
      return null
    }
  }

  /** Makes sure that what is there is not loaded again. */
  discard(): void {
    try {
      rmSync(this.#path, { force: true })
    } catch {
      // Where nothing can be removed, nothing could be written that is worth it.
    }
  }
}

async function write(path: string, content: FlatContent, mark: FlatMark): Promise<void> {
  const vectorIds = [...content.vectorIds]
  const checksums: number[] = []
  const file = await open(path, 'w', 0o600)
  try {
    for (const [index, block] of content.blocks.entries()) {
      const bytes = vectorBytes(block.subarray(0, rowsOf(index, vectorIds.length) * mark.dimension))
      checksums.push(crc32(bytes))
      await file.writeFile(bytes)
    }
    const head = encodeHead<FlatHead>({ ...mark, checksums, blockRows: BLOCK_ROWS, vectorIds })
    const length = Buffer.alloc(LENGTH_BYTES)
    length.writeUInt32LE(head.length)
    await file.writeFile(Buffer.concat([head, length]))
  } finally {
    await file.close()
  }
}

async function read(file: FileHandle, mark: IndexMark): Promise<(FlatContent & FlatMark) | null> {
  const { size } = await file.stat()
  const length = (await bytesAt(file, size - LENGTH_BYTES, LENGTH_BYTES)).readUInt32LE()
  const end = size - LENGTH_BYTES - length
  if (end < 0) return null
  const head = decodeHead<FlatHead>(await bytesAt(file, end, length))
  if (head === null || !fits(head, mark) || head.blockRows !== BLOCK_ROWS) return null
  const { vectorIds, checksums } = head
  const rowBytes = mark.dimension * Float32Array.BYTES_PER_ELEMENT
  if (end !== vectorIds.length * rowBytes) return null
  const blocks: Float32Array[] = []
  for (const some of batches([...checksums.keys()], BLOCKS_AT_ONCE)) {
    const read = some.map(async (index) => {
      const block = blockFor(index, vectorIds.length, mark.dimension)
      const bytes = vectorBytes(block).subarray(0, rowsOf(index, vectorIds.length) * rowBytes)
      await fill(file, bytes, index * BLOCK_ROWS * rowBytes)
      blocks[index] = block
      return crc32(bytes) === checksums[index]
    })
    if ((await Promise.all(read)).includes(false)) return null
  }
  return { ...head, blocks }
}

/** How many rows a block has. */
function rowsOf(index: number, rows: number): number {
  return Math.min(BLOCK_ROWS, rows - index * BLOCK_ROWS)
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  await fill(file, bytes, position)
  return bytes
}

async function fill(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.byteLength - at, position + at)
    if (bytesRead === 0) throw new Error('the file is too short')
    at += bytesRead
  }
}
