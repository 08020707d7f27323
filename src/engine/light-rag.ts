import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { documentsByStatus, listDocuments, statusCounts, trackStatus } from './documents.ts'
import { EngineError, ModelUnavailable } from './errors.ts'
import { searchLabels } from './graph/labels.ts'
import { subgraph } from './graph/subgraph.ts'
import { deleteDocument } from './ingest/delete-documents.ts'
import { Intake } from './ingest/intake.ts'
import { payVectors } from './ingest/pay-vectors.ts'
import { type BackgroundJobs, Pipeline } from './ingest/pipeline.ts'
import { type PublishParts, publishDocument } from './ingest/publish-document.ts'
import { removeUnfinished } from './ingest/receive-file.ts'
import type { CallOptions, Models } from './models.ts'
import { Mutex } from './mutex.ts'
import type {
  CallSignal,
  ClearDocumentsResponse,
  DeleteDocuments,
  DeleteDocumentsResponse,
  InsertFile,
  InsertTexts,
  PaginatedQuery,
  PipelineStatus,
  QueryData,
  QueryEvent,
  QueryParams,
  QueryResponse,
  Rag,
  RagStatus,
  SubgraphQuery,
} from './rag.ts'
import { answerQuestion, collectAnswer, questionData } from './retrieve/answer-question.ts'
import { DEFAULT_SETTINGS, type EngineSettings } from './settings.ts'
import type { Store } from './store.ts'

export interface LightRagParts {
  readonly store: Store
  readonly models: Models
  readonly settings?: Partial<EngineSettings>
  /** The workspace's own folder for files; uploads are kept below it. */
  readonly inputDir: string
  /** Shown by `status`; empty where there is none. */
  readonly workingDir?: string
  /** Added to the `configuration` that `status` shows. */
  readonly configuration?: Readonly<Record<string, unknown>>
  readonly background?: BackgroundJobs
  readonly onError?: (message: string, error: unknown) => void
}

const UPLOADS = '__uploads__'

/** The engine of one workspace: graph RAG over one store. */
export class LightRag implements Rag {
  readonly #parts: LightRagParts
  readonly #store: Store
  readonly #settings: EngineSettings
  readonly #publish: PublishParts
  readonly #intake: Intake
  readonly #pipeline: Pipeline
  #closing: Promise<void> | null = null

  private constructor(parts: LightRagParts) {
    this.#parts = parts
    this.#store = parts.store
    this.#settings = { ...DEFAULT_SETTINGS, ...parts.settings }
    const uploadFolder = join(parts.inputDir, UPLOADS)
    this.#publish = {
      store: parts.store,
      models: parts.models,
      settings: this.#settings,
      uploadFolder,
      graphLock: new Mutex(),
    }
    this.#pipeline = new Pipeline({
      claim: () => this.#store.claim(),
      pendingCount: () => this.#store.pendingCount(),
      process: (document, options) => publishDocument(this.#publish, document, options),
      promisedDeletions: () => this.#store.scheduledDeletions(),
      deleteDocument: (id) => deleteDocument(this.#publish, id),
      tidy: (options) => this.#payVectors(options),
      giveBack: (document, status, errorMsg) =>
        this.#store.setStatus(document.id, document.revision, status, errorMsg),
      background: parts.background ?? ((job) => job()),
      maxParallelInsert: this.#settings.maxParallelInsert,
      onError: (message, error) => this.#report(message, error),
    })
    this.#intake = new Intake({
      store: parts.store,
      settings: this.#settings,
      uploadFolder,
      onQueued: () => this.#pipeline.wake(),
    })
  }

  /** Opens an engine over an open store; what a crash interrupted goes on at once. */
  static async open(parts: LightRagParts): Promise<LightRag> {
    const engine = new LightRag(parts)
    await removeUnfinished(engine.#publish.uploadFolder)
    await parts.store.recover()
    const promised = await parts.store.scheduledDeletions()
    if (promised.length > 0 || (await parts.store.pendingCount()) > 0) engine.#pipeline.wake()
    return engine
  }

  /** Memory held, native memory included. */
  bytes(): number {
    return this.#store.bytes()
  }

  /** Resolves when no background work is under way. */
  idle(): Promise<void> {
    return this.#pipeline.idle()
  }

  /** Stops background work at a checkpoint, then closes the store. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#pipeline.close().then(() => this.#store.close())
    return this.#closing
  }

  insertTexts(input: InsertTexts) {
    return this.#intake.insertTexts(input)
  }

  insertFile(input: InsertFile, content: AsyncIterable<Uint8Array>) {
    return this.#intake.insertFile(input, content)
  }

  listDocuments(query: PaginatedQuery) {
    return listDocuments(this.#store, query)
  }

  documentsByStatus() {
    return documentsByStatus(this.#store)
  }

  statusCounts() {
    return statusCounts(this.#store)
  }

  trackStatus(trackId: string) {
    return trackStatus(this.#store, trackId)
  }

  async pipelineStatus(): Promise<PipelineStatus> {
    return this.#pipeline.status()
  }

  async deleteDocuments(input: DeleteDocuments): Promise<DeleteDocumentsResponse> {
    const ids = input.doc_ids
    const doc_id = ids.join(', ')
    if (this.#pipeline.busy) {
      const message = 'The pipeline is busy; delete again when it is idle.'
      return { status: 'busy', message, doc_id }
    }
    // Promised before it is answered: a crash after the answer takes nothing back.
    await this.#store.scheduleDeletion(ids)
    this.#pipeline.wake()
    return {
      status: 'deletion_started',
      message: `Deletion of ${ids.length} document(s) goes on in the background.`,
      doc_id,
    }
  }

  async clearDocuments(): Promise<ClearDocumentsResponse> {
    const cleared = await this.#pipeline.alone('Clearing Documents', 0, async (log) => {
      await this.#publish.graphLock.run(() => this.#store.clear())
      await rm(this.#publish.uploadFolder, { recursive: true, force: true })
      log.say('All documents are deleted.')
    })
    return cleared
      ? { status: 'success', message: 'All documents are deleted.' }
      : { status: 'busy', message: 'The pipeline is busy; clear again when it is idle.' }
  }

  async clearCache() {
    const entries = await this.#store.clearCache(null)
    return { status: 'success' as const, message: `Cleared ${entries} cached model answers.` }
  }

  async reprocessFailed() {
    const documents = await this.#store.requeueFailed(null)
    if (documents > 0 || (await this.#store.pendingCount()) > 0) this.#pipeline.wake()
    return {
      status: 'reprocessing_started' as const,
      message: `${documents} failed document(s) are processed again in the background.`,
      track_id: '',
    }
  }

  async cancelPipeline() {
    return this.#pipeline.cancel()
      ? {
          status: 'cancellation_requested' as const,
          message: 'Processing stops; unfinished documents go back to pending.',
        }
      : { status: 'not_busy' as const, message: 'The pipeline is not busy.' }
  }

  query(params: QueryParams, options: CallSignal = {}): Promise<QueryResponse> {
    return collectAnswer(this.queryStream(params, options))
  }

  queryStream(params: QueryParams, options: CallSignal = {}): AsyncIterable<QueryEvent> {
    return answerQuestion(this.#retrieval(), params, options.signal)
  }

  queryData(params: QueryParams, options: CallSignal = {}): Promise<QueryData> {
    return questionData(this.#retrieval(), params, options.signal)
  }

  graphLabels() {
    return this.#store.labels()
  }

  async popularLabels(limit: number) {
    const entities = await this.#store.popularEntities(limit)
    return entities.map((entity) => entity.name)
  }

  async searchLabels(text: string, limit: number) {
    return searchLabels(await this.#store.labels(), text, limit)
  }

  subgraph(query: SubgraphQuery) {
    return subgraph(this.#store, query, this.#settings.maxGraphNodes)
  }

  async entityExists(name: string) {
    return { exists: (await this.#store.entityKeys([name])).has(name) }
  }

  async status(): Promise<RagStatus> {
    return {
      pipeline_busy: this.#pipeline.busy,
      working_directory: this.#parts.workingDir ?? '',
      input_directory: this.#parts.inputDir,
      configuration: { ...this.#parts.configuration },
      counts: await this.#store.counts(),
      bytes: this.#store.bytes(),
    }
  }

  #retrieval() {
    return { store: this.#store, models: this.#parts.models, settings: this.#settings }
  }

  /** An outage of the model leaves them owed; the next run tries again. */
  async #payVectors(options: CallOptions): Promise<void> {
    const parts = { ...this.#publish, embedding: this.#parts.models.embedding }
    await payVectors(parts, options).catch((error: unknown) => {
      if (error instanceof ModelUnavailable || options.signal?.aborted) return
      this.#report('Embedding what is owed failed', error)
    })
  }

  #report(message: string, error: unknown): void {
    if (error instanceof EngineError && error.code === 'engine_closed') return
    this.#parts.onError?.(message, error)
  }
}
