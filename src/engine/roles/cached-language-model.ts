import { createHash } from 'node:crypto'
import type { CacheEntry, ModelCache } from '../ports/model-cache.ts'
import type {
  AnswerFormat,
  CallOptions,
  ChatMessage,
  Generation,
  LanguageModel,
} from '../ports/models.ts'
import { SingleFlight } from './single-flight.ts'

export type CachedKind = Exclude<CacheEntry['kind'], 'query'>

const NO_USAGE = { promptTokens: 0, completionTokens: 0 }

/**
 * A language model that answers from the store what it answered before. Identical questions that
 * arrive together are asked once. Streams pass through. What was cut off is never kept.
 */
export class CachedLanguageModel implements LanguageModel {
  readonly id: string
  readonly structured: boolean
  readonly shape: string | undefined
  readonly contextTokens: number | undefined
  readonly #model: LanguageModel
  readonly #cache: Pick<ModelCache, 'get' | 'put'>
  readonly #kind: CachedKind
  readonly #worthKeeping: (answer: string) => boolean
  readonly #flights = new SingleFlight<Generation>()

  /** @param worthKeeping answers it refuses are given out, but asked for anew the next time */
  constructor(
    model: LanguageModel,
    cache: Pick<ModelCache, 'get' | 'put'>,
    kind: CachedKind,
    worthKeeping: (answer: string) => boolean = () => true,
  ) {
    this.id = model.id
    this.structured = model.structured ?? false
    this.shape = model.shape
    this.contextTokens = model.contextTokens
    this.#model = model
    this.#cache = cache
    this.#kind = kind
    this.#worthKeeping = worthKeeping
  }

  generate(messages: readonly ChatMessage[], options: CallOptions): Promise<Generation> {
    const key = cacheKey(this.#kind, shapeOf(this), messages, options.format)
    return this.#flights.join(key, options.signal, (signal) =>
      this.#lookUpOrAsk(key, messages, { ...options, signal }),
    )
  }

  stream(messages: readonly ChatMessage[], options: CallOptions): AsyncIterable<string> {
    return this.#model.stream(messages, options)
  }

  async #lookUpOrAsk(
    key: string,
    messages: readonly ChatMessage[],
    options: CallOptions,
  ): Promise<Generation> {
    const known = await this.#cache.get(key)
    if (known !== null) return { text: known, usage: NO_USAGE }
    const answer = await this.#model.generate(messages, options)
    if (answer.cut === undefined && this.#worthKeeping(answer.text)) {
      const chunkId = options.chunkId ?? null
      await this.#cache.put({ key, kind: this.#kind, value: answer.text, chunkId })
    }
    return answer
  }
}

/** A model with all that shapes its answers beside the question. */
export function shapeOf({ id, shape }: Pick<LanguageModel, 'id' | 'shape'>): string {
  return shape === undefined ? id : `${id} ${shape}`
}

/** @param model as {@link shapeOf} tells it */
export function cacheKey(
  kind: CacheEntry['kind'],
  model: string,
  messages: readonly ChatMessage[],
  format: AnswerFormat | undefined = undefined,
): string {
  const asked = messages.map(({ role, content }) => [role, content])
  return createHash('sha256')
    .update(JSON.stringify([kind, model, asked, format ?? null]))
    .digest('hex')
}
