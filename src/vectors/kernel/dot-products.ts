import { KERNEL_STEP, loadVectorKernel, ROWS_TOGETHER, type VectorKernel } from './vector-kernel.ts'
import { dot } from './vector-values.ts'

const FLOAT_BYTES = 4
/** Rows at a time: so few that they are still in the processor's cache when they are multiplied. */
const MOST_ROWS = 64

interface Scratch {
  readonly kernel: VectorKernel
  /** Its memory, in the three ways in which it is written or read. */
  readonly floats: Float32Array
  readonly bytes: Int8Array
  readonly shorts: Int16Array
  readonly integers: Int32Array
}

/** One for all workspaces: nobody else runs while it is in use. Undefined before its first use. */
let shared: Scratch | null | undefined

/** Null when vectors of this length are not for the kernel. */
function scratchFor(length: number): Scratch | null {
  if (shared === undefined) shared = scratch(loadVectorKernel())
  if (shared === null || length % KERNEL_STEP > 0) return null
  return rowsBegin(length) + MOST_ROWS * length <= shared.floats.length ? shared : null
}

function scratch(kernel: VectorKernel | null): Scratch | null {
  if (kernel === null) return null
  const { memory } = kernel
  return {
    kernel,
    floats: new Float32Array(memory),
    bytes: new Int8Array(memory),
    shorts: new Int16Array(memory),
    integers: new Int32Array(memory),
  }
}

/** The query comes first, then the results, then the rows; in values of four bytes. */
const rowsBegin = (length: number) => length + MOST_ROWS

/**
 * Writes the dot product of the query with each of the rows into `scores`. The rows stand one after
 * the other in `values`.
 */
export function dotProducts(
  query: Float32Array,
  values: Float32Array,
  rows: number,
  scores: Float32Array,
): void {
  const { length } = query
  const place = scratchFor(length)
  if (place === null) {
    for (let i = 0; i < rows; i++) scores[i] = dot(query, values, i * length)
    return
  }
  place.floats.set(query)
  for (let from = 0; from < rows; from += MOST_ROWS) {
    const count = Math.min(MOST_ROWS, rows - from)
    place.floats.set(values.subarray(from * length, (from + count) * length), rowsBegin(length))
    scores.set(multiplied(place, length, count), from)
  }
}

/** The same for rows that stand anywhere. */
export function dotProductsOf(query: Float32Array, rows: readonly Float32Array[]): Float32Array {
  const { length } = query
  const scores = new Float32Array(rows.length)
  const place = scratchFor(length)
  if (place === null) {
    for (const [i, row] of rows.entries()) scores[i] = dot(query, row)
    return scores
  }
  place.floats.set(query)
  for (let from = 0; from < rows.length; from += MOST_ROWS) {
    const count = Math.min(MOST_ROWS, rows.length - from)
    for (let i = 0; i < count; i++) {
      const row = rows[from + i]
      if (row !== undefined) place.floats.set(row, rowsBegin(length) + i * length)
    }
    scores.set(multiplied(place, length, count), from)
  }
  return scores
}

function multiplied({ kernel, floats }: Scratch, length: number, count: number): Float32Array {
  const rows = rowsBegin(length) * FLOAT_BYTES
  const out = length * FLOAT_BYTES
  kernel.multiply(0, rows, togetherWith(count), length * FLOAT_BYTES, out)
  return floats.subarray(length, length + count)
}

/** So many rows as the kernel takes; what stands behind the last one is multiplied for nothing. */
function togetherWith(count: number): number {
  return Math.ceil(count / ROWS_TOGETHER) * ROWS_TOGETHER
}

/** Whether {@link roundedProducts} can be had of vectors of this length. */
export function canMultiplyRounded(length: number): boolean {
  return scratchFor(length) !== null
}

/**
 * Writes the dot product of a query of 16-bit numbers with each of the rows of bytes. No sum may
 * pass 32 bits.
 *
 * @throws when {@link canMultiplyRounded} says no
 */
export function roundedProducts(
  query: Int16Array,
  codes: Int8Array,
  rows: number,
  products: Int32Array,
): void {
  const { length } = query
  const place = scratchFor(length)
  if (place === null) throw new Error('no kernel for vectors of this length')
  const begin = rowsBegin(length) * FLOAT_BYTES
  place.shorts.set(query)
  for (let from = 0; from < rows; from += MOST_ROWS) {
    const count = Math.min(MOST_ROWS, rows - from)
    place.bytes.set(codes.subarray(from * length, (from + count) * length), begin)
    const { byteLength } = query
    place.kernel.multiplyRounded(0, begin, togetherWith(count), byteLength, length * FLOAT_BYTES)
    products.set(place.integers.subarray(length, length + count), from)
  }
}
