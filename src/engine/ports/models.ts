/**
 * What the engine needs of models. The roles (extract, keywords, summarise, answer) are what the
 * engine calls; a language model is one way of filling them, rules are another.
 */

import type { ModelHealth, Probe } from './model-health.ts'

/** Which lane of the scheduler a call runs in; queries go first. */
export type Lane = 'query' | 'summary' | 'extract'

export interface CallOptions {
  readonly lane: Lane
  readonly signal?: AbortSignal | undefined
  /** The chunk that the call is made for; its cached answers go with its document. */
  readonly chunkId?: string | undefined
  /** The form that the answer must have; models without `structured` pay no heed to it. */
  readonly format?: AnswerFormat | undefined
  /**
   * Of an answer that should be the same each time: a temperature for models that take one, unless the
   * installation has set its own.
   */
  readonly temperature?: number | undefined
  /** Whether it is for a text on which nobody works in the thread that others wait for. */
  readonly apart?: boolean | undefined
  /** Told when a streamed answer ends before it is whole, behind its last piece. */
  readonly onCut?: ((reason: CutReason) => void) | undefined
}

/**
 * Why an answer ended before it was whole: at a limit of tokens, by a filter of the provider, or
 * without its end.
 */
export type CutReason = 'length' | 'content_filter' | 'unfinished'

/** A form that a model is held to while it writes. */
export interface AnswerFormat {
  /** Letters and underscores. */
  readonly name: string
  /** JSON Schema of an object; every property required, no others allowed, as providers want it. */
  readonly schema: { readonly [keyword: string]: unknown }
}

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

export interface TokenUsage {
  /** In tokens of the model; 0 where the provider does not say. */
  readonly promptTokens: number
  readonly completionTokens: number
}

export interface Generation {
  /** Never blank, but in an answer that was cut off before its first word. */
  readonly text: string
  readonly usage: TokenUsage
  /** Why it is not whole; absent for a whole one. */
  readonly cut?: CutReason | undefined
}

/** A chat model. Implementations retry what is worth retrying before they fail. */
export interface LanguageModel {
  /** Provider and model name; part of every cache key. */
  readonly id: string
  /** Whether it can be held to an {@link AnswerFormat}. */
  readonly structured?: boolean | undefined
  /**
   * What shapes its answers beside the messages, such as its address, sampling and limits: a part of
   * every cache key, and never shown.
   */
  readonly shape?: string | undefined
  /**
   * Tokens that all messages of a call may take together, room for the answer left; absent where the
   * window of the model is not known.
   */
  readonly contextTokens?: number | undefined

  /**
   * @throws {ModelUnavailable} after an outage, a time-out or a 429 that outlasted the retries
   * @throws {EngineError} `model_rejected` when the provider refused the request itself
   */
  generate(messages: readonly ChatMessage[], options: CallOptions): Promise<Generation>

  /** Pieces of the answer as they arrive; the same errors, at the first or a later piece. */
  stream(messages: readonly ChatMessage[], options: CallOptions): AsyncIterable<string>
}

export interface EmbeddingModel {
  /** Provider and model name; stored with the vectors, which are void under another model. */
  readonly id: string
  /** Length of every vector. */
  readonly dimension: number
  /**
   * How much its similarity counts against word matches, from 0 to 1; a half where it is not said,
   * as suits a trained model.
   */
  readonly retrievalShare?: number

  /**
   * One vector per text, in order, finite and of length one.
   *
   * @throws {ModelUnavailable} like a language model
   * @throws {EngineError} `dimension_mismatch` when the model answers with another length
   */
  embed(
    texts: readonly string[],
    options: CallOptions & { readonly kind: 'query' | 'document' },
  ): Promise<Float32Array[]>
}

export interface RerankModel {
  readonly id: string
  /** Best first; `index` points into `documents`, `score` grows with relevance. */
  rerank(
    query: string,
    documents: readonly string[],
    topN: number,
    options: CallOptions,
  ): Promise<{ readonly index: number; readonly score: number }[]>
}

/** What one chunk says of an entity. */
export interface EntityFragment {
  readonly name: string
  /** Lower case, no spaces: `person`, `organization`, … */
  readonly type: string
  readonly description: string
}

/** What one chunk says of a pair of entities. Undirected; the ends are ordered by the engine. */
export interface RelationFragment {
  readonly source: string
  readonly target: string
  /** Comma-separated themes. */
  readonly keywords: string
  readonly description: string
  readonly weight: number
}

export interface Extraction {
  readonly entities: readonly EntityFragment[]
  readonly relations: readonly RelationFragment[]
  /** Why something may be missing, as a sentence; absent for what is whole. */
  readonly incomplete?: string | undefined
}

/** The part of a document that an extractor sees. */
export interface ExtractionInput {
  readonly text: string
  /** The document's source, such as its file name. */
  readonly filePath: string
  /** Headings above the chunk, outermost first. */
  readonly headings: readonly string[]
}

export interface Extractor {
  /** Changes whenever the same text may give another answer. */
  readonly id: string
  /** @throws {ModelUnavailable}; an unusable answer is an {@link EngineError} `model_rejected` */
  extract(input: ExtractionInput, options: CallOptions): Promise<Extraction>
}

export interface Keywords {
  /** Themes and intent. */
  readonly high: readonly string[]
  /** Names and concrete things. */
  readonly low: readonly string[]
}

export interface KeywordFinder {
  readonly id: string
  find(query: string, options: CallOptions): Promise<Keywords>
}

/** Makes a question that leans on a conversation one that can be searched for. */
export interface QuestionRewriter {
  readonly id: string
  /**
   * What to search for in place of the question. The conversation has at least one turn of the user
   * or the assistant.
   */
  rewrite(query: string, history: readonly ChatMessage[], options: CallOptions): Promise<string>
}

export interface Summarizer {
  readonly id: string
  /** One text of at most `maxTokens` that keeps every fact of the descriptions. */
  summarize(
    subject: { readonly kind: 'entity' | 'relation'; readonly name: string },
    descriptions: readonly string[],
    maxTokens: number,
    options: CallOptions,
  ): Promise<string>
}

/** One chunk of the context, as an answerer sees it. */
export interface AnswerPassage {
  readonly referenceId: string
  readonly filePath: string
  readonly content: string
  /** Above its beginning, outermost first; the head of a table as `| Item | Price |`. */
  readonly headings?: readonly string[] | undefined
}

export interface AnswerInput {
  readonly query: string
  /** What was searched for, where that is more than the question. */
  readonly searchedFor?: string | undefined
  /** The whole context block, as `only_need_context` shows it. */
  readonly context: string
  /** The chunks within that context, best first. */
  readonly passages: readonly AnswerPassage[]
  readonly references: readonly { readonly referenceId: string; readonly filePath: string }[]
  readonly responseType: string
  readonly userPrompt: string
  readonly history: readonly ChatMessage[]
}

export interface Answerer {
  readonly id: string
  /** Whether an answer costs next to nothing, so that none is kept for the next time. */
  readonly instant?: boolean
  /** As that of its model. */
  readonly contextTokens?: number | undefined
  /** The prompt for this input, as `only_need_prompt` shows it. */
  prompt(input: AnswerInput): string
  /** Pieces of the answer. Without passages it answers from the question and history alone. */
  answer(input: AnswerInput, options: CallOptions): AsyncIterable<string>
}

/** What tells whether a model is out or an input is at fault. */
export interface ModelCheck {
  readonly health: ModelHealth
  /** Null where there is no telling but from the calls themselves. */
  readonly probe: Probe | null
}

/** Everything that one engine calls. */
export interface Models {
  readonly extractor: Extractor
  readonly keywords: KeywordFinder
  readonly summarizer: Summarizer
  readonly answerer: Answerer
  /** Without one, questions are searched for as they are. */
  readonly rewriter?: QuestionRewriter | undefined
  readonly embedding: EmbeddingModel
  readonly reranker?: RerankModel | undefined
  /** Of the model that extracts and summarises, and of the embedding; without it each is believed. */
  readonly checks?: { readonly llm: ModelCheck; readonly embedding: ModelCheck } | undefined
}
