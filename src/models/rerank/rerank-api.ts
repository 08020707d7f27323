import { type Fields, fieldsOf } from '../calls/post-json.ts'

export const RERANK_BINDINGS = ['cohere', 'jina', 'aliyun'] as const
export type RerankBinding = (typeof RERANK_BINDINGS)[number]

/** How a provider wants to be asked and how it answers. */
export interface RerankApi {
  readonly url: string
  readonly model: string
  body(model: string, query: string, documents: readonly string[], topN: number): Fields
  /** The list of results within an answer. */
  results(answer: Fields): unknown
  /** What the provider counted; undefined where it says nothing. */
  tokens(answer: Fields): number | undefined
}

/** Default addresses and models, and the shapes; vLLM and most proxies speak Cohere's. */
export const RERANK_APIS: Readonly<Record<RerankBinding, RerankApi>> = {
  cohere: {
    url: 'https://api.cohere.com/v2/rerank',
    model: 'rerank-v3.5',
    body: (model, query, documents, topN) => ({ model, query, documents, top_n: topN }),
    results: listOf,
    tokens: (answer) => numberOf(fieldsOf(fieldsOf(answer.meta).tokens).input_tokens),
  },
  jina: {
    url: 'https://api.jina.ai/v1/rerank',
    model: 'jina-reranker-v2-base-multilingual',
    body: (model, query, documents, topN) => ({
      model,
      query,
      documents,
      top_n: topN,
      return_documents: false,
    }),
    results: listOf,
    tokens: totalOf,
  },
  aliyun: {
    url: 'https://dashscope.aliyuncs.com/api/v1/services/rerank/text-rerank/text-rerank',
    model: 'gte-rerank-v2',
    body: (model, query, documents, topN) => ({
      model,
      input: { query, documents },
      parameters: { top_n: topN, return_documents: false },
    }),
    results: (answer) => listOf(fieldsOf(answer.output)),
    tokens: totalOf,
  },
}

/** Servers that speak the same API otherwise call it `data`. */
function listOf({ results, data }: Fields): unknown {
  return results ?? data
}

function totalOf(answer: Fields): number | undefined {
  return numberOf(fieldsOf(answer.usage).total_tokens)
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
