import type { EmbeddingModel } from '../../engine/models.ts'
import type { EmbeddingSettings } from '../calls/embed-in-batches.ts'
import { fromAiSdkEmbeddingModel } from './ai-sdk-embedding-model.ts'
import {
  type OpenAiCompatibleHost,
  openAiCompatibleProvider,
} from './openai-compatible-provider.ts'

export interface OpenAiEmbeddingSettings extends EmbeddingSettings {
  /** Whether to tell the provider which dimension is wanted. */
  readonly sendDimension?: boolean | undefined
}

/** An embedding model at OpenAI or any server that speaks its API. */
export function openAiCompatibleEmbedding(
  host: OpenAiCompatibleHost,
  model: string,
  dimension: number,
  settings: OpenAiEmbeddingSettings = {},
): EmbeddingModel {
  return fromAiSdkEmbeddingModel(openAiCompatibleProvider(host).embeddingModel(model), dimension, {
    ...settings,
    id: settings.id ?? `${host.binding}:${model}`,
    ...(settings.sendDimension === true
      ? { providerOptions: { openaiCompatible: { dimensions: dimension } } }
      : {}),
  })
}
