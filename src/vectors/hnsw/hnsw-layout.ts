import type { FileHandle } from 'node:fs/promises'
import { LINKS } from './hnsw-graph.ts'

/** Eleven fields of eight bytes and two of four. */
const HEADER_BYTES = 96
const COUNT_AT = 16
const ROW_BYTES_AT = 24
/** Of the links of the ground floor, with their number, and of the vector id. */
const ROW_EXTRA_BYTES = 4 * (2 * LINKS) + 4 + 8
const LENGTH_BYTES = 4

/**
 * Whether the library's file has all parts of a graph of so many vectors of this dimension. It
 * writes short files without a word when the disk is full.
 */
export async function isWholeGraph(
  file: FileHandle,
  size: number,
  count: number,
  dimension: number,
): Promise<boolean> {
  const rowBytes = 4 * dimension + ROW_EXTRA_BYTES
  const linksAt = HEADER_BYTES + count * rowBytes
  if (size < linksAt) return false
  const header = await bytesAt(file, 0, HEADER_BYTES)
  if (header.readBigUInt64LE(COUNT_AT) !== BigInt(count)) return false
  if (header.readBigUInt64LE(ROW_BYTES_AT) !== BigInt(rowBytes)) return false
  return countsLinks(await bytesAt(file, linksAt, size - linksAt), count)
}

/** After the rows comes for each of them the length of its upper links, and those. */
function countsLinks(links: Buffer, count: number): boolean {
  let at = 0
  for (let row = 0; row < count; row++) {
    if (at + LENGTH_BYTES > links.length) return false
    at += LENGTH_BYTES + links.readUInt32LE(at)
  }
  return at === links.length
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  let at = 0
  while (at < length) {
    const { bytesRead } = await file.read(bytes, at, length - at, position + at)
    if (bytesRead === 0) throw new Error('the file ended early')
    at += bytesRead
  }
  return bytes
}
