import type { FileToCheck } from './documents/check-calls.ts'
import { checkFiles } from './documents/check-files.ts'
import { changeDocuments } from './documents/chosen/change-documents.ts'
import type {
  DeleteDocuments,
  InsertFile,
  InsertTexts,
  PaginatedQuery,
  PipelineStatus,
  ResetStatus,
} from './documents/document-calls.ts'
import {
  documentById,
  documentChunks,
  documentsByStatus,
  statusCounts,
  trackStatus,
  updateDocument,
} from './documents/documents.ts'
import { documentFacets } from './documents/list/document-facets.ts'
import type { FacetsQuery } from './documents/list/list-calls.ts'
import { listDocuments } from './documents/list/list-documents.ts'
import { pageName } from './documents/page-name.ts'
import { pageVersionOf } from './documents/page-version.ts'
import { chunkAround } from './documents/reading/chunk-around.ts'
import { documentText } from './documents/reading/document-text.ts'
import { originalBytes, originalFile } from './documents/reading/original-file.ts'
import type {
  DocumentChunksQuery,
  DocumentTextQuery,
  OriginalBytes,
} from './documents/reading/reading-calls.ts'
import { resetStatus } from './documents/reset-status.ts'
import { createEntity, createRelation } from './graph/create-item.ts'
import { customKgDocument } from './graph/custom-kg.ts'
import { deleteEntity, deleteRelation } from './graph/delete-item.ts'
import { editEntity, editRelation } from './graph/edit-item.ts'
import { enabledSearches } from './graph/enabled-searches.ts'
import { exportGraph } from './graph/export/export-graph.ts'
import { knownName } from './graph/item-name.ts'
import { mergeEntities } from './graph/merge-entities.ts'
import { searchEntityNames } from './graph/search-entity-names.ts'
import { subgraph } from './graph/subgraph.ts'
import { entityDetails } from './graph/view/entity-details.ts'
import { findPaths } from './graph/view/find-paths.ts'
import { KnownStats } from './graph/view/graph-stats.ts'
import { neighbours } from './graph/view/neighbours.ts'
import { graphOverview } from './graph/view/overview.ts'
import { searchEntities } from './graph/view/search-entities.ts'
import type { LightRagParts } from './light-rag-parts.ts'
import { DocumentWork } from './pipeline/document-work.ts'
import type { PublishParts } from './pipeline/publish-document.ts'
import { NO_WATCH } from './pipeline/work-watch.ts'
import { EngineError } from './ports/engine-error.ts'
import { DEFAULT_SETTINGS, type EngineSettings } from './ports/settings.ts'
import type { Store } from './ports/store.ts'
import type { Rag, RagStatus } from './rag.ts'
import { CUTS_HERE } from './read/cut-document.ts'
import { textFileReader } from './read/text-file-reader.ts'
import { answerQuestion, collectAnswer, questionData } from './retrieve/answer-question.ts'
import type {
  CallSignal,
  QueryData,
  QueryEvent,
  QueryParams,
  QueryResponse,
} from './retrieve/query-calls.ts'

type Input<Method extends keyof Rag> = Parameters<Rag[Method]>[0]

/** The engine of one workspace: graph RAG over one store. */
export class LightRag implements Rag {
  readonly #parts: LightRagParts
  readonly #store: Store
  readonly #settings: EngineSettings
  readonly #work: DocumentWork
  readonly #publish: PublishParts
  readonly #stats = new KnownStats()
  #closing: Promise<void> | null = null

  private constructor(parts: LightRagParts) {
    this.#parts = parts
    this.#store = parts.store
    this.#settings = { ...DEFAULT_SETTINGS, ...parts.settings }
    this.#work = new DocumentWork({
      store: parts.store,
      models: parts.models,
      settings: this.#settings,
      files: parts.files,
      fileReader: parts.fileReader ?? textFileReader,
      cutter: parts.cutter ?? CUTS_HERE,
      graphBounds: parts.graphBounds,
      room: parts.room,
      background: parts.background ?? ((job) => job()),
      putOffMs: parts.putOffMs ?? (async () => 0),
      watch: parts.watch ?? NO_WATCH,
      onEvent: (event) => parts.onEvent?.(event),
      onError: (message, error) => this.#report(message, error),
    })
    this.#publish = this.#work.publish
  }

  /** Opens an engine over an open store; what a crash interrupted goes on at once. */
  static async open(parts: LightRagParts): Promise<LightRag> {
    const engine = new LightRag(parts)
    await engine.#work.open()
    return engine
  }

  /** Whether nobody else can have the workspace open until this is closed. */
  get isExclusive(): boolean {
    return this.#store.isExclusive
  }

  /** Memory held, native memory included. */
  bytes(): number {
    return this.#store.bytes()
  }

  /** Resolves when no background work is under way. */
  idle(): Promise<void> {
    return this.#work.idle()
  }

  /** Stops background work at a checkpoint, then closes the store. Safe to call twice. */
  close(): Promise<void> {
    this.#closing ??= this.#work.close().then(() => this.#store.close())
    return this.#closing
  }

  insertTexts(input: InsertTexts) {
    return this.#work.intake.insertTexts(input)
  }

  insertFile(input: InsertFile, content: AsyncIterable<Uint8Array>) {
    return this.#work.intake.insertFile(input, content)
  }

  checkFiles(files: readonly FileToCheck[]) {
    const { fileReader } = this.#publish
    const { maxUploadBytes } = this.#settings
    return checkFiles({ store: this.#store, fileReader, maxUploadBytes }, files)
  }

  async listDocuments(query: PaginatedQuery) {
    const list = await listDocuments(this.#store, query)
    return { ...list, documents: await this.#work.withProgress(list.documents) }
  }

  facets(query: FacetsQuery) {
    return documentFacets(this.#store, query)
  }

  async documentsByStatus() {
    const { statuses } = await documentsByStatus(this.#store)
    const shown: typeof statuses = {}
    for (const [status, documents] of Object.entries(statuses)) {
      shown[status] = await this.#work.withProgress(documents)
    }
    return { statuses: shown }
  }

  statusCounts() {
    return statusCounts(this.#store)
  }

  async trackStatus(trackId: string) {
    const track = await trackStatus(this.#store, trackId)
    return { ...track, documents: await this.#work.withProgress(track.documents) }
  }

  async document(documentId: string) {
    const document = await documentById(this.#store, documentId)
    const [shown = document] = await this.#work.withProgress([document])
    return shown
  }

  documentText(documentId: string, query: DocumentTextQuery) {
    return documentText(this.#store, documentId, query)
  }

  originalFile(documentId: string) {
    return originalFile(this.#publish, documentId)
  }

  originalBytes(input: OriginalBytes, options: CallSignal = {}) {
    return originalBytes(this.#publish, input, options.signal)
  }

  chunk(chunkId: string, around: number) {
    return chunkAround(this.#store, chunkId, around)
  }

  async updateDocument(documentId: string, change: Parameters<Rag['updateDocument']>[1]) {
    const changed = await updateDocument(this.#store, documentId, change)
    const [shown = changed] = await this.#work.withProgress([changed])
    return shown
  }

  documentChunks(documentId: string, query: DocumentChunksQuery) {
    return documentChunks(this.#store, documentId, query)
  }

  retryChunks(documentId: string) {
    return this.#work.retryChunks(documentId)
  }

  async pageVersion(name: string) {
    const document = await this.#store.documents.byPath(pageName(name))
    return document && pageVersionOf(document)
  }

  async pipelineStatus(): Promise<PipelineStatus> {
    return this.#work.status()
  }

  deleteDocuments(input: DeleteDocuments) {
    return this.#work.delete(input)
  }

  clearDocuments() {
    return this.#work.clear()
  }

  async clearCache() {
    const entries = await this.#store.cache.clear(null)
    return { status: 'success' as const, message: `Cleared ${entries} cached model answers.` }
  }

  reprocessFailed() {
    return this.#work.reprocessFailed()
  }

  retryDocuments(input: Input<'retryDocuments'>) {
    return this.#work.retryChosen(input)
  }

  async changeDocuments(input: Input<'changeDocuments'>) {
    return changeDocuments(this.#store, input)
  }

  deleteChosen(input: Input<'deleteChosen'>) {
    return this.#work.deleteChosen(input)
  }

  resetStatus(input: ResetStatus) {
    return resetStatus(this.#store, input)
  }

  cancelPipeline() {
    return this.#work.cancel()
  }

  async scan() {
    return this.#work.scanner.start()
  }

  scanStatus(trackId: string) {
    return this.#work.scanner.status(trackId)
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

  async entityNames() {
    return (await enabledSearches(this.#store)).entityNames()
  }

  async popularEntityNames(limit: number) {
    return (await enabledSearches(this.#store)).popularNames(limit)
  }

  async searchEntityNames(text: string, limit: number) {
    return searchEntityNames(await this.entityNames(), text, limit)
  }

  async searchEntities(text: string, limit: number) {
    return searchEntities(this.#graphView(), text, limit)
  }

  async graphVersion() {
    return { version: await this.#store.dataVersion() }
  }

  graphOverview(query: Input<'graphOverview'>, options: CallSignal = {}) {
    return graphOverview(this.#store, query, options.signal)
  }

  neighbours(query: Input<'neighbours'>) {
    return neighbours(this.#graphView(), query)
  }

  entityDetails(name: string) {
    return entityDetails(this.#graphView(), name)
  }

  findPaths(query: Input<'findPaths'>) {
    return findPaths(this.#graphView(), query)
  }

  graphStats() {
    return this.#stats.of(this.#store)
  }

  subgraph(query: Input<'subgraph'>) {
    return subgraph(this.#store, query, this.#settings)
  }

  async entityExists(name: string) {
    return { exists: (await knownName(this.#store.searches, name)) !== null }
  }

  entityCreate(input: Input<'entityCreate'>) {
    return createEntity(this.#publish, input)
  }

  entityEdit(input: Input<'entityEdit'>) {
    return editEntity(this.#publish, input)
  }

  relationCreate(input: Input<'relationCreate'>) {
    return createRelation(this.#publish, input)
  }

  relationEdit(input: Input<'relationEdit'>) {
    return editRelation(this.#publish, input)
  }

  mergeEntities(input: Input<'mergeEntities'>) {
    return mergeEntities(this.#publish, input)
  }

  deleteEntity(input: Input<'deleteEntity'>) {
    return deleteEntity(this.#publish, input)
  }

  deleteRelation(input: Input<'deleteRelation'>) {
    return deleteRelation(this.#publish, input)
  }

  exportGraph({ format }: Input<'exportGraph'>, options: CallSignal = {}) {
    return exportGraph(this.#store.graph, format, options.signal)
  }

  async insertCustomKg(input: Input<'insertCustomKg'>) {
    const document = await customKgDocument(input, this.#settings)
    return this.#work.intake.insertDocument(document, input.on_conflict ?? 'keep')
  }

  async status(): Promise<RagStatus> {
    return {
      pipeline_busy: this.#work.busy,
      working_directory: this.#parts.workingDir ?? '',
      input_directory: this.#parts.files.inputDir,
      configuration: { ...this.#parts.configuration },
      counts: await this.#store.counts(),
      bytes: this.#store.bytes(),
      reasons: await this.#work.reasons(),
      ...(this.#parts.usage ? { usage: this.#parts.usage() } : {}),
    }
  }

  #graphView() {
    return { store: this.#store, settings: this.#settings }
  }

  #retrieval() {
    return {
      store: this.#store,
      models: this.#parts.models,
      settings: this.#settings,
      stillProcessing: () => this.#work.stillProcessing(),
    }
  }

  #report(message: string, error: unknown): void {
    if (error instanceof EngineError && error.code === 'engine_closed') return
    this.#parts.onError?.(message, error)
  }
}
