import type { CutReason as ModelCutReason } from '../ports/models.ts'

export const QUERY_MODES = ['local', 'global', 'hybrid', 'naive', 'mix', 'bypass'] as const

export type QueryMode = (typeof QUERY_MODES)[number]

export interface CallSignal {
  /** Ends the work, model calls included; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** A value of one field of metadata. */
export type MetadataValue = string | number | boolean | null

/**
 * Which documents a question may draw from. All that is given must hold; of a list, one entry.
 * What the graph says beyond these documents stays out as well.
 */
export interface QueryFilters {
  readonly document_ids?: readonly string[] | null | undefined
  readonly external_ids?: readonly string[] | null | undefined
  readonly file_paths?: readonly string[] | null | undefined
  readonly tags?: readonly string[] | null | undefined
  /** A field that is a list holds each of its entries. */
  readonly metadata?:
    | Readonly<Record<string, MetadataValue | readonly MetadataValue[]>>
    | null
    | undefined
}

export interface QueryParams {
  readonly query: string
  readonly mode?: QueryMode | undefined
  readonly only_need_context?: boolean | null | undefined
  readonly only_need_prompt?: boolean | null | undefined
  readonly response_type?: string | null | undefined
  readonly top_k?: number | null | undefined
  readonly chunk_top_k?: number | null | undefined
  /** Budgets are in tokens. */
  readonly max_entity_tokens?: number | null | undefined
  readonly max_relation_tokens?: number | null | undefined
  readonly max_total_tokens?: number | null | undefined
  readonly hl_keywords?: readonly string[] | undefined
  readonly ll_keywords?: readonly string[] | undefined
  readonly conversation_history?:
    | readonly { readonly role: string; readonly content?: string | undefined }[]
    | null
    | undefined
  readonly user_prompt?: string | null | undefined
  readonly enable_rerank?: boolean | null | undefined
  readonly include_references?: boolean | null | undefined
  readonly include_chunk_content?: boolean | null | undefined
  readonly stream?: boolean | null | undefined
  readonly filters?: QueryFilters | null | undefined
}

/** Where in a file a passage of the answer stands. */
export interface Citation {
  readonly chunk_id: string
  readonly document_id: string
  readonly ordinal: number
  /** Range of the passage in the document's text, in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** The same of the sentence that speaks most to the question; null where no word of it stands. */
  readonly sentence: { readonly start: number; readonly end: number } | null
  /** Above the sentence, or the beginning of the passage without one; the innermost last. */
  readonly headings: readonly string[]
  /** On which the sentence begins, or the passage without one; null where there are no pages. */
  readonly page: number | null
  /** On which it ends. */
  readonly end_page: number | null
}

/** A citation of one sentence of an answer; `sentence` is where the passage says the same. */
export interface StatementCitation extends Citation {
  readonly reference_id: string
  /** Whether the answer names the source, or only its words tell. */
  readonly by: 'marker' | 'match'
  /** Whether the sentence has figures or names that its passages do not hold. */
  readonly unsupported: boolean
  /** These figures and names, of this passage; empty where the sentence is supported. */
  readonly missing: readonly string[]
}

/** A sentence of an answer with what it rests on. */
export interface Statement {
  /** Range in the response, in UTF-16 units. */
  readonly start: number
  readonly end: number
  /** Empty where no passage says the like. */
  readonly citations: readonly StatementCitation[]
}

/**
 * Why a question has no answer: no passage was found, or those that were found do not answer it.
 */
export type NoAnswer = 'nothing_found' | 'not_in_passages'

export interface Reference {
  readonly reference_id: string
  readonly file_path: string
  /** Of the first passage; several documents may share a file's name, and each passage has its own. */
  readonly document_id: string
  readonly citations: readonly Citation[]
  /** The texts of the chunks, when asked for. */
  readonly content?: readonly string[] | undefined
}

/** Why an answer ended before it was whole. */
export type CutReason = ModelCutReason

export interface QueryResponse {
  readonly response: string
  /** Null when references were not wanted. */
  readonly references: readonly Reference[] | null
  /** Only of an answer that is not whole. */
  readonly finish_reason?: CutReason | undefined
  /** Documents that are still being processed, which the answer cannot draw from; only if there are. */
  readonly still_processing?: number | undefined
  /** Only where the response says that there is no answer. */
  readonly no_answer?: NoAnswer | undefined
  /** Of an answer whose references were wanted. */
  readonly statements?: readonly Statement[] | undefined
}

/**
 * Events of a streamed answer, in order: `start` once, then texts, `cut` behind half an answer, and
 * `end` with what is known of the whole.
 */
export type QueryEvent =
  | {
      readonly type: 'start'
      readonly references: readonly Reference[] | null
      /** False when the answer arrives in one piece: nothing found, or context or prompt only. */
      readonly streaming: boolean
      /** As `still_processing` of {@link QueryResponse}. */
      readonly stillProcessing?: number | undefined
    }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'cut'; readonly reason: CutReason }
  | {
      readonly type: 'end'
      readonly noAnswer: NoAnswer | null
      /** Null where references are not wanted, and where there is no answer. */
      readonly statements: readonly Statement[] | null
    }

export interface QueryDataEntity {
  readonly entity_name: string
  readonly entity_type: string
  readonly description: string
  /** Chunk ids joined by `<SEP>`. */
  readonly source_id: string
  readonly file_path: string
  /** Of its first source; null where it comes from no document. */
  readonly document_id: string | null
  /** Seconds since 1970. */
  readonly created_at: number
}

export interface QueryDataRelation {
  readonly src_id: string
  readonly tgt_id: string
  readonly description: string
  readonly keywords: string
  readonly weight: number
  readonly source_id: string
  readonly file_path: string
  readonly document_id: string | null
  readonly created_at: number
}

export interface QueryDataChunk extends Citation {
  readonly reference_id: string
  readonly content: string
  readonly file_path: string
}

export interface QueryData {
  readonly status: 'success' | 'failure'
  readonly message: string
  /** Empty when nothing was found. */
  readonly data:
    | {
        readonly entities: readonly QueryDataEntity[]
        readonly relationships: readonly QueryDataRelation[]
        readonly chunks: readonly QueryDataChunk[]
        readonly references: readonly Reference[]
      }
    | Record<string, never>
  readonly metadata: Record<string, unknown>
}

export interface QueryCalls {
  /** @throws {ModelUnavailable} when a model that the question needs does not answer */
  query(params: QueryParams, options?: CallSignal): Promise<QueryResponse>
  queryStream(params: QueryParams, options?: CallSignal): AsyncIterable<QueryEvent>
  queryData(params: QueryParams, options?: CallSignal): Promise<QueryData>
}

export const QUERY_METHODS = ['query', 'queryData'] as const satisfies readonly (keyof QueryCalls)[]
