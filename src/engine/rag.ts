/**
 * The engine as its callers see it: everything that a route handler may ask of one workspace.
 *
 * Each method takes and returns plain data (structured-cloneable) or async iterables of it, so that
 * an engine can live in another thread. Abort signals travel beside the arguments. Names of fields
 * are those of LightRAG's API.
 */

import { type CustomKg, GRAPH_METHODS, type GraphCalls } from './graph/graph-calls.ts'

export type DocStatus = 'pending' | 'processing' | 'preprocessed' | 'processed' | 'failed'
/** What lists can be cut to; newer LightRAG knows two more, which no document has here. */
export type DocStatusFilter = DocStatus | 'parsing' | 'analyzing'
export const QUERY_MODES = ['local', 'global', 'hybrid', 'naive', 'mix', 'bypass'] as const
export type QueryMode = (typeof QUERY_MODES)[number]

export interface CallSignal {
  /** Ends the work, model calls included; the call then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** What a known file name means for an insert; `replace` puts the new text in its place. */
export type OnConflict = 'keep' | 'replace'

/** How documents are cut into chunks; what is left out comes from the settings. */
export interface Chunking {
  /** `markdown` cuts at headings first; `custom` is another word for `fixed_token`. */
  readonly strategy: 'fixed_token' | 'custom' | 'markdown'
  readonly params?:
    | {
        readonly chunk_token_size?: number | undefined
        /** Less than the size. */
        readonly chunk_overlap_token_size?: number | undefined
        /** A text at which chunks end; parts that are too long are cut further. */
        readonly split_by_character?: string | null | undefined
        /** Lets a document fail rather than cut a part that is too long. */
        readonly split_by_character_only?: boolean | undefined
      }
    | undefined
}

/** Fields of the caller's own. */
export type Metadata = Readonly<Record<string, unknown>>

export interface InsertTexts {
  readonly texts: readonly string[]
  /** One label a text; missing ones become `unknown_source`. */
  readonly file_sources?: readonly string[] | undefined
  /**
   * One id of the caller's own a text, or null. A text whose id is known is left out, or replaces
   * the one of this id; the others of the request are taken all the same.
   */
  readonly external_ids?: readonly (string | null)[] | undefined
  /** One object a text, or null. */
  readonly metadata?: readonly (Metadata | null)[] | undefined
  /** One list a text, or null. */
  readonly tags?: readonly (readonly string[] | null)[] | undefined
  readonly chunking?: Chunking | null | undefined
  readonly on_conflict?: OnConflict | undefined
}

export interface InsertFile {
  readonly file_name: string
  readonly external_id?: string | null | undefined
  readonly metadata?: Metadata | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly chunking?: Chunking | null | undefined
  readonly on_conflict?: OnConflict | undefined
}

export interface InsertResponse {
  readonly status: 'success' | 'duplicated' | 'partial_success' | 'failure'
  readonly message: string
  readonly track_id: string
}

export interface DocStatusResponse {
  readonly id: string
  readonly content_summary: string
  readonly content_length: number
  readonly status: DocStatus
  /** ISO 8601 in UTC, with offset. */
  readonly created_at: string
  readonly updated_at: string
  readonly track_id: string | null
  readonly chunks_count: number | null
  readonly error_msg: string | null
  readonly metadata: Record<string, unknown> | null
  readonly file_path: string
}

/** What to change of a document; the rest stays. */
export interface DocumentChange {
  /** Takes the place of all tags. */
  readonly tags?: readonly string[] | undefined
  /** Takes the place of all fields of the caller's own. */
  readonly metadata?: Metadata | undefined
  /** False hides the document from queries; it stays stored. */
  readonly enabled?: boolean | undefined
}

export interface DocumentChunksQuery {
  /** `set_aside` for those that extraction gave up. */
  readonly status?: 'set_aside' | undefined
  /** From 1. */
  readonly page?: number | undefined
  /** 1 to 200. */
  readonly page_size?: number | undefined
}

export interface DocumentChunks {
  readonly document_id: string
  readonly chunks: readonly (Citation & {
    readonly content: string
    readonly tokens: number
    readonly status: 'extracted' | 'set_aside'
    readonly error: string | null
  })[]
  readonly total_count: number
}

export interface RetryChunksResponse {
  readonly status: 'retry_started' | 'nothing_to_retry'
  readonly message: string
  /** How many chunks are extracted again. */
  readonly chunks: number
}

export interface PaginatedQuery {
  readonly status_filter?: DocStatusFilter | null | undefined
  readonly status_filters?: readonly DocStatusFilter[] | null | undefined
  /** From 1. */
  readonly page?: number | undefined
  /** 10 to 200. */
  readonly page_size?: number | undefined
  readonly sort_field?: 'created_at' | 'updated_at' | 'id' | 'file_path' | undefined
  readonly sort_direction?: 'asc' | 'desc' | undefined
  /** `next_cursor` of the page before, asked for with the same filter and order; `page` is ignored. */
  readonly cursor?: string | null | undefined
}

export interface PaginatedDocuments {
  readonly documents: readonly DocStatusResponse[]
  readonly pagination: {
    readonly page: number
    readonly page_size: number
    readonly total_count: number
    readonly total_pages: number
    readonly has_next: boolean
    readonly has_prev: boolean
  }
  readonly status_counts: Record<string, number>
  /** Leads to the next page; null on the last. */
  readonly next_cursor: string | null
  /** What the list was made by. */
  readonly applied: {
    readonly status_filters: readonly DocStatusFilter[] | null
    readonly sort_field: string
    readonly sort_direction: string
  }
}

export interface TrackStatus {
  readonly track_id: string
  readonly documents: readonly DocStatusResponse[]
  readonly total_count: number
  readonly status_summary: Record<string, number>
}

export interface PipelineStatus {
  readonly autoscanned: boolean
  readonly busy: boolean
  readonly job_name: string
  readonly job_start: string | null
  readonly docs: number
  readonly batchs: number
  readonly cur_batch: number
  readonly request_pending: boolean
  readonly cancellation_requested: boolean
  readonly latest_message: string
  readonly history_messages: readonly string[]
  readonly update_status: Record<string, boolean[]>
}

export interface DeleteDocuments {
  readonly doc_ids: readonly string[]
  readonly delete_file?: boolean | undefined
  readonly delete_llm_cache?: boolean | undefined
}

export interface DeleteDocumentsResponse {
  readonly status: 'deletion_started' | 'busy' | 'not_allowed'
  readonly message: string
  /** The ids, joined with comma and space. */
  readonly doc_id: string
}

export interface ResetStatus {
  readonly doc_ids: readonly string[]
  readonly target_status?: 'pending' | 'failed' | undefined
}

export interface ResetStatusResponse {
  readonly status: 'success' | 'partial' | 'failed'
  readonly message: string
  readonly reset_count: number
  /** Unknown documents, and those that are being processed. */
  readonly failed_ids: readonly string[]
}

export interface ClearDocumentsResponse {
  readonly status: 'success' | 'partial_success' | 'busy' | 'fail'
  readonly message: string
}

export interface ScanStarted {
  readonly status: 'scanning_started' | 'scanning_skipped_pipeline_busy'
  readonly message: string
  readonly track_id: string
}

/** What a scan of the input folder did so far. */
export interface ScanStatus {
  readonly track_id: string
  readonly status: 'running' | 'completed' | 'failed' | 'cancelled' | 'abandoned'
  /** Files by what became of them: `processed`, `warning`, `error`. */
  readonly counts: Record<string, number>
  readonly counts_dropped: number
  /** Some of the files of each kind, with a remark where there is one. */
  readonly samples: Record<
    string,
    { readonly items: readonly string[]; readonly truncated: boolean; readonly dropped: number }
  >
  /** Seconds since 1970. */
  readonly created_at: number
  readonly updated_at: number
  /** Grows with every change. */
  readonly version: number
  readonly message: string
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
  readonly ordinal: number
  /** Range in the document's text, in UTF-16 units. */
  readonly start: number
  readonly end: number
  readonly headings: readonly string[]
  readonly page: number | null
}

export interface Reference {
  readonly reference_id: string
  readonly file_path: string
  readonly citations: readonly Citation[]
  /** The texts of the chunks, when asked for. */
  readonly content?: readonly string[] | undefined
}

export interface QueryResponse {
  readonly response: string
  /** Null when references were not wanted. */
  readonly references: readonly Reference[] | null
}

/** Events of a streamed answer, in order: `start` once, then texts. */
export type QueryEvent =
  | {
      readonly type: 'start'
      readonly references: readonly Reference[] | null
      /** False when the answer arrives in one piece: nothing found, or context or prompt only. */
      readonly streaming: boolean
    }
  | { readonly type: 'text'; readonly text: string }

export interface QueryDataEntity {
  readonly entity_name: string
  readonly entity_type: string
  readonly description: string
  /** Chunk ids joined by `<SEP>`. */
  readonly source_id: string
  readonly file_path: string
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

export interface GraphNode {
  readonly id: string
  readonly labels: readonly string[]
  readonly properties: Record<string, unknown>
}

export interface GraphEdge {
  readonly id: string
  readonly type: string
  readonly source: string
  readonly target: string
  readonly properties: Record<string, unknown>
}

export interface KnowledgeGraph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
  /** Set by the cap on nodes, not by the one on depth. */
  readonly is_truncated: boolean
}

export interface SubgraphQuery {
  /** Exact entity name, or `*` for the whole graph by degree. */
  readonly label: string
  readonly max_depth?: number | undefined
  readonly max_nodes?: number | undefined
}

/** What `/health` tells of an engine. */
export interface RagStatus {
  readonly pipeline_busy: boolean
  readonly working_directory: string
  readonly input_directory: string
  /** As LightRAG's `configuration` object. */
  readonly configuration: Record<string, unknown>
  readonly counts: {
    readonly documents: number
    readonly chunks: number
    readonly entities: number
    readonly relations: number
  }
  /** Memory held for the workspace, native memory included. */
  readonly bytes: number
  /** By the ids of the models; since the process started, where that is counted. */
  readonly usage?: Readonly<Record<string, ModelUsage>>
}

/** Sums of what a model was asked and answered. */
export interface ModelUsage {
  readonly calls: number
  readonly prompt_tokens: number
  readonly completion_tokens: number
}

/** All that a handler may call. */
export interface Rag extends GraphCalls {
  /** Resolves once the texts are durable. */
  insertTexts(input: InsertTexts): Promise<InsertResponse>
  /**
   * Streams a file to disk; resolves once its bytes and its record are durable.
   *
   * @throws {EngineError} `unsupported_file_type`, `invalid_file_name`, `file_too_large`,
   *   `invalid_argument`
   */
  insertFile(input: InsertFile, content: AsyncIterable<Uint8Array>): Promise<InsertResponse>
  listDocuments(query: PaginatedQuery): Promise<PaginatedDocuments>
  /** At most 1000 documents by status, for clients that still ask so. */
  documentsByStatus(): Promise<{ statuses: Record<string, DocStatusResponse[]> }>
  statusCounts(): Promise<{ status_counts: Record<string, number> }>
  trackStatus(trackId: string): Promise<TrackStatus>
  /** @throws {EngineError} `document_not_found`, `invalid_argument` */
  updateDocument(documentId: string, change: DocumentChange): Promise<DocStatusResponse>
  /** @throws {EngineError} `document_not_found` */
  documentChunks(documentId: string, query: DocumentChunksQuery): Promise<DocumentChunks>
  /**
   * Extracts the chunks again that were set aside. What the document says now stays until then.
   *
   * @throws {EngineError} `document_not_found`; `pipeline_busy` while the document is not processed
   */
  retryChunks(documentId: string): Promise<RetryChunksResponse>
  pipelineStatus(): Promise<PipelineStatus>
  deleteDocuments(input: DeleteDocuments): Promise<DeleteDocumentsResponse>
  clearDocuments(): Promise<ClearDocumentsResponse>
  clearCache(): Promise<{ status: 'success' | 'fail'; message: string }>
  reprocessFailed(): Promise<{ status: 'reprocessing_started'; message: string; track_id: string }>
  /** Rewrites the status of documents; begins no work. */
  resetStatus(input: ResetStatus): Promise<ResetStatusResponse>
  /** Stops a scan of the input folder, too. */
  cancelPipeline(): Promise<{ status: 'cancellation_requested' | 'not_busy'; message: string }>

  /**
   * Takes a graph that was made elsewhere in as one document; resolves once it is durable.
   *
   * @throws {EngineError} `invalid_argument`
   */
  insertCustomKg(input: CustomKg): Promise<InsertResponse>

  /** Takes in what lies in the workspace's input folder, in the background. */
  scan(): Promise<ScanStarted>
  /** @throws {EngineError} `scan_not_found` */
  scanStatus(trackId: string): Promise<ScanStatus>
  /** With their dots, in lower case. */
  supportedFileTypes(): Promise<{ readonly extensions: readonly string[] }>

  /** @throws {ModelUnavailable} when a model that the question needs does not answer */
  query(params: QueryParams, options?: CallSignal): Promise<QueryResponse>
  queryStream(params: QueryParams, options?: CallSignal): AsyncIterable<QueryEvent>
  queryData(params: QueryParams, options?: CallSignal): Promise<QueryData>

  graphLabels(): Promise<string[]>
  popularLabels(limit: number): Promise<string[]>
  searchLabels(text: string, limit: number): Promise<string[]>
  subgraph(query: SubgraphQuery): Promise<KnowledgeGraph>
  entityExists(name: string): Promise<{ exists: boolean }>

  status(): Promise<RagStatus>
}

/** The methods that answer with a promise. */
export const RAG_METHODS = [
  'insertTexts',
  'insertFile',
  'listDocuments',
  'documentsByStatus',
  'statusCounts',
  'trackStatus',
  'updateDocument',
  'documentChunks',
  'retryChunks',
  'pipelineStatus',
  'deleteDocuments',
  'clearDocuments',
  'clearCache',
  'reprocessFailed',
  'resetStatus',
  'cancelPipeline',
  'scan',
  'scanStatus',
  'supportedFileTypes',
  'query',
  'queryData',
  'graphLabels',
  'popularLabels',
  'searchLabels',
  'subgraph',
  'entityExists',
  'insertCustomKg',
  ...GRAPH_METHODS,
  'status',
] as const satisfies readonly (keyof Rag)[]

/** The methods that answer with an async iterable. */
export const RAG_STREAMS = ['queryStream', 'exportGraph'] as const satisfies readonly (keyof Rag)[]
