import { EngineError } from '../../engine/errors.ts'

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
  if (!vector.every(Number.isFinite)) {
    throw new EngineError('invalid_argument', 'A vector has a value that is not finite')
  }
}

/** The vector's own bytes, not a copy. */
export function vectorBytes(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)
}

/** Copies, because a stored value may start at any byte. */
export function vectorOf(bytes: Uint8Array): Float32Array {
  const vector = new Float32Array(Math.floor(bytes.byteLength / 4))
  vectorBytes(vector).set(bytes.subarray(0, vector.byteLength))
  return vector
}
