import { EngineError } from '../../engine/ports/engine-error.ts'
import type { EmbeddingModel } from '../../engine/ports/models.ts'
import { unreadableAnswer } from './call-failure.ts'
import { DEFAULT_CALL_SETTINGS } from './call-settings.ts'
import { type MeteredCallOptions, reportUsage } from './call-usage.ts'
import { type EmbeddingSettings, embedInBatches } from './embed-in-batches.ts'
import { runCall } from './run-call.ts'

/** What a provider answered to one request: a vector a text, and the tokens it counted. */
export interface EmbeddingAnswer {
  readonly vectors: number[][]
  readonly tokens: number
}

/**
 * An embedding model over the requests of a provider: in batches, tried again as is worth it, each
 * one's use reported and its vectors checked.
 *
 * @param dimension length of the vectors that the model is known to give
 * @param request sends one batch
 */
export function batchedEmbedding(
  id: string,
  dimension: number,
  settings: EmbeddingSettings,
  request: (batch: string[], signal: AbortSignal) => Promise<EmbeddingAnswer>,
): EmbeddingModel {
  const calls = { ...DEFAULT_CALL_SETTINGS, ...settings.calls }
  const embedOnce = async (batch: string[], options: MeteredCallOptions, signal: AbortSignal) => {
    const { vectors, tokens } = await request(batch, signal)
    reportUsage(settings, id, options, { promptTokens: tokens, completionTokens: 0 })
    return unitVectors(vectors, batch.length, dimension)
  }
  const { documentPrefix } = settings
  return {
    // Vectors of other texts are other vectors, and void.
    id: documentPrefix ? `${id} after ${JSON.stringify(documentPrefix)}` : id,
    dimension,
    embed: (texts, options) =>
      embedInBatches(texts, options.kind, settings, (batch) =>
        runCall(calls, options.signal, (signal) => embedOnce(batch, options, signal)),
      ),
  }
}

/**
 * Vectors of a provider, checked and brought to length one.
 *
 * @throws {EngineError} `dimension_mismatch`
 * @throws {CallFailure} when vectors are missing, uneven, not finite or without direction
 */
function unitVectors(
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
