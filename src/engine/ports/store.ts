import type { DocumentQueue } from './document-queue.ts'
import type { DocumentStore } from './document-store.ts'
import type { GraphStore } from './graph-store.ts'
import type { ModelCache } from './model-cache.ts'
import type { AllSearches } from './searches.ts'

/**
 * What the engine needs of storage, for one workspace. Every method is asynchronous and speaks of
 * documents, chunks, entities and relations; an adapter decides on tables and indexes.
 *
 * A document's chunks, fragments, graph and vectors become visible together or not at all.
 */
export interface Store {
  readonly queue: DocumentQueue
  readonly documents: DocumentStore
  readonly graph: GraphStore
  readonly searches: AllSearches
  readonly cache: ModelCache
  counts(): Promise<StoreCounts>
  /** Whether nobody else can have the workspace open, here or elsewhere, until this is closed. */
  readonly isExclusive: boolean
  /** Grows with every visible change; part of the keys of answers. */
  dataVersion(): Promise<number>
  /** Memory held for this workspace, native memory included, in bytes. */
  bytes(): number
  close(): Promise<void>
}

export interface StoreCounts {
  readonly documents: number
  readonly chunks: number
  readonly entities: number
  readonly relations: number
}
