import { join } from 'node:path'
import {
  documentChunks,
  documentsByStatus,
  requeueSetAside,
  statusCounts,
  trackStatus,
  updateDocument,
} from './documents.ts'
import { EngineError, ModelUnavailable } from './errors.ts'
import type { FileReader } from './file-reader.ts'
import { createEntity, createRelation } from './graph/create-item.ts'
import { customKgDocument } from './graph/custom-kg.ts'
import { deleteEntity, deleteRelation } from './graph/delete-item.ts'
import { editEntity, editRelation } from './graph/edit-item.ts'
import { exportGraph } from './graph/export/export-graph.ts'
import type {
  CreateEntity,
  CreateRelation,
  CustomKg,
  EditEntity,
  EditRelation,
  ExportFormat,
  MergeEntities,
  SubgraphQuery,
} from './graph/graph-calls.ts'
import { searchLabels } from './graph/labels.ts'
import { mergeEntities } from './graph/merge-entities.ts'
import { subgraph } from './graph/subgraph.ts'
import { clearDocuments } from './ingest/clear-documents.ts'
import type {
  ClearDocumentsResponse,
  DeleteDocuments,
  DeleteDocumentsResponse,
  DocumentChange,
  DocumentChunksQuery,
  InsertFile,
  InsertTexts,
  PaginatedQuery,
  PipelineStatus,
  ResetStatus,
} from './ingest/document-calls.ts'
import { forgetAnswers } from './ingest/forget-answers.ts'
import { Intake } from './ingest/intake.ts'
import { AnswersOfDocuments } from './ingest/paid-answers.ts'
import { payVectors } from './ingest/pay-vectors.ts'
import { type BackgroundJobs, Pipeline } from './ingest/pipeline.ts'
import { PromisedDeletions } from './ingest/promised-deletions.ts'
import { type PublishParts, publishDocument } from './ingest/publish-document.ts'
import { removeUnfinished } from './ingest/receive-file.ts'
import { resetStatus } from './ingest/reset-status.ts'
import { Scanner } from './ingest/scan.ts'
import { textFileReader } from './ingest/text-file-reader.ts'
import { listDocuments } from './list-documents.ts'
import type { CallOptions, Models } from './models.ts'
import { Mutex } from './mutex.ts'
import type { ModelUsage, Rag, RagStatus } from './rag.ts'
import { answerQuestion, collectAnswer, questionData } from './retrieve/answer-question.ts'
import type {
  CallSignal,
  QueryData,
  QueryEvent,
  QueryParams,
  QueryResponse,
} from './retrieve/query-calls.ts'
import { DEFAULT_SETTINGS, type EngineSettings } from './settings.ts'
import type { Searches, Store } from './store.ts'

export interface LightRagParts extends Pick<PublishParts, 'graphBounds' | 'room'> {
  readonly store: Store
  readonly models: Models
  readonly settings?: Partial<EngineSettings>
  /** The workspace's own folder for files; uploads are kept below it. */
  readonly inputDir: string
  /** Makes text of uploads; without it, plain text and Markdown are read. */
  readonly fileReader?: FileReader
  /** Shown by `status`; empty where there is none. */
  readonly workingDir?: string
  /** Added to the `configuration` that `status` shows. */
  readonly configuration?: Readonly<Record<string, unknown>>
  /** Shown by `status`: what the workspace has used of each model. */
  readonly usage?: () => Readonly<Record<string, ModelUsage>>
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
  readonly #scanner: Scanner
  #closing: Promise<void> | null = null

  private constructor(parts: LightRagParts) {
    this.#parts = parts
    this.#store = parts.store
    this.#settings = { ...DEFAULT_SETTINGS, ...parts.settings }
    const uploadFolder = join(parts.inputDir, UPLOADS)
    const fileReader = parts.fileReader ?? textFileReader
    this.#publish = {
      store: parts.store,
      models: parts.models,
      settings: this.#settings,
      uploadFolder,
      fileReader,
      room: parts.room,
      answers: new AnswersOfDocuments(),
      graphLock: new Mutex(),
      graphBounds: parts.graphBounds,
    }
    const deletions = new PromisedDeletions(this.#publish)
    this.#pipeline = new Pipeline({
      claim: () => this.#store.claim(),
      pendingCount: () => this.#store.pendingCount(),
      process: (document, options) => publishDocument(this.#publish, document, options),
      promisedDeletions: () => deletions.list(),
      deleteDocument: (id) => deletions.keep(id),
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
      extensions: fileReader.extensions,
      room: parts.room,
      deletions,
      onQueued: () => this.#pipeline.wake(),
    })
    this.#scanner = new Scanner({
      store: parts.store,
      inputDir: parts.inputDir,
      extensions: fileReader.extensions,
      insertFile: (input, content, trackId) => this.#intake.insertFile(input, content, trackId),
      onQueued: () => this.#pipeline.wake(),
      background: parts.background ?? ((job) => job()),
      onError: (message, error) => this.#report(message, error),
    })
  }

  /** Opens an engine over an open store; what a crash interrupted goes on at once. */
  static async open(parts: LightRagParts): Promise<LightRag> {
    const engine = new LightRag(parts)
    await removeUnfinished(engine.#publish.uploadFolder)
    await parts.store.recover()
    await engine.#goOn()
    return engine
  }

  /** Memory held, native memory included. */
  bytes(): number {
    return this.#store.bytes()
  }

  /** Resolves when no background work is under way. */
  async idle(): Promise<void> {
    await this.#scanner.idle()
    await this.#pipeline.idle()
  }

  /** Stops background work at a checkpoint, then closes the store. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#scanner
      .close()
      .then(() => this.#pipeline.close())
      .then(() => this.#store.close())
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

  updateDocument(documentId: string, change: DocumentChange) {
    return updateDocument(this.#store, documentId, change)
  }

  documentChunks(documentId: string, query: DocumentChunksQuery) {
    return documentChunks(this.#store, documentId, query)
  }

  async retryChunks(documentId: string) {
    const response = await requeueSetAside(this.#store, documentId)
    if (response.status === 'retry_started') this.#pipeline.wake()
    return response
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
    if (input.delete_llm_cache) await forgetAnswers(this.#store, this.#settings, ids)
    // Promised before it is answered: a crash after the answer takes nothing back.
    await this.#store.scheduleDeletion(ids)
    if (input.delete_file) await this.#scanner.deleteFiles(ids)
    this.#pipeline.wake()
    return {
      status: 'deletion_started',
      message: `Deletion of ${ids.length} document(s) goes on in the background.`,
      doc_id,
    }
  }

  async clearDocuments(): Promise<ClearDocumentsResponse> {
    const cleared = await this.#pipeline.alone('Clearing Documents', 0, async (log) => {
      await this.#intake.alone(() => clearDocuments(this.#publish))
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
    await this.#goOn()
    return {
      status: 'reprocessing_started' as const,
      message: `${documents} failed document(s) are processed again in the background.`,
      track_id: '',
    }
  }

  resetStatus(input: ResetStatus) {
    return resetStatus(this.#store, input)
  }

  async cancelPipeline() {
    const scanning = this.#scanner.cancel()
    return this.#pipeline.cancel() || scanning
      ? {
          status: 'cancellation_requested' as const,
          message: 'Processing stops; unfinished documents go back to pending.',
        }
      : { status: 'not_busy' as const, message: 'The pipeline is not busy.' }
  }

  async scan() {
    return this.#scanner.start()
  }

  scanStatus(trackId: string) {
    return this.#scanner.status(trackId)
  }

  async supportedFileTypes() {
    return { extensions: this.#publish.fileReader.extensions }
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

  async graphLabels() {
    return (await this.#enabled()).labels()
  }

  async popularLabels(limit: number) {
    return (await this.#enabled()).popularNames(limit)
  }

  async searchLabels(text: string, limit: number) {
    return searchLabels(await this.graphLabels(), text, limit)
  }

  subgraph(query: SubgraphQuery) {
    return subgraph(this.#store, query, this.#settings)
  }

  async entityExists(name: string) {
    return { exists: (await this.#store.entityKeys([name])).has(name) }
  }

  entityCreate(input: CreateEntity) {
    return createEntity(this.#publish, input)
  }

  entityEdit(input: EditEntity) {
    return editEntity(this.#publish, input)
  }

  relationCreate(input: CreateRelation) {
    return createRelation(this.#publish, input)
  }

  relationEdit(input: EditRelation) {
    return editRelation(this.#publish, input)
  }

  mergeEntities(input: MergeEntities) {
    return mergeEntities(this.#publish, input)
  }

  deleteEntity(input: { readonly entity_name: string }) {
    return deleteEntity(this.#publish, input)
  }

  deleteRelation(input: { readonly source_entity: string; readonly target_entity: string }) {
    return deleteRelation(this.#publish, input)
  }

  exportGraph({ format }: { readonly format: ExportFormat }, options: CallSignal = {}) {
    return exportGraph(this.#store, format, options.signal)
  }

  async insertCustomKg(input: CustomKg) {
    const document = customKgDocument(input, this.#settings)
    return this.#intake.insertDocument(document, input.on_conflict ?? 'keep')
  }

  async status(): Promise<RagStatus> {
    return {
      pipeline_busy: this.#pipeline.busy,
      working_directory: this.#parts.workingDir ?? '',
      input_directory: this.#parts.inputDir,
      configuration: { ...this.#parts.configuration },
      counts: await this.#store.counts(),
      bytes: this.#store.bytes(),
      ...(this.#parts.usage ? { usage: this.#parts.usage() } : {}),
    }
  }

  /** Wakes the pipeline if documents, or deletions that were promised, wait for it. */
  async #goOn(): Promise<void> {
    const promised = await this.#store.scheduledDeletions()
    if (promised.length > 0 || (await this.#store.pendingCount()) > 0) this.#pipeline.wake()
  }

  /** What the enabled documents say, to look at. */
  async #enabled(): Promise<Searches> {
    return (await this.#store.within(null)) ?? this.#store
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
