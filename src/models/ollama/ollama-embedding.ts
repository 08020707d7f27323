import type { EmbeddingModel } from '../../engine/ports/models.ts'
import { batchedEmbedding } from '../calls/batched-embedding.ts'
import { boundsOfVectors } from '../calls/bounded-body.ts'
import { unreadableAnswer } from '../calls/call-failure.ts'
import type { EmbeddingSettings } from '../calls/embed-in-batches.ts'
import { vectorOf } from '../calls/listed-vectors.ts'
import { postForJson } from '../calls/post-json.ts'
import { type OllamaHost, type OllamaOptions, ollamaTarget, optionsField } from './ollama-host.ts'

export interface OllamaEmbeddingSettings extends EmbeddingSettings {
  readonly options?: OllamaOptions | undefined
}

/**
 * An embedding model of Ollama.
 *
 * @param dimension length of the vectors that the model is known to give
 */
export function ollamaEmbedding(
  host: OllamaHost,
  model: string,
  dimension: number,
  settings: OllamaEmbeddingSettings = {},
): EmbeddingModel {
  const id = settings.id ?? `ollama:${model}`
  return batchedEmbedding(id, dimension, settings, async (input, signal) => {
    const body = { model, input, ...optionsField(settings.options) }
    const bounds = boundsOfVectors(input.length, dimension)
    const answer = await postForJson(ollamaTarget(host, '/api/embed'), body, signal, bounds)
    if (!Array.isArray(answer.embeddings)) throw unreadableAnswer()
    const vectors = answer.embeddings.map(vectorOf)
    return { vectors, tokens: Number(answer.prompt_eval_count) }
  })
}
