import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { EngineError } from '../../../engine/ports/engine-error.ts'
import { ifMissing } from '../../../files/file-errors.ts'
import { fieldsOf, parseJson } from './read-records.ts'

export interface NanoRecord {
  readonly fields: Readonly<Record<string, unknown>>
  /** Of length one; null when the stored one is no direction. */
  readonly vector: Float32Array | null
}

/** A file of NanoVectorDB. */
export interface NanoVectors {
  /** Null when there is no file. */
  readonly dimension: number | null
  readonly records: readonly NanoRecord[]
}

/** Base64 characters decoded at a time; a multiple of four. */
const PIECE = 16 * 1024 * 1024
/** How far the length of a vector may be from one before it is made so. */
const UNIT = 1e-4

/**
 * Reads `vdb_….json`: records, and one matrix of their vectors (float32, little-endian, base64).
 *
 * @throws {EngineError} `invalid_argument`
 */
export async function readVectors(path: string): Promise<NanoVectors> {
  const bytes = await readFile(path).catch(ifMissing(null))
  if (bytes === null) return { dimension: null, records: [] }
  const { facts, matrix } = split(path, bytes)
  const { embedding_dim: dimension, data } = facts
  if (typeof dimension !== 'number' || !Number.isInteger(dimension) || dimension < 1) {
    throw unusable(path, 'it names no dimension')
  }
  if (!Array.isArray(data)) throw unusable(path, 'it has no list of records')
  if (matrix.byteLength !== data.length * dimension * 4) {
    throw unusable(path, `its matrix has not ${data.length} rows of ${dimension} values`)
  }
  const view = new DataView(matrix.buffer, matrix.byteOffset, matrix.byteLength)
  return {
    dimension,
    records: data.map((record: unknown, row) => ({
      fields: fieldsOf(record),
      vector: unitVector(view, row, dimension),
    })),
  }
}

/**
 * The matrix is most of the file and may be longer than a string can be, so it is cut out of the
 * bytes where it stands at the end, as NanoVectorDB writes it.
 */
function split(path: string, bytes: Buffer) {
  const key = bytes.lastIndexOf('"matrix"')
  const open = key < 0 ? -1 : bytes.indexOf('"', key + '"matrix"'.length)
  const close = open < 0 ? -1 : bytes.indexOf('"', open + 1)
  if (close < 0) throw unusable(path, 'it has no matrix')
  if (bytes.toString('latin1', close + 1).trim() === '}') {
    const head = bytes.toString('utf8', 0, key).replace(/,\s*$/, '')
    return {
      facts: fieldsOf(parseJson(path, Buffer.from(`${head}}`))),
      matrix: decoded(bytes.subarray(open + 1, close)),
    }
  }
  const facts = fieldsOf(parseJson(path, bytes))
  if (typeof facts.matrix !== 'string') throw unusable(path, 'it has no matrix')
  return { facts, matrix: Buffer.from(facts.matrix, 'base64') }
}

function decoded(base64: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (let at = 0; at < base64.length; at += PIECE) {
    pieces.push(Buffer.from(base64.toString('latin1', at, at + PIECE), 'base64'))
  }
  return Buffer.concat(pieces)
}

function unitVector(matrix: DataView, row: number, dimension: number): Float32Array | null {
  const vector = new Float32Array(dimension)
  const start = row * dimension * 4
  for (let i = 0; i < dimension; i++) vector[i] = matrix.getFloat32(start + i * 4, true)
  const length = Math.hypot(...vector)
  if (!Number.isFinite(length) || length === 0) return null
  return Math.abs(length - 1) < UNIT ? vector : vector.map((value) => value / length)
}

function unusable(path: string, what: string): EngineError {
  return new EngineError('invalid_argument', `${basename(path)} cannot be used: ${what}`)
}
