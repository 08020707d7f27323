import type { EmbeddingModel } from '../../engine/models.ts'
import { unreadableAnswer } from '../calls/call-failure.ts'
import { type CallSettings, DEFAULT_CALL_SETTINGS } from '../calls/call-settings.ts'
import { type EmbeddingSettings, embedInBatches } from '../calls/embed-in-batches.ts'
import { postForJson } from '../calls/post-json.ts'
import { runCall } from '../calls/run-call.ts'
import { unitVectors } from '../calls/unit-vectors.ts'
import { type MeteredCallOptions, reportUsage } from '../calls/usage.ts'
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
  return new OllamaEmbedding(host, model, dimension, settings)
}

class OllamaEmbedding implements EmbeddingModel {
  readonly id: string
  readonly dimension: number
  readonly #host: OllamaHost
  readonly #model: string
  readonly #settings: OllamaEmbeddingSettings
  readonly #calls: CallSettings

  constructor(
    host: OllamaHost,
    model: string,
    dimension: number,
    settings: OllamaEmbeddingSettings,
  ) {
    this.id = settings.id ?? `ollama:${model}`
    this.dimension = dimension
    this.#host = host
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
    input: readonly string[],
    options: MeteredCallOptions,
    signal: AbortSignal,
  ): Promise<Float32Array[]> {
    const body = { model: this.#model, input, ...optionsField(this.#settings.options) }
    const answer = await postForJson(ollamaTarget(this.#host, '/api/embed'), body, signal)
    reportUsage(this.#settings, this.id, options, {
      promptTokens: Number(answer.prompt_eval_count),
      completionTokens: 0,
    })
    if (!isMatrix(answer.embeddings)) throw unreadableAnswer()
    return unitVectors(answer.embeddings, input.length, this.dimension)
  }
}

function isMatrix(value: unknown): value is number[][] {
  const isRow = (row: unknown) =>
    Array.isArray(row) && row.every((number) => typeof number === 'number')
  return Array.isArray(value) && value.every(isRow)
}
