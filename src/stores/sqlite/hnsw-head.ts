import { createHash } from 'node:crypto'
import { endianness } from 'node:os'

/** Grows with every change of what index files or their heads contain. */
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

/** What is known of an index file. */
export interface HnswHead extends IndexMark {
  /** Size of the file. */
  readonly bytes: number
  readonly sha256: string
  /** By slot, negative for the dead. */
  readonly labels: readonly number[]
}

/** A checksum, the length of the facts, the facts, the labels. */
export function encodeHead({ labels, ...facts }: HnswHead): Buffer {
  const json = Buffer.from(JSON.stringify({ ...facts, format: FORMAT, endianness: endianness() }))
  const length = Buffer.alloc(LENGTH_BYTES)
  length.writeUInt32LE(json.length)
  const numbers = Buffer.from(Float64Array.from(labels).buffer)
  const body = Buffer.concat([length, json, numbers])
  return Buffer.concat([createHash('sha256').update(body).digest(), body])
}

/** Null for what is damaged, or was written by another version or on another kind of machine. */
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
  return { ...facts, labels: Array.from(new Float64Array(numbers.buffer)) }
}
