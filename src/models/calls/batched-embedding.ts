import type { EmbeddingModel } from '../../engine/ports/models.ts'
import { DEFAULT_CALL_SETTINGS } from './call-settings.ts'
import { type MeteredCallOptions, reportUsage } from './call-usage.ts'
import { type EmbeddingSettings, embedInBatches } from './embed-in-batches.ts'
import { runCall } from './run-call.ts'
import { unitVectors } from './unit-vectors.ts'

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
