import { EngineError } from '../../engine/ports/engine-error.ts'
import { unreadableAnswer } from './call-failure.ts'

/**
 * Vectors of a provider, checked and brought to length one.
 *
 * @throws {EngineError} `dimension_mismatch`
 * @throws {CallFailure} when vectors are missing, uneven, not finite or without direction
 */
export function unitVectors(
  answered: readonly (readonly number[])[],
  count: number,
  dimension: number,
): Float32Array[] {
  if (answered.length !== count) throw unreadableAnswer()
  const [first] = answered
  // One length throughout is the model's; several are a broken answer.
  if (answered.some((vector) => vector.length !== first?.length)) throw unreadableAnswer()
  return answered.map((vector) => {
    if (vector.length !== dimension) {
      throw new EngineError(
        'dimension_mismatch',
        `The embedding model answers with ${vector.length} dimensions instead of ${dimension}`,
        { details: { expected: dimension, actual: vector.length } },
      )
    }
    return unitVector(vector)
  })
}

function unitVector(vector: readonly number[]): Float32Array {
  let largest = 0
  for (const value of vector) {
    if (!Number.isFinite(value)) throw unreadableAnswer()
    largest = Math.max(largest, Math.abs(value))
  }
  if (largest === 0) throw unreadableAnswer()
  // Scaled first, so that squares neither overflow nor vanish.
  let squares = 0
  for (const value of vector) squares += (value / largest) ** 2
  const length = Math.sqrt(squares)
  return Float32Array.from(vector, (value) => value / largest / length)
}
