import { type EmbeddingModel as AiSdkEmbedding, embedMany } from 'ai'
import type { EmbeddingModel } from '../../engine/ports/models.ts'
import { batchedEmbedding } from '../calls/batched-embedding.ts'
import type { EmbeddingSettings } from '../calls/embed-in-batches.ts'
import { listedVectors } from '../calls/listed-vectors.ts'
import { fieldsOf } from '../calls/post-json.ts'
import { callFailureOf } from './call-failure-of.ts'

/** An embedding model object of any AI SDK provider. */
export type EmbeddingModelObject = Exclude<AiSdkEmbedding, string>

/** @param dimension length of the vectors that the model is known to give */
export function fromAiSdkEmbeddingModel(
  model: EmbeddingModelObject,
  dimension: number,
  settings: EmbeddingSettings = {},
): EmbeddingModel {
  const { id = `${model.provider}:${model.modelId}` } = settings
  return batchedEmbedding(id, dimension, settings, async (values, abortSignal) => {
    const result = await embedMany({
      model,
      values,
      abortSignal,
      maxRetries: 0,
    }).catch((error: unknown) => {
      throw callFailureOf(error)
    })
    const vectors = listedIn(result.responses) ?? result.embeddings
    return { vectors, tokens: result.usage.tokens }
  })
}

/**
 * The vectors by their index, where the answers have the form of OpenAI's API: the SDK's providers
 * for it take them by position. Null for answers in another form.
 */
function listedIn(responses: readonly ({ body?: unknown } | undefined)[] = []): number[][] | null {
  const vectors: number[][] = []
  for (const response of responses) {
    const { data } = fieldsOf(response?.body)
    const isListed = (item: unknown) => typeof fieldsOf(item).index === 'number'
    if (!Array.isArray(data) || !data.every(isListed)) return null
    vectors.push(...(listedVectors(data, data.length) ?? []))
  }
  return vectors.length > 0 ? vectors : null
}
