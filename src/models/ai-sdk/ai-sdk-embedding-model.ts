import { type EmbeddingModel as AiSdkEmbedding, embedMany } from 'ai'
import type { EmbeddingModel } from '../../engine/models.ts'
import { type CallSettings, DEFAULT_CALL_SETTINGS } from '../calls/call-settings.ts'
import { type EmbeddingSettings, embedInBatches } from '../calls/embed-in-batches.ts'
import { runCall } from '../calls/run-call.ts'
import { unitVectors } from '../calls/unit-vectors.ts'
import { type MeteredCallOptions, reportUsage } from '../calls/usage.ts'
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
  return new AiSdkEmbeddingModel(model, dimension, settings)
}

class AiSdkEmbeddingModel implements EmbeddingModel {
  readonly id: string
  readonly dimension: number
  readonly #model: EmbeddingModelObject
  readonly #settings: AiSdkEmbeddingSettings
  readonly #calls: CallSettings

  constructor(model: EmbeddingModelObject, dimension: number, settings: AiSdkEmbeddingSettings) {
    this.id = settings.id ?? `${model.provider}:${model.modelId}`
    this.dimension = dimension
    this.#model = model
    this.#settings = settings
    this.#calls = { ...DEFAULT_CALL_SETTINGS, ...settings.calls }
  }

  embed(
    texts: readonly string[],
    options: MeteredCallOptions & { readonly kind: 'query' | 'document' },
  ): Promise<Float32Array[]> {
    return embedInBatches(texts, options.kind, this.#settings, (batch) =>
      runCall(this.#calls, options.signal, (signal) => this.#embedOnce(batch, options, signal)),
    )
  }

  async #embedOnce(
    values: string[],
    options: MeteredCallOptions,
    abortSignal: AbortSignal,
  ): Promise<Float32Array[]> {
    const { providerOptions } = this.#settings
    const result = await embedMany({
      model: this.#model,
      values,
      abortSignal,
      maxRetries: 0,
      ...(providerOptions === undefined ? {} : { providerOptions }),
    }).catch((error: unknown) => {
      throw callFailureOf(error)
    })
    reportUsage(this.#settings, this.id, options, {
      promptTokens: result.usage.tokens,
      completionTokens: 0,
    })
    return unitVectors(result.embeddings, values.length, this.dimension)
  }
}
