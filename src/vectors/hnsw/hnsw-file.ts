import { createHash } from 'node:crypto'
import { rmSync } from 'node:fs'
import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { comeBack } from '../../engine/work/announced-work.ts'
import { syncFolder } from '../../files/sync-folder.ts'
import { HnswGraph } from './hnsw-graph.ts'
import { decodeHead, encodeHead, fits, type IndexMark } from './hnsw-head.ts'
import { isWholeGraph } from './hnsw-layout.ts'
import type { LoadHnswLibrary } from './hnsw-library.ts'

/** Hashed at a time. */
const PIECE_BYTES = 256 * 1024

/**
 * A graph on disk: the library's file, and beside it a head that vouches for it. Both are a mere
 * cache. A file without a head that fits is never given to the library, which would believe it.
 */
export class HnswFile {
  readonly #path: string
  readonly #headPath: string

  /** @param path of the library's file */
  constructor(path: string) {
    this.#path = path
    this.#headPath = `${path}.head`
  }

  /** Replaces what is there. Nothing may be added to the graph meanwhile. Throws when it fails. */
  async save(graph: HnswGraph, mark: IndexMark): Promise<void> {
    const fresh = `${this.#path}.tmp`
    const freshHead = `${this.#headPath}.tmp`
    try {
      const vectorIds = await graph.write(fresh)
      const seen = await examined(fresh, vectorIds.length, mark.dimension, 'r+')
      if (seen === null) throw new Error('the index file was not written in full')
      await writeFile(freshHead, encodeHead({ ...mark, ...seen, vectorIds }), {
        flush: true,
      })
      await rename(fresh, this.#path)
      await rename(freshHead, this.#headPath)
      await syncFolder(dirname(this.#path))
    } catch (error) {
      await rm(fresh, { force: true }).catch(() => undefined)
      await rm(freshHead, { force: true }).catch(() => undefined)
      throw error
    }
  }

  /**
   * Null unless there is a whole and undamaged graph of such vectors, of this generation or of one
   * before.
   */
  async load(loadLibrary: LoadHnswLibrary, mark: IndexMark): Promise<HnswGraph | null> {
    try {
      const head = decodeHead(await comeBack(readFile(this.#headPath)))
      if (head === null || !fits(head, mark)) return null
      const looked = examined(this.#path, head.vectorIds.length, mark.dimension, 'r')
      const seen = await comeBack(looked)
      if (seen?.sha256 !== head.sha256 || seen.bytes !== head.bytes) return null
      const library = await comeBack(loadLibrary())
      if (library === null) return null
      return await HnswGraph.read(library, mark.dimension, this.#path, head.vectorIds)
    } catch {
      // Whatever the reason: a cache that cannot be read is made anew.
      return null
    }
  }

  /** Makes sure that what is there is not loaded again. */
  discard(): void {
    try {
      rmSync(this.#headPath, { force: true })
    } catch {
      // Where nothing can be removed, nothing could be written that is worth it.
    }
  }
}

/** Size and checksum of a file, synced if it was opened to write; null for what is no whole graph. */
async function examined(path: string, count: number, dimension: number, flags: 'r' | 'r+') {
  const file = await open(path, flags)
  try {
    const { size } = await file.stat()
    if (!(await isWholeGraph(file, size, count, dimension))) return null
    if (flags === 'r+') await file.sync()
    return { bytes: size, sha256: await hashOf(file) }
  } finally {
    await file.close()
  }
}

async function hashOf(file: FileHandle): Promise<string> {
  const hash = createHash('sha256')
  const piece = Buffer.alloc(PIECE_BYTES)
  let position = 0
  for (;;) {
    const { bytesRead } = await file.read(piece, 0, PIECE_BYTES, position)
    if (bytesRead === 0) return hash.digest('hex')
    hash.update(piece.subarray(0, bytesRead))
    position += bytesRead
  }
}
