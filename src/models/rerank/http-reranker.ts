import { EngineError } from '../../engine/ports/engine-error.ts'
import type { RerankModel } from '../../engine/ports/models.ts'
import { bearer } from '../calls/bearer.ts'
import { CallFailure } from '../calls/call-failure.ts'
import { type CallSettings, DEFAULT_CALL_SETTINGS } from '../calls/call-settings.ts'
import { type MeteredCallOptions, reportUsage, type UsageMeter } from '../calls/call-usage.ts'
import type { NoticeSink } from '../calls/notices.ts'
import { fieldsOf, postForJson } from '../calls/post-json.ts'
import { runCall } from '../calls/run-call.ts'
import { RERANK_APIS, type RerankApi, type RerankBinding } from './rerank-api.ts'

export interface RerankSettings extends UsageMeter, NoticeSink {
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
  readonly #settings: RerankSettings

  constructor(settings: RerankSettings) {
    this.#api = RERANK_APIS[settings.binding]
    this.#url = settings.url ?? this.#api.url
    this.#model = settings.model ?? this.#api.model
    this.#apiKey = settings.apiKey
    this.#calls = { ...DEFAULT_CALL_SETTINGS, timeoutMs: 30_000, ...settings.calls }
    this.#settings = settings
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
      reportUsage(this.#settings, this.#model, options, { promptTokens, completionTokens: 0 })
      const results = this.#api.results(answer)
      if (!Array.isArray(results)) throw NO_RESULTS
      const scoreOf = scoresIn(results, documents.length)
      if (scoreOf.size < results.length) this.#notice(LEFT_OUT)
      return rankingOf(scoreOf, limit)
    }).catch((error: unknown) => {
      if (error instanceof EngineError) this.#notice(`${UNRANKED} ${error.message}.`)
      throw error
    })
  }

  #notice(message: string): void {
    this.#settings.onNotice?.({ model: this.id, message })
  }
}

/** To ask again would only bring the same. */
const NO_RESULTS = new CallFailure(
  'unavailable',
  'The reranker answered without a list of results',
  {
    isFinal: true,
  },
)
const UNRANKED = 'The reranker failed, and passages stay in the order of the search:'
const LEFT_OUT =
  'The reranker sends results without a usable index or score, or several for one passage; these are left out.'

/** The usable scores by the place of their document, of one with several the best. */
function scoresIn(results: readonly unknown[], count: number): Map<number, number> {
  const scoreOf = new Map<number, number>()
  for (const result of results) {
    const { index, relevance_score: relevance, score } = fieldsOf(result)
    const value = scoreIn(relevance ?? score)
    if (value === null || typeof index !== 'number' || !Number.isInteger(index)) continue
    if (index < 0 || index >= count) continue
    scoreOf.set(index, Math.max(value, scoreOf.get(index) ?? value))
  }
  return scoreOf
}

/** Some servers write numbers as texts. */
function scoreIn(value: unknown): number | null {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '')
  const number = isNumber ? Number(value) : Number.NaN
  return Number.isFinite(number) ? number : null
}

/** Best first; providers disagree on whether they sort. */
function rankingOf(scoreOf: ReadonlyMap<number, number>, limit: number) {
  return Array.from(scoreOf, ([index, score]) => ({ index, score }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .slice(0, limit)
}
