import { KERNEL_STEP, loadVectorKernel, type VectorKernel } from './vector-kernel.ts'
import { dot } from './vector-values.ts'

const FLOAT_BYTES = 4

/** One for all workspaces: nobody else runs while it is in use. Undefined before its first use. */
let shared: Scratch | null | undefined

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
  if (shared === undefined) shared = scratch(loadVectorKernel())
  const most = shared === null ? 0 : rowsThatFit(shared, query.length)
  if (shared === null || query.length % KERNEL_STEP > 0 || most < 1) {
    for (let i = 0; i < rows; i++) scores[i] = dot(query, values, i * query.length)
    return
  }
  shared.values.set(query)
  for (let from = 0; from < rows; from += most) {
    inScratch(shared, query.length, values, from, Math.min(most, rows - from), scores)
  }
}

interface Scratch {
  readonly kernel: VectorKernel
  readonly values: Float32Array
}

/** Rows at a time: so few that they are still in the processor's cache when they are multiplied. */
const MOST_ROWS = 64

/** The query comes first, then the scores, then the rows. */
function inScratch(
  { kernel, values }: Scratch,
  length: number,
  block: Float32Array,
  from: number,
  count: number,
  scores: Float32Array,
): void {
  const results = length
  const rows = results + MOST_ROWS
  values.set(block.subarray(from * length, (from + count) * length), rows)
  const [query, bytes] = [0, length * FLOAT_BYTES]
  kernel.multiply(query, rows * FLOAT_BYTES, count, bytes, results * FLOAT_BYTES)
  scores.set(values.subarray(results, results + count), from)
}

function rowsThatFit({ values }: Scratch, length: number): number {
  return Math.min(MOST_ROWS, Math.floor((values.length - length - MOST_ROWS) / length))
}

function scratch(kernel: VectorKernel | null): Scratch | null {
  return kernel && { kernel, values: new Float32Array(kernel.memory) }
}
