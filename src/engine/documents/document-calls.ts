import type { CustomKg } from '../graph/graph-calls.ts'
import type { Step } from '../pipeline/work-watch.ts'
import type { Author, DocStatus } from '../ports/document-record.ts'
import type { CallSignal, Citation, MetadataValue } from '../retrieve/query-calls.ts'
import type { PageVersion } from './page-calls.ts'

/** What lists can be cut to; newer LightRAG knows two more, which no document has here. */
export type DocStatusFilter = DocStatus | 'parsing' | 'analyzing'

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

/** Which part of a document's text. */
export interface DocumentTextQuery {
  /** In UTF-16 units, from 0; what lies beyond the end is cut off. */
  readonly from?: number | undefined
  /** Exclusive; 65,536 behind `from` at most, and unless given. */
  readonly to?: number | undefined
  /** Whether headings and pages of the whole text are told. */
  readonly outline?: boolean | undefined
}

export interface DocumentText {
  readonly document_id: string
  /** Of the whole text, in UTF-16 units; 0 while there is none. */
  readonly length: number
  /** As asked for, but never in the middle of a character. */
  readonly from: number
  readonly to: number
  readonly text: string
  /** That begin in the part, or in the whole text; none before the document is processed. */
  readonly headings: readonly {
    readonly level: number
    readonly title: string
    readonly start: number
  }[]
  readonly pages: readonly { readonly page: number; readonly start: number }[]
  /** Whether there are more of them than are told. */
  readonly outline_truncated: boolean
}

/** The file that a document came as. */
export interface OriginalFile {
  /** The document's name for it. */
  readonly file_name: string
  /** In bytes. */
  readonly size: number
  readonly mime: string
  /** Another for other bytes. */
  readonly tag: string
}

/** Which bytes of it. */
export interface OriginalBytes {
  readonly document_id: string
  /** Of the file that is meant: with another, nothing is sent. */
  readonly tag: string
  /** Both included, from 0. */
  readonly first: number
  readonly last: number
}

/** A chunk among its neighbours. */
export interface ChunkAround {
  readonly chunk: ShownChunk
  readonly document_id: string
  readonly file_path: string
  /** In the order of the text; none at its beginning. */
  readonly previous: readonly ShownChunk[]
  readonly next: readonly ShownChunk[]
}

/** A chunk as a reader of its document sees it. */
export type ShownChunk = DocumentChunks['chunks'][number]

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
  readonly chunks: readonly (Omit<Citation, 'document_id' | 'sentence' | 'end_page'> & {
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

/** Which documents are meant: all that is given must hold; of a list, one entry. */
export interface DocumentFilterFields {
  /** Part of the name, the external id or the summary, whatever its case. */
  readonly q?: string | null | undefined
  readonly tags?: readonly string[] | null | undefined
  /** Ends of file names, such as `pdf`. */
  readonly types?: readonly string[] | null | undefined
  readonly enabled?: boolean | null | undefined
  /** Id of who sent it first. */
  readonly owner?: string | null | undefined
  /** ISO 8601, both included. */
  readonly created_from?: string | null | undefined
  readonly created_to?: string | null | undefined
  /** A field that is a list holds each of its entries. */
  readonly metadata?:
    | Readonly<Record<string, MetadataValue | readonly MetadataValue[]>>
    | null
    | undefined
}

/** Every condition as it was understood; null for none. */
export interface AppliedFilter {
  readonly q: string | null
  readonly tags: readonly string[] | null
  readonly types: readonly string[] | null
  readonly enabled: boolean | null
  readonly owner: string | null
  readonly created_from: string | null
  readonly created_to: string | null
  readonly metadata: Readonly<Record<string, readonly unknown[]>> | null
}

export interface FacetsQuery extends DocumentFilterFields {
  readonly status_filters?: readonly DocStatusFilter[] | null | undefined
}

/** What occurs among the documents that are meant, most frequent first. */
export interface FacetsResponse {
  readonly total_count: number
  readonly status: Record<string, number>
  readonly tags: readonly { readonly tag: string; readonly n: number }[]
  readonly types: readonly { readonly type: string; readonly n: number }[]
  readonly owners: readonly { readonly owner: string; readonly name: string; readonly n: number }[]
  readonly applied: AppliedFilter & { readonly status_filters: readonly DocStatusFilter[] | null }
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

/** A file that somebody is about to send. */
export interface FileToCheck {
  readonly name: string
  /** In bytes. */
  readonly size: number
  /** Of its bytes, in hex. */
  readonly sha256?: string | null | undefined
  readonly external_id?: string | null | undefined
}

/**
 * What would become of a file: `changed` where another is here under its name or id, `same` where its
 * very bytes are.
 */
export type FileVerdict =
  | 'new'
  | 'same'
  | 'changed'
  | 'too_large'
  | 'unsupported'
  | 'invalid_name'
  | 'over_quota'

export interface CheckedFiles {
  /** In the order asked for. */
  readonly items: readonly {
    readonly name: string
    readonly verdict: FileVerdict
    /** Of the document that is here. */
    readonly document_id: string | null
    readonly reason: string | null
  }[]
}

/** Which documents an act is for: these, or all that a filter leaves of the list. */
export interface ChosenDocuments {
  readonly doc_ids?: readonly string[] | null | undefined
  readonly filter?: FacetsQuery | null | undefined
  /** Whether it is only told what would come of it. */
  readonly dry_run?: boolean | undefined
}

export interface RetryDocuments extends ChosenDocuments {}

export interface DeleteChosen extends ChosenDocuments {
  readonly delete_file?: boolean | undefined
  readonly delete_llm_cache?: boolean | undefined
}

export interface ChangeDocuments extends ChosenDocuments {
  readonly change: DocumentChange & {
    /** Beside the tags that a document has. */
    readonly add_tags?: readonly string[] | undefined
    readonly remove_tags?: readonly string[] | undefined
  }
}

/** What came of an act for several documents. */
export interface ChosenResult {
  readonly matched: number
  readonly accepted: number
  readonly dry_run: boolean
  /** One by one, the first 1,000. */
  readonly items: readonly {
    readonly id: string
    readonly result: 'accepted' | 'skipped' | 'not_found'
    /** Of what was not accepted. */
    readonly reason: string | null
  }[]
  readonly items_truncated: boolean
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
