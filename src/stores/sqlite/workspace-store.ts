import type {
  AttemptEnd,
  DeathCount,
  DocumentLabels,
  EnqueueOptions,
  ListDocuments,
  NewDocument,
} from '../../engine/ports/document-record.ts'
import { EngineError } from '../../engine/ports/errors.ts'
import type { Pair } from '../../engine/ports/pair.ts'
import type {
  CacheEntry,
  CacheScope,
  Change,
  ChunkFilter,
  DocumentFilter,
  Key,
  Searches,
  Store,
  StoreCounts,
} from '../../engine/ports/store.ts'
import { Mutex } from '../../engine/work/mutex.ts'
import { type Indexing, indexing } from '../../vectors/indexing.ts'
import { type OwedVector, Publisher } from './change/publisher.ts'
import type { Connection } from './database/connection.ts'
import { PageCache } from './database/page-cache.ts'
import { asStoreError } from './database/sqlite-errors.ts'
import { Generation } from './database/visibility.ts'
import type { WorkspaceLock } from './database/workspace-lock.ts'
import { DocumentScopes } from './search/document-scopes.ts'
import { entityFragments, footprint, relationFragments } from './search/fragment-queries.ts'
import { graphContent } from './search/graph-content.ts'
import { GraphLookups } from './search/graph-lookups.ts'
import { Retrieval } from './search/retrieval.ts'
import { ScopedSearches } from './search/scoped-searches.ts'
import { WorkingGraph } from './search/working-graph.ts'
import { customGraph } from './tables/graph/custom-graph-table.ts'
import { enqueueDocuments } from './tables/intake.ts'
import { createTables, type Tables } from './tables/tables.ts'
import type { VectorTable } from './tables/vector-table.ts'

/** Of a connection with its statements, besides the page cache. */
const CONNECTION_BYTES = 1024 * 1024

const TIDY_AFTER_MS = 500
/** A workspace is at rest when nothing has changed for so long. */
const REST_MS = 1500

/** One workspace in one SQLite database. Reads never wait for writes, nor see half of one. */
export class WorkspaceStore implements Store {
  readonly #connection: Connection
  readonly #lock: WorkspaceLock
  readonly #pageCache: PageCache
  readonly #generation: Generation
  readonly #tables: Tables
  readonly #graph: WorkingGraph
  readonly #publisher: Publisher
  readonly #retrieval: Retrieval
  readonly #scopes: DocumentScopes
  /** Changes, and loads of what changes keep up to date. */
  readonly #turns = new Mutex()
  /** As it was when it was last read. */
  #counted: Counters
  readonly #tidying: NodeJS.Timeout
  #resting: NodeJS.Timeout | undefined
  #closed: Promise<void> | null = null

  constructor(
    connection: Connection,
    lock: WorkspaceLock,
    dimension: number,
    vectorIndexing: Indexing = indexing(null),
  ) {
    this.#connection = connection
    this.#pageCache = new PageCache(connection)
    this.#lock = lock
    this.#counted = this.#counters()
    this.#generation = new Generation(this.#counted.generation)
    this.#tables = createTables(connection, this.#generation, dimension, vectorIndexing)
    this.#graph = new WorkingGraph(new GraphLookups(connection, this.#generation), () =>
      this.#turns.run(() => this.#loadGraph()),
    )
    this.#publisher = new Publisher(connection, this.#generation, this.#tables, this.#graph)
    this.#retrieval = new Retrieval(this.#tables, this.#graph, this.#generation, (vectors) =>
      this.#loaded(vectors),
    )
    this.#scopes = new DocumentScopes(connection, this.#tables, this.#generation)
    // What a crash has left behind is invisible, so even the first question goes before its removal.
    this.#tidying = setTimeout(() => {
      void this.#inBackground(() => this.#publisher.undoLeftovers())
      void this.#sweepOn()
    }, TIDY_AFTER_MS).unref()
  }

  enqueue(documents: readonly NewDocument[], options: EnqueueOptions) {
    return this.#run(() => {
      // A replacement may change what filters look at, and the name that chunks tell.
      this.#scopes.forget()
      this.#retrieval.forgetChunks()
      return enqueueDocuments(this.#connection, documents, options)
    })
  }

  claim(life = '') {
    return this.#run(() => this.#tables.queue.claim(life))
  }

  beginStep(documentId: string, step: string) {
    return this.#run(() => this.#tables.queue.beginStep(documentId, step))
  }

  pendingCount() {
    return this.#run(() => this.#tables.queue.pendingCount())
  }

  nextAttemptAt() {
    return this.#run(() => this.#tables.queue.nextAttemptAt())
  }

  hurry() {
    return this.#run(() => this.#tables.queue.hurry())
  }

  queuePositions(documentIds: readonly string[]) {
    return this.#run(() => this.#tables.queue.positions(documentIds))
  }

  interrupted() {
    return this.#run(() => this.#tables.queue.interrupted())
  }

  recover(counted: ReadonlyMap<string, DeathCount> = new Map()) {
    return this.#run(() => this.#tables.queue.recover(counted))
  }

  customGraph(documentId: string) {
    return this.#run(() => customGraph(this.#connection, documentId))
  }

  text(documentId: string) {
    return this.#run(() => this.#tables.documents.text(documentId))
  }

  setText(
    documentId: string,
    revision: number,
    text: { text: string; contentHash: string; contentSummary: string; contentLength: number },
  ) {
    return this.#run(() => this.#tables.queue.setText(documentId, revision, text))
  }

  endAttempt(documentId: string, revision: number, end: AttemptEnd) {
    return this.#run(() => this.#tables.queue.endAttempt(documentId, revision, end))
  }

  requeueFailed(documentIds: readonly string[] | null) {
    return this.#run(() => this.#tables.queue.requeueFailed(documentIds))
  }

  requeueProcessed(documentId: string) {
    return this.#run(() => this.#tables.queue.requeueProcessed(documentId))
  }

  setLabels(documentId: string, labels: Partial<Omit<DocumentLabels, 'externalId'>>) {
    return this.#run(async () => {
      await this.#turns.run(() => this.#publisher.setLabels(documentId, labels))
      return this.#tables.documents.byId(documentId)
    })
  }

  document(id: string) {
    return this.#told(() => this.#tables.documents.byId(id))
  }

  documentByPath(filePath: string) {
    return this.#told(() => this.#tables.documents.byPath(filePath))
  }

  documentByExternalId(externalId: string) {
    return this.#told(() => this.#tables.documents.byExternalId(externalId))
  }

  documentByHash(contentHash: string) {
    return this.#told(() => this.#tables.documents.byHash(contentHash))
  }

  listDocuments(query: ListDocuments) {
    return this.#told(() => this.#tables.documents.list(query))
  }

  documentsByTrack(trackId: string) {
    return this.#told(() => this.#tables.documents.byTrack(trackId))
  }

  chunksOf(documentId: string, page: Parameters<Store['chunksOf']>[1]) {
    return this.#run(() => {
      const document = this.#tables.documents.row(documentId)
      if (document === null) return { chunks: [], total: 0 }
      return this.#tables.chunks.list(document.seq, page)
    })
  }

  statusCounts() {
    return this.#told(() => this.#tables.documents.statusCounts())
  }

  footprint(documentIds: readonly string[]) {
    return this.#run(() => footprint(this.#tables, documentIds))
  }

  entityFragments(names: readonly string[], without: readonly string[], limit: number) {
    return this.#run(() => entityFragments(this.#tables, names, without, limit))
  }

  relationFragments(pairs: readonly Pair[], without: readonly string[], limit: number) {
    return this.#run(() => relationFragments(this.#tables, pairs, without, limit))
  }

  overrides(names: readonly string[], pairs: readonly Pair[]) {
    return this.#run(() => this.#tables.overrides.read(names, pairs))
  }

  async apply(change: Change) {
    const published = await this.#run(() => {
      this.#pageCache.noteUse()
      return this.#turns.run(() => this.#publisher.apply(change))
    })
    await this.#sweepOn()
    return published
  }

  async clear() {
    await this.#run(() => this.#turns.run(() => this.#publisher.clear()))
    await this.#sweepOn()
  }

  owedVectors(limit: number) {
    return this.#run(async () => {
      const entities = await this.#retrieval.entities(this.#tables.entities.owed(limit))
      const rest = limit - entities.length
      const relations = await this.#retrieval.relations(this.#tables.relations.owed(rest))
      return { entities, relations }
    })
  }

  setVectors(entities: readonly OwedVector[], relations: readonly OwedVector[]) {
    return this.#run(() => this.#turns.run(() => this.#publisher.setVectors(entities, relations)))
  }

  within(filter: DocumentFilter | null): Promise<Searches | null> {
    return this.#run(async () => {
      this.#pageCache.noteUse()
      const scope = await this.#scopes.of(filter)
      if (scope === null) return null
      return new ScopedSearches({
        scope,
        tables: this.#tables,
        graph: this.#graph,
        retrieval: this.#retrieval,
        chunkCount: () => this.chunkCount(),
        run: (work) => this.#run(work),
      })
    })
  }

  matchChunks(text: string, limit: number, filter: ChunkFilter | null) {
    return this.#run(() => this.#retrieval.matchChunks(text, limit, filter))
  }

  nearestChunks(vector: Float32Array, limit: number, filter: ChunkFilter | null) {
    return this.#run(() => this.#retrieval.nearestChunks(vector, limit, filter))
  }

  nearestEntities(vector: Float32Array, limit: number) {
    return this.#run(() => this.#retrieval.nearestEntities(vector, limit))
  }

  nearestRelations(vector: Float32Array, limit: number) {
    return this.#run(() => this.#retrieval.nearestRelations(vector, limit))
  }

  matchEntities(text: string, limit: number) {
    return this.#run(() => this.#tables.fullText.entities(text, limit))
  }

  entitiesByNameKey(nameKeys: readonly string[]) {
    return this.#run(() => this.#retrieval.entitiesByNameKey(nameKeys))
  }

  entitiesWithWords(words: readonly string[], limit: number) {
    return this.#run(() => this.#retrieval.entitiesWithWords(words, limit))
  }

  matchRelations(text: string, limit: number) {
    return this.#run(() => this.#tables.fullText.relations(text, limit))
  }

  chunkSimilarities(keys: readonly Key[], vector: Float32Array) {
    return this.#run(() => this.#retrieval.chunkSimilarities(keys, vector))
  }

  chunks(keys: readonly Key[]) {
    return this.#run(() => this.#retrieval.chunks(keys))
  }

  chunkKeys(ids: readonly string[]) {
    return this.#run(() => this.#retrieval.chunkKeys(ids))
  }

  entities(keys: readonly Key[]) {
    return this.#run(() => this.#retrieval.entities(keys))
  }

  relations(keys: readonly Key[]) {
    return this.#run(() => this.#retrieval.relations(keys))
  }

  entityKeys(names: readonly string[]) {
    return this.#run(() => this.#retrieval.entityKeys(names))
  }

  relationsOf(entityKeys: readonly Key[]) {
    return this.#run(() => this.#graph.ties(entityKeys))
  }

  relationKeys(pairs: readonly Pair[]) {
    return this.#run(() => this.#retrieval.relationKeys(pairs))
  }

  tiesOfChunks(chunkKeys: readonly Key[], minSpread: number, maxSpread: number) {
    return this.#run(() => this.#retrieval.tiesOfChunks(chunkKeys, minSpread, maxSpread))
  }

  tiesOfEntities(entityKeys: readonly Key[], limit: number) {
    return this.#run(() => this.#retrieval.tiesOfEntities(entityKeys, limit))
  }

  entitiesAfter(key: Key, limit: number) {
    return this.#run(() => this.#retrieval.entities(this.#tables.entities.keysAfter(key, limit)))
  }

  relationsAfter(key: Key, limit: number) {
    return this.#run(() => this.#retrieval.relations(this.#tables.relations.keysAfter(key, limit)))
  }

  labels() {
    return this.#run(() => this.#retrieval.labels())
  }

  popularNames(limit: number) {
    return this.#run(() => this.#retrieval.popularNames(limit))
  }

  popularEntities(limit: number) {
    return this.#run(() => this.#retrieval.popularEntities(limit))
  }

  promiseDeletion(...promise: Parameters<Store['promiseDeletion']>) {
    return this.#run(() => this.#tables.promises.promiseDeletion(...promise))
  }

  promisedDeletions() {
    return this.#run(() => this.#tables.promises.promisedDeletions())
  }

  promisedDeletion(documentId: string) {
    return this.#run(() => this.#tables.promises.promisedDeletion(documentId))
  }

  documentIdsBy(names: Parameters<Store['documentIdsBy']>[0]) {
    return this.#run(() => this.#tables.promises.documentIdsBy(names))
  }

  promiseClearing() {
    return this.#run(() => this.#tables.promises.promiseClearing())
  }

  isClearingPromised() {
    return this.#run(() => this.#tables.promises.isClearingPromised())
  }

  cached(key: string) {
    return this.#run(() => this.#tables.modelCache.get(key))
  }

  cache(entry: CacheEntry, most?: number) {
    return this.#run(() => this.#tables.modelCache.put(entry, most))
  }

  clearCache(scope: CacheScope | null) {
    return this.#run(() => this.#tables.modelCache.clear(scope))
  }

  counts() {
    return this.#run((): StoreCounts => {
      const { chunks, entities, relations } = this.#counters()
      return { documents: this.#tables.documents.count(), chunks, entities, relations }
    })
  }

  chunkCount() {
    return this.#run(() => {
      const { current } = this.#generation
      if (this.#counted.generation !== current) this.#counted = this.#counters()
      return this.#counted.chunks
    })
  }

  dataVersion() {
    return this.#run(() => this.#generation.current)
  }

  bytes(): number {
    const { chunkVectors, entityVectors, relationVectors } = this.#tables
    const vectors = chunkVectors.bytes + entityVectors.bytes + relationVectors.bytes
    return (
      vectors +
      this.#graph.bytes +
      this.#scopes.bytes +
      this.#retrieval.bytes +
      this.#tables.fullText.bytes +
      this.#pageCache.bytes +
      CONNECTION_BYTES
    )
  }

  /** Lets a running change end first. Calling it again is no error. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    clearTimeout(this.#tidying)
    clearTimeout(this.#resting)
    this.#publisher.stop()
    await this.#inBackground(() => this.#publisher.undoLeftovers())
    const { chunkVectors, entityVectors, relationVectors } = this.#tables
    for (const vectors of [chunkVectors, entityVectors, relationVectors]) await vectors.close()
    try {
      this.#tables.modelCache.settle()
      await this.#connection.endSync()
      // A log that cannot be folded in now is read at the next opening.
      this.#connection.pragma('wal_checkpoint(TRUNCATE)')
    } finally {
      this.#connection.close()
      this.#graph.close()
      this.#lock.release()
    }
  }

  /** Refuses when closed, and gives failures of the storage their meaning. */
  async #run<T>(work: () => T | Promise<T>): Promise<T> {
    this.#refuseIfClosed()
    const noted = this.#connection.noted
    try {
      const result = await work()
      if (this.#connection.noted !== noted) {
        await this.#connection.synced()
        await this.#connection.roomInLog()
      }
      return result
    } catch (error) {
      // Work that was under way finds its connection closed between two slices.
      if (!(error instanceof EngineError)) this.#refuseIfClosed(error)
      throw asStoreError(error)
    }
  }

  /** Tells of no document that a power cut could still take: it may be taken for a promise. */
  #told<T>(work: () => T): Promise<T> {
    return this.#run(async () => {
      const result = work()
      await this.#connection.synced()
      return result
    })
  }

  #refuseIfClosed(cause?: unknown): void {
    if (this.#closed === null) return
    throw new EngineError('engine_closed', 'This workspace was closed', { cause })
  }

  /** Sweeps for one turn, and goes on when others have had theirs. */
  async #sweepOn(): Promise<void> {
    const left = await this.#inBackground(() => this.#publisher.sweep())
    if (left === true) void this.#sweepOn()
    else this.#rest()
  }

  #rest(): void {
    clearTimeout(this.#resting)
    if (this.#closed !== null) return
    this.#resting = setTimeout(() => void this.#uniteOn(), REST_MS).unref()
  }

  async #uniteOn(): Promise<void> {
    const left = await this.#inBackground(() => this.#publisher.unite())
    if (left === true) void this.#uniteOn()
    // Only a checkpoint makes the file shorter.
    else if (this.#publisher.tookPagesOff()) await this.#connection.checkpoint().catch(() => null)
  }

  /** Work that is done again before or after the next change if it fails now. */
  #inBackground<T>(work: () => Promise<T>): Promise<T | undefined> {
    return this.#turns.run(work).catch(() => undefined)
  }

  async #loaded(vectors: VectorTable): Promise<VectorTable> {
    if (!vectors.loaded) {
      vectors.readAhead()
      await this.#turns.run(() => vectors.load(() => this.#closed === null))
      this.#refuseIfClosed()
    }
    return vectors
  }

  async #loadGraph(): Promise<void> {
    this.#refuseIfClosed()
    if (this.#graph.loaded) return
    const isWanted = () => this.#closed === null
    await this.#graph.fill(() => graphContent(this.#tables), isWanted)
    this.#refuseIfClosed()
  }

  #counters(): Counters {
    const sql = 'SELECT generation, chunks, entities, relations FROM workspace'
    const none = { generation: 0, chunks: 0, entities: 0, relations: 0 }
    return this.#connection.get(sql) ?? none
  }
}

interface Counters extends Omit<StoreCounts, 'documents'> {
  readonly generation: number
}
