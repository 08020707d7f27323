import type { EmbeddingModel } from '../../engine/ports/models.ts'
import { batchedEmbedding, type EmbeddingAnswer } from '../calls/batched-embedding.ts'
import { bearer } from '../calls/bearer.ts'
import { boundsOfVectors } from '../calls/bounded-body.ts'
import type { EmbeddingSettings } from '../calls/embed-in-batches.ts'
import { listedVectors } from '../calls/listed-vectors.ts'
import { fieldsOf, type PostTarget, postForJson } from '../calls/post-json.ts'
import type { OpenAiCompatibleHost } from './openai-compatible-provider.ts'

/**
 * An embedding model at OpenAI or any server that speaks its API. Not through the AI SDK: that
 * takes vectors by their position and does not look at the index, which alone says whose they are.
 *
 * @param dimension length of the vectors that the model is known to give
 */
export function openAiCompatibleEmbedding(
  host: OpenAiCompatibleHost,
  model: string,
  dimension: number,
  settings: EmbeddingSettings = {},
): EmbeddingModel {
  const id = settings.id ?? `${host.binding}:${model}`
  const target = embeddingsOf(host)
  const fixed = { model, encoding_format: 'float' }
  /** Whether this server says whose each vector is; if not, one is asked for at a time. */
  let tells = true

  async function ask(input: readonly string[], signal: AbortSignal) {
    const bounds = boundsOfVectors(input.length, dimension)
    const answer = await postForJson(target, { ...fixed, input }, signal, bounds)
    const vectors = listedVectors(answer.data, input.length)
    // One reply without any does not tell for good.
    tells ||= hasIndex(answer.data)
    return { vectors, tokens: Number(fieldsOf(answer.usage).prompt_tokens) }
  }

  async function askOneByOne(
    input: readonly string[],
    signal: AbortSignal,
  ): Promise<EmbeddingAnswer> {
    const vectors: number[][] = []
    let tokens = 0
    for (const text of input) {
      const one = await ask([text], signal)
      vectors.push(...(one.vectors ?? []))
      tokens += one.tokens
    }
    return { vectors, tokens }
  }

  return batchedEmbedding(id, dimension, settings, async (input, signal) => {
    if (!tells) return askOneByOne(input, signal)
    const { vectors, tokens } = await ask(input, signal)
    if (vectors !== null) return { vectors, tokens }
    tells = false
    const again = await askOneByOne(input, signal)
    return { ...again, tokens: again.tokens + tokens }
  })
}

function hasIndex(data: unknown): boolean {
  return Array.isArray(data) && data.some((item) => typeof fieldsOf(item).index === 'number')
}

function embeddingsOf({ host, apiKey, headers, queryParams }: OpenAiCompatibleHost): PostTarget {
  const url = new URL(`${host.replace(/(?<!\/)\/+$/, '')}/embeddings`)
  for (const [name, value] of Object.entries(queryParams ?? {})) url.searchParams.set(name, value)
  return { url: url.href, headers: { ...bearer(apiKey), ...headers } }
}
