import type { CustomKg } from '../graph/graph-calls.ts'
import type { Step } from '../pipeline/work-watch.ts'
import type { Author, DocStatus } from '../ports/document-record.ts'
import type { CallSignal } from '../retrieve/query-calls.ts'
import type { CheckedFiles, FileToCheck } from './check-calls.ts'
import type {
  ChangeDocuments,
  ChosenResult,
  DeleteChosen,
  DocumentChange,
  Metadata,
  RetryDocuments,
} from './chosen/chosen-calls.ts'
import type {
  AppliedFilter,
  DocStatusFilter,
  DocumentFilterFields,
  FacetsQuery,
  FacetsResponse,
} from './list/list-calls.ts'
import type { PageVersion } from './page-calls.ts'
import type {
  ChunkAround,
  DocumentChunks,
  DocumentChunksQuery,
  DocumentText,
  DocumentTextQuery,
  OriginalBytes,
  OriginalFile,
} from './reading/reading-calls.ts'

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

export interface InsertTexts {
  readonly texts: readonly string[]
  /** One source a text; missing ones become `unknown_source`. */
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
  readonly author?: Author | null | undefined
}

/** A page of the web, whose address is its name. */
export interface WebPage extends PageVersion {
  /** Where it was found, after redirects. */
  readonly url: string
  /** That of its format, with its dot, in lower case. */
  readonly extension: string
}

export interface InsertFile {
  /** Of a page of the web its address, as {@link pageName} keeps it. */
  readonly file_name: string
  readonly page?: WebPage | undefined
  readonly external_id?: string | null | undefined
  readonly metadata?: Metadata | null | undefined
  readonly tags?: readonly string[] | null | undefined
  readonly chunking?: Chunking | null | undefined
  readonly on_conflict?: OnConflict | undefined
  readonly author?: Author | null | undefined
}

export interface InsertResponse {
  readonly status: 'success' | 'duplicated' | 'partial_success' | 'failure'
  readonly message: string
  readonly track_id: string
}

/** How far a document has come that is not done yet. */
export interface ProgressResponse {
  /** What is done with it now; null while it waits. */
  readonly step: Step | null
  /** Of the chunks of this step; of one where it is not divided. */
  readonly done: number
  readonly total: number | null
  /** How often it was begun. */
  readonly attempts: number
  /** Until when it waits for another attempt, in ISO 8601; null for no such wait. */
  readonly next_retry_at: string | null
  /** How many documents wait before it; null while it is in work. */
  readonly queue_position: number | null
  /** Of its text, once it is cut into chunks. */
  readonly tokens: number | null
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
  /** Null for documents that are done, or failed. */
  readonly progress: ProgressResponse | null
  readonly external_id: string | null
  readonly tags: readonly string[]
  /** The fields of the caller's own, which `metadata` has among others. */
  readonly attributes: Metadata
  readonly enabled: boolean
  /** Of what came, in bytes; null of what came before it was kept. */
  readonly size: number | null
  /** By the end of the file's name; of a text `text/plain`. */
  readonly mime: string
  /** Of the bytes of a file, in hex; null of texts, and of what came before it was kept. */
  readonly sha256: string | null
  /** Whether it came as a file, which can be sent back. */
  readonly has_file: boolean
  /** Id and name of who sent it first. */
  readonly created_by: string | null
  readonly created_by_name: string | null
  /** Grows by one with each replacement, from 1. */
  readonly revision: number
}

export interface RetryChunksResponse {
  readonly status: 'retry_started' | 'nothing_to_retry'
  readonly message: string
  /** How many chunks are extracted again. */
  readonly chunks: number
}

export interface PaginatedQuery extends DocumentFilterFields {
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
  readonly applied: AppliedFilter & {
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

/** Which documents: all that one of the lists names. */
export interface DeleteDocuments {
  readonly doc_ids?: readonly string[] | undefined
  readonly external_ids?: readonly string[] | undefined
  /** All documents of such a name. */
  readonly file_paths?: readonly string[] | undefined
  readonly delete_file?: boolean | undefined
  readonly delete_llm_cache?: boolean | undefined
}

export interface DeleteDocumentsResponse {
  readonly status: 'deletion_started' | 'busy' | 'not_allowed'
  readonly message: string
  /** The ids, given or found, joined with comma and space. */
  readonly doc_id: string
  /** Ids of the documents that will be deleted, whatever comes. */
  readonly taken: readonly string[]
  /** What was named and is not here. */
  readonly not_found: readonly string[]
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

/** What is asked of a workspace's documents and of the pipeline that takes them in. */
export interface DocumentCalls {
  /** Resolves once the texts are durable. */
  insertTexts(input: InsertTexts): Promise<InsertResponse>
  /**
   * Streams a file to disk; resolves once its bytes and its record are durable.
   *
   * @throws {EngineError} `unsupported_file_type`, `invalid_file_name`, `file_too_large`,
   *   `invalid_argument`
   */
  insertFile(input: InsertFile, content: AsyncIterable<Uint8Array>): Promise<InsertResponse>
  /** The version of a page that is here; null when there is none, or it has failed. */
  pageVersion(name: string): Promise<PageVersion | null>
  /** Tells what would become of files before they are sent; takes nothing in. */
  checkFiles(files: readonly FileToCheck[]): Promise<CheckedFiles>
  listDocuments(query: PaginatedQuery): Promise<PaginatedDocuments>
  /** @throws {EngineError} `invalid_argument` */
  facets(query: FacetsQuery): Promise<FacetsResponse>
  /** At most 1000 documents by status, for clients that still ask so. */
  documentsByStatus(): Promise<{ statuses: Record<string, DocStatusResponse[]> }>
  statusCounts(): Promise<{ status_counts: Record<string, number> }>
  trackStatus(trackId: string): Promise<TrackStatus>
  /** @throws {EngineError} `document_not_found` */
  document(documentId: string): Promise<DocStatusResponse>
  /** @throws {EngineError} `document_not_found`, `invalid_argument` */
  documentText(documentId: string, query: DocumentTextQuery): Promise<DocumentText>
  /** @throws {EngineError} `document_not_found`; `file_not_found` for what did not come as a file */
  originalFile(documentId: string): Promise<OriginalFile>
  /** @throws {EngineError} `document_not_found`; `file_not_found`, also for another file by now */
  originalBytes(input: OriginalBytes, options?: CallSignal): AsyncIterable<Uint8Array>
  /**
   * @param around how many of its neighbours on each side, 5 at most
   * @throws {EngineError} `chunk_not_found`
   */
  chunk(chunkId: string, around: number): Promise<ChunkAround>
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
  /**
   * Tries failed documents again.
   *
   * @throws {EngineError} `invalid_argument` unless either ids or a filter is given
   */
  retryDocuments(input: RetryDocuments): Promise<ChosenResult>
  /** @throws {EngineError} `invalid_argument`, also for a filter that leaves out nothing */
  changeDocuments(input: ChangeDocuments): Promise<ChosenResult>
  /** @throws {EngineError} `invalid_argument`, also for a filter that leaves out nothing */
  deleteChosen(input: DeleteChosen): Promise<ChosenResult>
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
}

export const DOCUMENT_METHODS = [
  'insertTexts',
  'insertFile',
  'pageVersion',
  'checkFiles',
  'listDocuments',
  'facets',
  'documentsByStatus',
  'statusCounts',
  'trackStatus',
  'document',
  'documentText',
  'originalFile',
  'chunk',
  'updateDocument',
  'documentChunks',
  'retryChunks',
  'pipelineStatus',
  'deleteDocuments',
  'clearDocuments',
  'clearCache',
  'reprocessFailed',
  'retryDocuments',
  'changeDocuments',
  'deleteChosen',
  'resetStatus',
  'cancelPipeline',
  'insertCustomKg',
  'scan',
  'scanStatus',
  'supportedFileTypes',
] as const satisfies readonly (keyof DocumentCalls)[]
