import type {
  AttemptEnd,
  DeathCount,
  DocStatus,
  DocumentLabels,
  DocumentRecord,
  EnqueueOptions,
  EnqueueOutcome,
  InterruptedDocument,
  JsonObject,
  JsonValue,
  ListDocuments,
  NewDocument,
} from './document-record.ts'
import type { GraphEdit, Overrides } from './graph-edit.ts'
import type { EntityFragment } from './models.ts'
import type { Pair } from './pair.ts'

/**
 * What the engine needs of storage, for one workspace. Every method is asynchronous and speaks of
 * documents, chunks, entities and relations; an adapter decides on tables and indexes.
 *
 * A document's chunks, fragments, graph and vectors become visible together or not at all.
 */

/** A row's key within its store: a positive integer that is never given to another row. */
export type Key = number

/** Chunk of a document version that is about to be committed. */
export interface NewChunk {
  readonly id: string
  readonly ordinal: number
  readonly content: string
  /** In tokens. */
  readonly tokens: number
  /** Range in the document's text, in UTF-16 units. */
  readonly start: number
  readonly end: number
  readonly headings: readonly string[]
  readonly page: number | null
  /** Null where the model refuses the text; the chunk is then found by its words only. */
  readonly vector: Float32Array | null
  /** What extraction found here; empty when the chunk was set aside in it. */
  readonly entities: readonly NewEntityFragment[]
  readonly relations: readonly NewRelationFragment[]
  /** Why a model was given up for this chunk, or null. */
  readonly error: string | null
}

export interface NewEntityFragment extends EntityFragment {
  /** Whether the entity's name is the title of the document or a heading above the chunk. */
  readonly named: boolean
}

export interface NewRelationFragment {
  /** The two names in code-point order. */
  readonly source: string
  readonly target: string
  readonly keywords: string
  readonly description: string
  readonly weight: number
}

/** A fragment with its origin. For the canonical order see {@link byOrigin}. */
export interface StoredEntityFragment extends EntityFragment {
  readonly documentId: string
  readonly filePath: string
  readonly chunkId: string
  readonly ordinal: number
  readonly position: number
  /** When the document was first enqueued, in milliseconds. */
  readonly createdAt: number
}

export interface StoredRelationFragment extends NewRelationFragment {
  readonly documentId: string
  readonly filePath: string
  readonly chunkId: string
  readonly ordinal: number
  readonly position: number
  readonly createdAt: number
}

/** What an entity is, computed from all its fragments. */
export interface EntityState {
  readonly name: string
  readonly type: string
  readonly description: string
  /** Chunk ids, in the order of the fragments, cut to the limit. */
  readonly sourceIds: readonly string[]
  readonly filePaths: readonly string[]
  /** In milliseconds. */
  readonly createdAt: number
  /** Of the line that a prompt shows. */
  readonly tokens: number
  /** `keep` when what is embedded did not change; null when the embedding is still owed. */
  readonly vector: Float32Array | 'keep' | null
}

export interface RelationState {
  readonly source: string
  readonly target: string
  readonly keywords: string
  readonly description: string
  readonly weight: number
  readonly sourceIds: readonly string[]
  readonly filePaths: readonly string[]
  readonly createdAt: number
  readonly tokens: number
  readonly vector: Float32Array | 'keep' | null
}

/** One atomic change of what is visible. */
export interface Change {
  /** Documents whose chunks and fragments disappear; with `forget` their records and texts too. */
  readonly removes: readonly { readonly documentId: string; readonly forget: boolean }[]
  /** The document version that appears, if any. */
  readonly publishes: {
    readonly documentId: string
    readonly revision: number
    readonly chunks: readonly NewChunk[]
    readonly metadata: JsonObject
  } | null
  /** Entities and relations whose fragments change, as they are afterwards. */
  readonly entities: readonly EntityState[]
  readonly relations: readonly RelationState[]
  /** Those that have no fragment left. */
  readonly deadEntities: readonly string[]
  readonly deadRelations: readonly Pair[]
  /** What a person adds, renames or says; applied after the removals. */
  readonly edit: GraphEdit
}

/** A hit of one index: greater scores are better. */
export interface Hit {
  readonly key: Key
  readonly score: number
}

export interface StoredChunk {
  readonly key: Key
  readonly id: string
  readonly documentId: string
  readonly filePath: string
  readonly ordinal: number
  readonly content: string
  readonly tokens: number
  readonly start: number
  readonly end: number
  readonly headings: readonly string[]
  readonly page: number | null
}

export interface StoredEntity extends Omit<EntityState, 'vector'> {
  readonly key: Key
  /** Number of relations. */
  readonly degree: number
  /** Whether its embedding is still to be made. */
  readonly owed: boolean
}

export interface StoredRelation extends Omit<RelationState, 'vector'> {
  readonly key: Key
  readonly sourceKey: Key
  readonly targetKey: Key
  readonly owed: boolean
}

/**
 * Which documents a question may draw from. All conditions that are not null must hold; of a list,
 * any entry. Documents that are not enabled are left out always.
 */
export interface DocumentFilter {
  readonly documentIds: readonly string[] | null
  readonly externalIds: readonly string[] | null
  readonly filePaths: readonly string[] | null
  readonly tags: readonly string[] | null
  /** Each field with the values of which the document must have one. */
  readonly attributes: Readonly<Record<string, readonly JsonValue[]>> | null
}

/** A chunk as the list of a document's chunks shows it. */
export interface DocumentChunk extends Omit<StoredChunk, 'key' | 'documentId' | 'filePath'> {
  /** Why a model was given up for this chunk, or null. */
  readonly error: string | null
}

/** Which chunks a search may return; null means all. */
export interface ChunkFilter {
  readonly documentIds: readonly string[] | null
}

/** An entity as the index of names gives it. */
export interface NamedEntity {
  readonly key: Key
  readonly nameKey: string
  /** In how many chunks it is named; not counted beyond the limit of source ids. */
  readonly spread: number
}

/** That a chunk names an entity. */
export interface ChunkTie {
  readonly chunk: Key
  readonly entity: Key
  /** See {@link NewEntityFragment}. */
  readonly named: boolean
  /** Of the entity. */
  readonly spread: number
}

/** A relation as an edge between two entities. */
export interface RelationTie {
  readonly key: Key
  readonly source: Key
  readonly target: Key
  readonly weight: number
}

export interface CacheEntry {
  readonly key: string
  readonly kind: 'extract' | 'summary' | 'keywords' | 'query'
  readonly value: string
  /** Chunk id the answer was made for, where there is one. */
  readonly chunkId: string | null
}

export type CacheScope =
  | { readonly chunkIds: readonly string[] }
  | { readonly kind: CacheEntry['kind'] }

export interface StoreCounts {
  readonly documents: number
  readonly chunks: number
  readonly entities: number
  readonly relations: number
}

/** That a document is to go. */
export interface PromisedDeletion {
  readonly documentId: string
  /** Whether what models answered about it goes too. */
  readonly forgetAnswers: boolean
  /** Whether its file in the input folder goes too. */
  readonly deleteFiles: boolean
}

export interface Store {
  // Intake. Resolved means durable: written and synced.

  /** Takes documents in, each as `pending` unless it failed already, all or none. */
  enqueue(documents: readonly NewDocument[], options: EnqueueOptions): Promise<EnqueueOutcome[]>
  /**
   * The first pending document of the queue whose time has come and that is not to be deleted, now
   * `processing` with one attempt more; null when there is none.
   *
   * @param life of the process that takes it up
   */
  claim(life?: string): Promise<DocumentRecord | null>
  /** Notes what is begun with a document in `processing`; outlives this process. */
  beginStep(documentId: string, step: string): Promise<void>
  /** How many documents wait in `pending`. */
  pendingCount(): Promise<number>
  /** When the next of those comes due that wait for another attempt, in milliseconds; else null. */
  nextAttemptAt(): Promise<number | null>
  /** Has all that wait for another attempt come due now; returns how many. */
  hurry(): Promise<number>
  /** How many documents stand before each of these in the queue; pending ones only. */
  queuePositions(documentIds: readonly string[]): Promise<Map<string, number>>
  /** The documents that a process left in `processing`. */
  interrupted(): Promise<InterruptedDocument[]>
  /**
   * Puts documents that a crash left in `processing` back to `pending`; those that count as its cause
   * behind the others, or to `failed`.
   */
  recover(counted?: ReadonlyMap<string, DeathCount>): Promise<number>
  text(documentId: string): Promise<string | null>
  /** The graph that came with a document, or null. */
  customGraph(documentId: string): Promise<string | null>
  /**
   * Keeps the text that was read from a document's file. False when the document is gone, or is
   * another revision by now.
   */
  setText(
    documentId: string,
    revision: number,
    text: { text: string; contentHash: string; contentSummary: string; contentLength: number },
  ): Promise<boolean>
  /** Ends an attempt without a commit. Does nothing for another revision. */
  endAttempt(documentId: string, revision: number, end: AttemptEnd): Promise<void>
  /** Puts failed documents (all, or these) back to `pending`, behind the others; returns how many. */
  requeueFailed(documentIds: readonly string[] | null): Promise<number>
  /** Puts a processed document back to `pending`; what is visible of it stays. False for others. */
  requeueProcessed(documentId: string): Promise<boolean>
  /**
   * Changes what is given; durable once resolved, and a visible change. Null for an unknown document.
   */
  setLabels(
    documentId: string,
    labels: Partial<Omit<DocumentLabels, 'externalId'>>,
  ): Promise<DocumentRecord | null>

  // Documents as lists.

  document(id: string): Promise<DocumentRecord | null>
  documentByPath(filePath: string): Promise<DocumentRecord | null>
  documentByHash(contentHash: string): Promise<DocumentRecord | null>
  documentByExternalId(externalId: string): Promise<DocumentRecord | null>
  listDocuments(query: ListDocuments): Promise<{ documents: DocumentRecord[]; total: number }>
  documentsByTrack(trackId: string): Promise<DocumentRecord[]>
  /** The visible chunks of a document in order, or those of them that were set aside. */
  chunksOf(
    documentId: string,
    page: { readonly onlySetAside: boolean; readonly offset: number; readonly limit: number },
  ): Promise<{ chunks: DocumentChunk[]; total: number }>
  statusCounts(): Promise<Record<DocStatus, number>>

  // The graph as a function of fragments.

  /** Names and pairs on which the visible version of these documents has fragments. */
  footprint(documentIds: readonly string[]): Promise<{ entities: string[]; relations: Pair[] }>
  /**
   * The first visible fragments of each of these entities in canonical order, those of the
   * documents `without` left out: `limit` at most, so that the cost does not grow with the store.
   */
  entityFragments(
    names: readonly string[],
    without: readonly string[],
    limit: number,
  ): Promise<Map<string, StoredEntityFragment[]>>
  /** Same for pairs; keyed by {@link pairKey}. */
  relationFragments(
    pairs: readonly Pair[],
    without: readonly string[],
    limit: number,
  ): Promise<Map<string, StoredRelationFragment[]>>
  /** What persons said of these entities and relations. */
  overrides(names: readonly string[], pairs: readonly Pair[]): Promise<Overrides>
  /**
   * Makes a change visible at once, or not at all. Calls do not overlap: the engine serialises them.
   *
   * @returns false, with nothing changed, when `publishes` names a document that was deleted or
   *   replaced since it was claimed
   */
  apply(change: Change): Promise<boolean>
  /** Empties the workspace but keeps the model cache. */
  clear(): Promise<void>
  /** Visible entities and relations whose embedding is owed. */
  owedVectors(limit: number): Promise<{ entities: StoredEntity[]; relations: StoredRelation[] }>
  setVectors(
    entities: readonly { key: Key; vector: Float32Array }[],
    relations: readonly { key: Key; vector: Float32Array }[],
  ): Promise<void>

  // Retrieval. Only what is visible.

  /**
   * The same searches over the enabled documents that a filter admits, and over the entities and
   * relations of which one of these speaks; null when that is all there is. What rows say of an
   * entity or relation still comes from all its sources. Good for one question.
   */
  within(filter: DocumentFilter | null): Promise<Searches | null>

  /** Full-text search (BM25) over chunks. `text` is a user's words, never a query language. */
  matchChunks(text: string, limit: number, filter: ChunkFilter | null): Promise<Hit[]>
  /** Cosine similarity, best first. */
  nearestChunks(vector: Float32Array, limit: number, filter: ChunkFilter | null): Promise<Hit[]>
  nearestEntities(vector: Float32Array, limit: number): Promise<Hit[]>
  nearestRelations(vector: Float32Array, limit: number): Promise<Hit[]>
  /** Full-text search over entity names: any of the words, best first. */
  matchEntities(text: string, limit: number): Promise<Hit[]>
  /** The entities whose `nameKey` is one of these. */
  entitiesByNameKey(nameKeys: readonly string[]): Promise<NamedEntity[]>
  /** Entities whose name holds all these words, `limit` at most. */
  entitiesWithWords(words: readonly string[], limit: number): Promise<NamedEntity[]>
  /**
   * Full-text search over what ties entities: the document's title with the description of a
   * relation. Keys are chunks, each with the score of its best relation.
   */
  matchRelations(text: string, limit: number): Promise<Hit[]>
  /** Cosine similarity of each chunk to the vector, in the order asked for; NaN when unknown. */
  chunkSimilarities(keys: readonly Key[], vector: Float32Array): Promise<Float32Array>

  /** Rows in the order asked for; those that are gone are left out. */
  chunks(keys: readonly Key[]): Promise<StoredChunk[]>
  chunkKeys(ids: readonly string[]): Promise<Map<string, Key>>
  entities(keys: readonly Key[]): Promise<StoredEntity[]>
  relations(keys: readonly Key[]): Promise<StoredRelation[]>
  entityKeys(names: readonly string[]): Promise<Map<string, Key>>
  /** Keyed by {@link pairKey}. */
  relationKeys(pairs: readonly Pair[]): Promise<Map<string, Key>>
  /** Keys of the relations that touch these entities, each once. */
  relationsOf(entityKeys: readonly Key[]): Promise<RelationTie[]>
  /** The entities that these chunks name, if they are named in `minSpread` to `maxSpread` chunks. */
  tiesOfChunks(chunkKeys: readonly Key[], minSpread: number, maxSpread: number): Promise<ChunkTie[]>
  /** The chunks that name these entities, at most `limit` an entity, in canonical order. */
  tiesOfEntities(entityKeys: readonly Key[], limit: number): Promise<ChunkTie[]>

  // The whole graph, in pages. An item that changes meanwhile is shown once at most.

  /** Entities after a key, in the order of their keys. */
  entitiesAfter(key: Key, limit: number): Promise<StoredEntity[]>
  relationsAfter(key: Key, limit: number): Promise<StoredRelation[]>

  // Labels.

  labels(): Promise<string[]>
  /** Entities by degree, greatest first. */
  popularEntities(limit: number): Promise<StoredEntity[]>
  /** Their names alone. */
  popularNames(limit: number): Promise<string[]>

  // What was promised to go but is not gone yet; a crash does not forget it.

  /** Resolved means durable. Returns those that are here, in order, promised before or not. */
  promiseDeletion(
    documentIds: readonly string[],
    how: Omit<PromisedDeletion, 'documentId'>,
  ): Promise<DocumentRecord[]>
  /** In the order in which they were promised; a forgotten document is no longer among them. */
  promisedDeletions(): Promise<string[]>
  promisedDeletion(documentId: string): Promise<PromisedDeletion | null>
  /** Ids of the documents that have one of these external ids or paths, in order of intake. */
  documentIdsBy(names: {
    readonly externalIds: readonly string[]
    readonly filePaths: readonly string[]
  }): Promise<string[]>
  /** That all documents go; {@link clear} keeps it. Resolved means durable. */
  promiseClearing(): Promise<void>
  isClearingPromised(): Promise<boolean>

  // Model cache. Written outside of changes; what belongs to questions may wait a moment for more.

  cached(key: string): Promise<string | null>
  /** @param most of this kind are kept, the newest ones */
  cache(entry: CacheEntry, most?: number): Promise<void>
  /** Removes the entries of a kind, of a document's chunks, or all; returns how many. */
  clearCache(scope: CacheScope | null): Promise<number>

  // The store itself.

  counts(): Promise<StoreCounts>
  /** Of all documents, which is what makes a name common or rare. */
  chunkCount(): Promise<number>
  /** Grows with every visible change; part of the keys of answers. */
  dataVersion(): Promise<number>
  /** Memory held for this workspace, native memory included, in bytes. */
  bytes(): number
  close(): Promise<void>
}

/** What retrieval asks of a store; of the whole of it, or of what a filter admits. */
export type Searches = Pick<
  Store,
  | 'matchChunks'
  | 'nearestChunks'
  | 'nearestEntities'
  | 'nearestRelations'
  | 'matchEntities'
  | 'entitiesByNameKey'
  | 'entitiesWithWords'
  | 'matchRelations'
  | 'chunkSimilarities'
  | 'chunks'
  | 'chunkKeys'
  | 'entities'
  | 'relations'
  | 'entityKeys'
  | 'relationKeys'
  | 'relationsOf'
  | 'tiesOfChunks'
  | 'tiesOfEntities'
  | 'entityFragments'
  | 'relationFragments'
  | 'labels'
  | 'popularEntities'
  | 'popularNames'
  | 'chunkCount'
>
