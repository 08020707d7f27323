import type { DocumentQueue } from '../../engine/ports/document-queue.ts'
import type { DocumentStore } from '../../engine/ports/document-store.ts'
import type { GraphStore } from '../../engine/ports/graph-store.ts'
import type { ModelCache } from '../../engine/ports/model-cache.ts'
import type { AllSearches } from '../../engine/ports/searches.ts'
import type { Store, StoreCounts } from '../../engine/ports/store.ts'
import { announced, asOpening } from '../../engine/work/announced-work.ts'
import { Mutex } from '../../engine/work/mutex.ts'
import { type VectorIndexSettings, vectorIndexSettings } from '../../vectors/index-settings.ts'
import { Calls, called } from './calls.ts'
import { Arrivals } from './change/arrivals.ts'
import { Publisher } from './change/publisher.ts'
import { Upkeep } from './change/upkeep.ts'
import { workspaceGraph } from './change/workspace-graph.ts'
import type { Connection } from './database/connection.ts'
import { Counters } from './database/counters.ts'
import { PageCache } from './database/page-cache.ts'
import { Generation } from './database/visibility.ts'
import type { WorkspaceLock } from './database/workspace-lock.ts'
import { DocumentScopes } from './search/document-scopes.ts'
import { GraphLookups } from './search/graph-lookups.ts'
import { Retrieval } from './search/retrieval.ts'
import { type GraphChange, WorkingGraph } from './search/working-graph.ts'
import { workspaceSearches } from './search/workspace-searches.ts'
import { createTables, type Tables } from './tables/tables.ts'
import type { VectorTable } from './tables/vector-table.ts'
import { workspaceDocuments } from './tables/workspace-documents.ts'

/** Of a connection with its statements, besides the page cache. */
const CONNECTION_BYTES = 1024 * 1024
/** Rows of the graph read at a time. */
const PAGE_ROWS = 200

/** One workspace in one SQLite database. Reads never wait for writes, nor see half of one. */
export class WorkspaceStore implements Store {
  readonly queue: DocumentQueue
  readonly documents: DocumentStore
  readonly graph: GraphStore
  readonly searches: AllSearches
  readonly cache: ModelCache
  /** Its lock is held by one process, and by one store in it. */
  readonly isExclusive = true
  readonly #connection: Connection
  readonly #lock: WorkspaceLock
  readonly #calls: Calls
  readonly #pageCache: PageCache
  readonly #counters: Counters
  readonly #generation: Generation
  readonly #tables: Tables
  readonly #graph: WorkingGraph
  readonly #retrieval: Retrieval
  readonly #scopes: DocumentScopes
  readonly #upkeep: Upkeep
  /** Changes, and loads of what changes keep up to date. */
  readonly #turns = new Mutex()
  #closed: Promise<void> | null = null

  constructor(
    connection: Connection,
    lock: WorkspaceLock,
    dimension: number,
    indexSettings: VectorIndexSettings = vectorIndexSettings(null),
  ) {
    this.#connection = connection
    this.#lock = lock
    this.#calls = new Calls(connection)
    this.#pageCache = new PageCache(connection)
    this.#counters = new Counters(connection)
    this.#generation = new Generation(this.#counters.read().generation)
    this.#tables = createTables(connection, this.#generation, dimension, indexSettings)
    this.#graph = new WorkingGraph(new GraphLookups(connection, this.#generation), () =>
      this.#turns.run(() => this.#loadGraph()),
    )
    const publisher = new Publisher(connection, this.#generation, this.#tables, this.#graph)
    this.#retrieval = new Retrieval(this.#tables, this.#graph, this.#generation, (vectors) =>
      this.#loaded(vectors),
    )
    this.#scopes = new DocumentScopes(connection, this.#tables, this.#generation)
    const arrivals = new Arrivals({
      connection,
      tables: this.#tables,
      onReplaced: () => {
        this.#scopes.forget()
        this.#retrieval.forgetChunks()
      },
    })
    this.#upkeep = new Upkeep({ connection, publisher, arrivals, turns: this.#turns })
    const parts = {
      connection,
      publisher,
      calls: this.#calls,
      tables: this.#tables,
      turns: this.#turns,
      retrieval: this.#retrieval,
      pageCache: this.#pageCache,
    }
    const { queue, deletions } = this.#tables
    const { run } = this.#calls
    this.queue = {
      ...called(queue, run),
      ...called(deletions, run),
      enqueue: (documents, options) => run(() => arrivals.enqueue(documents, options)),
    }
    this.documents = workspaceDocuments(parts)
    this.graph = workspaceGraph({ ...parts, upkeep: this.#upkeep })
    this.searches = workspaceSearches({
      ...parts,
      graph: this.#graph,
      generation: this.#generation,
      scopes: this.#scopes,
      counters: this.#counters,
    })
    this.cache = called(this.#tables.modelCache, this.#calls.run)
  }

  counts() {
    return this.#calls.run((): StoreCounts => {
      const { chunks, entities, relations } = this.#counters.read()
      return { documents: this.#tables.documents.count(), chunks, entities, relations }
    })
  }

  dataVersion() {
    return this.#calls.run(() => this.#generation.current)
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
    this.#calls.end()
    await this.#upkeep.end()
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

  async #loaded(vectors: VectorTable): Promise<VectorTable> {
    if (!vectors.loaded) {
      await asOpening(announced()?.workspace, () =>
        this.#turns.run(() => vectors.load(() => this.#calls.isOpen)),
      )
      this.#calls.refuseIfClosed()
    }
    return vectors
  }

  async #loadGraph(): Promise<void> {
    this.#calls.refuseIfClosed()
    if (this.#graph.loaded) return
    await this.#graph.fill(
      () => graphContent(this.#tables),
      () => this.#calls.isOpen,
    )
    this.#calls.refuseIfClosed()
  }
}

/** All visible entities and relations, in pages. */
function* graphContent(tables: Tables): Generator<GraphChange, void, void> {
  let nodes = tables.entities.keysAfter(0, PAGE_ROWS)
  for (let last = nodes.at(-1); last !== undefined; last = nodes.at(-1)) {
    yield { nodes, deadNodes: [], edges: [], deadEdges: [] }
    nodes = tables.entities.keysAfter(last, PAGE_ROWS)
  }
  let edges = tables.relations.tiesAfter(0, PAGE_ROWS)
  for (let last = edges.at(-1); last !== undefined; last = edges.at(-1)) {
    yield { nodes: [], deadNodes: [], edges, deadEdges: [] }
    edges = tables.relations.tiesAfter(last.key, PAGE_ROWS)
  }
}
