import type { RerankModel } from '../../engine/models.ts'
import { bearer } from '../calls/bearer.ts'
import { unreadableAnswer } from '../calls/call-failure.ts'
import { type CallSettings, DEFAULT_CALL_SETTINGS } from '../calls/call-settings.ts'
import { fieldsOf, postForJson } from '../calls/post-json.ts'
import { runCall } from '../calls/run-call.ts'
import { type MeteredCallOptions, reportUsage, type UsageMeter } from '../calls/usage.ts'
import { RERANK_APIS, type RerankApi, type RerankBinding } from './rerank-api.ts'

export interface RerankSettings extends UsageMeter {
  readonly binding: RerankBinding
  /** The whole address; by default the provider's. */
  readonly url?: string | undefined
  /** By default the provider's usual one. */
  readonly model?: string | undefined
  readonly apiKey?: string | undefined
  readonly calls?: Partial<CallSettings> | undefined
}

/** A reranker behind the API of Cohere, Jina or Aliyun. */
export function httpReranker(settings: RerankSettings): RerankModel {
  return new HttpReranker(settings)
}

class HttpReranker implements RerankModel {
  readonly id: string
  readonly #api: RerankApi
  readonly #url: string
  readonly #model: string
  readonly #apiKey: string | undefined
  readonly #calls: CallSettings
  readonly #meter: UsageMeter

  constructor(settings: RerankSettings) {
    this.#api = RERANK_APIS[settings.binding]
    this.#url = settings.url ?? this.#api.url
    this.#model = settings.model ?? this.#api.model
    this.#apiKey = settings.apiKey
    this.#calls = { ...DEFAULT_CALL_SETTINGS, timeoutMs: 30_000, ...settings.calls }
    this.#meter = settings
    this.id = `${settings.binding}:${this.#model}`
  }

  async rerank(
    query: string,
    documents: readonly string[],
    topN: number,
    options: MeteredCallOptions,
  ): Promise<{ readonly index: number; readonly score: number }[]> {
    const limit = Math.min(topN, documents.length)
    if (limit <= 0) return []
    const body = this.#api.body(this.#model, query, documents, limit)
    const target = { url: this.#url, headers: bearer(this.#apiKey) }
    return runCall(this.#calls, options.signal, async (signal) => {
      const answer = await postForJson(target, body, signal)
      const promptTokens = this.#api.tokens(answer)
      reportUsage(this.#meter, this.#model, options, { promptTokens, completionTokens: 0 })
      return rankingOf(this.#api.results(answer), documents.length, limit)
    })
  }
}

/** Best first, each document once; providers disagree on whether they sort. */
function rankingOf(results: unknown, count: number, limit: number) {
  if (!Array.isArray(results)) throw unreadableAnswer()
  const scoreOf = new Map<number, number>()
  for (const result of results) {
    const { index, relevance_score: score } = fieldsOf(result)
    const known =
      typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < count
    if (!known || typeof score !== 'number' || !Number.isFinite(score)) throw unreadableAnswer()
    scoreOf.set(index, Math.max(score, scoreOf.get(index) ?? score))
  }
  return Array.from(scoreOf, ([index, score]) => ({ index, score }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, limit)
}
