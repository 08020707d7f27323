import { createHash } from 'node:crypto'
import { endianness } from 'node:os'

/** Grows with every change of what the files of graphs or their heads contain. */
const FORMAT = 1
const HASH_BYTES = 32
const LENGTH_BYTES = 4

/** Which vectors an index is made of. */
export interface IndexMark {
  /** Id of the embedding. */
  readonly embedding: string
  readonly dimension: number
  /** The published generation that it shows. */
  readonly generation: number
}

/** What is known of the file of a graph. */
export interface HnswHead extends IndexMark {
  /** By slot, negative for the dead. */
  readonly vectorIds: readonly number[]
  /** Size of the file. */
  readonly bytes: number
  readonly sha256: string
}

/** Whether a file may be one of these vectors. */
export function fits(head: IndexMark, mark: IndexMark): boolean {
  return (
    head.embedding === mark.embedding &&
    head.dimension === mark.dimension &&
    // An older database may have been put back beside a newer index.
    head.generation <= mark.generation
  )
}

/** A checksum, the length of the facts, the facts, the vector ids. */
export function encodeHead({ vectorIds, ...facts }: HnswHead): Buffer {
  const json = Buffer.from(JSON.stringify({ ...facts, format: FORMAT, endianness: endianness() }))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32LE(json.length)
  const numbers = Buffer.from(Float64Array.from(vectorIds).buffer)
  const body = Buffer.concat([length, json, numbers])
  return Buffer.concat([createHash('sha256').update(body).digest(), body])
}

/**
 * Null for what is damaged, or was written by another version or on another kind of machine. What
 * else stands in it is for the caller to know, from the file that it was read of.
 */
export function decodeHead(bytes: Buffer): HnswHead | null {
  const body = bytes.subarray(HASH_BYTES)
  const hash = createHash('sha256').update(body).digest()
  if (body.length < LENGTH_BYTES || !hash.equals(bytes.subarray(0, HASH_BYTES))) return null
  const end = LENGTH_BYTES + body.readUInt32LE()
  const {
    format,
    endianness: order,
    ...facts
  } = JSON.parse(body.toString('utf8', LENGTH_BYTES, end))
  if (format !== FORMAT || order !== endianness()) return null
  const numbers = Uint8Array.prototype.slice.call(body, end)
  return { ...facts, vectorIds: Array.from(new Float64Array(numbers.buffer)) }
}
