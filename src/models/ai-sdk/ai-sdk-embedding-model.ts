import { type EmbeddingModel as AiSdkEmbedding, embedMany } from 'ai'
import type { EmbeddingModel } from '../../engine/models.ts'
import { batchedEmbedding } from '../calls/batched-embedding.ts'
import type { EmbeddingSettings } from '../calls/embed-in-batches.ts'
import { callFailureOf } from './call-failure-of.ts'

/** An embedding model object of any AI SDK provider. */
export type EmbeddingModelObject = Exclude<AiSdkEmbedding, string>

type ProviderOptions = NonNullable<Parameters<typeof embedMany>[0]['providerOptions']>

export interface AiSdkEmbeddingSettings extends EmbeddingSettings {
  /** Passed on to the provider, such as the dimension it shall answer with. */
  readonly providerOptions?: ProviderOptions | undefined
}

/** @param dimension length of the vectors that the model is known to give */
export function fromAiSdkEmbeddingModel(
  model: EmbeddingModelObject,
  dimension: number,
  settings: AiSdkEmbeddingSettings = {},
): EmbeddingModel {
  const { id = `${model.provider}:${model.modelId}`, providerOptions } = settings
  return batchedEmbedding(id, dimension, settings, async (values, abortSignal) => {
    const result = await embedMany({
      model,
      values,
      abortSignal,
      maxRetries: 0,
      ...(providerOptions === undefined ? {} : { providerOptions }),
    }).catch((error: unknown) => {
      throw callFailureOf(error)
    })
    return { vectors: result.embeddings, tokens: result.usage.tokens }
  })
}
