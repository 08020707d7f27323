import { EngineError } from '../../engine/ports/engine-error.ts'

/**
 * @throws {EngineError} `dimension_mismatch` for another length, `invalid_argument` for a vector
 *   with a value that is not finite
 */
export function checkVector(vector: Float32Array, dimension: number): void {
  if (vector.length !== dimension) {
    throw new EngineError(
      'dimension_mismatch',
      `A vector has ${vector.length} values where this workspace has ${dimension}`,
    )
  }
  // Not finite either when one of its values is not: far cheaper than to look at each of them.
  if (!Number.isFinite(dot(vector, vector))) {
    throw new EngineError('invalid_argument', 'A vector has a value that is not finite')
  }
}

/** The vector's own bytes, not a copy. */
export function vectorBytes(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
}

/** The bytes themselves; copied where they start at a place that no value can start at. */
export function vectorOf(bytes: Uint8Array): Float32Array {
  const length = Math.floor(bytes.byteLength / 4)
  if (bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, length)
  const vector = new Float32Array(length)
  vectorBytes(vector).set(bytes.subarray(0, vector.byteLength))
  return vector
}

/** The vector that was stored; null when what is there can be none of this dimension. */
export function soundVector(bytes: Uint8Array, dimension: number): Float32Array | null {
  const vector = vectorOf(bytes)
  return vector.length === dimension && Number.isFinite(dot(vector, vector)) ? vector : null
}

/**
 * Of `a` and of as many values of `b`, from an offset on.
 *
 * Four sums at a time: one alone would wait for each addition to finish.
 */
export function dot(a: Float32Array, b: Float32Array, offset = 0): number {
  const length = a.length
  const whole = length - (length % 4)
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let i = 0
  for (; i < whole; i += 4) {
    const j = offset + i
    s0 += (a[i] ?? 0) * (b[j] ?? 0)
    s1 += (a[i + 1] ?? 0) * (b[j + 1] ?? 0)
    s2 += (a[i + 2] ?? 0) * (b[j + 2] ?? 0)
    s3 += (a[i + 3] ?? 0) * (b[j + 3] ?? 0)
  }
  for (; i < length; i++) s0 += (a[i] ?? 0) * (b[offset + i] ?? 0)
  return s0 + s1 + s2 + s3
}
