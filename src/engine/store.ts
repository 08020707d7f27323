import { createHash } from 'node:crypto'
import type { GraphEdit, Overrides } from './graph-edit.ts'
import type { EntityFragment } from './models.ts'

/**
 * What the engine needs of storage, for one workspace. Every method is asynchronous and speaks of
 * documents, chunks, entities and relations; an adapter decides on tables and indexes.
 *
 * A document's chunks, fragments, graph and vectors become visible together or not at all.
 */

/** A row's key within its store: a positive integer that is never given to another row. */
export type Key = number

export type DocStatus = 'pending' | 'processing' | 'preprocessed' | 'processed' | 'failed'
export const DOC_STATUSES = [
  'pending',
  'processing',
  'preprocessed',
  'processed',
  'failed',
] as const

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }
export type JsonObject = { readonly [key: string]: JsonValue }

/** What a caller says of a document of his own. */
export interface DocumentLabels {
  /** The caller's own id; no two documents of a workspace share one. */
  readonly externalId: string | null
  readonly tags: readonly string[]
  /** The caller's own fields. */
  readonly attributes: JsonObject
  /** A document that is not enabled stays stored, and no query sees it. */
  readonly enabled: boolean
}

export interface DocumentRecord {
  readonly id: string
  readonly filePath: string
  readonly status: DocStatus
  /** The first 250 characters of the text, with three dots when cut. */
  readonly contentSummary: string
  /** In code points; for a file not read yet, its size in bytes. */
  readonly contentLength: number
  /** Milliseconds since 1970, as is `updatedAt`. */
  readonly createdAt: number
  readonly updatedAt: number
  readonly trackId: string
  readonly chunksCount: number | null
  readonly errorMsg: string | null
  readonly metadata: JsonObject
  /** How often processing was begun. */
  readonly attempts: number
  /** Grows with every accepted replacement; a commit for an older revision is refused. */
  readonly revision: number
  /** File below the input folder that holds the bytes, when the document came as a file. */
  readonly storedFile: string | null
  readonly labels: DocumentLabels
  /** How the document is cut into chunks, fixed when it was taken in; null means the default. */
  readonly chunking: JsonObject | null
}

export interface NewDocument {
  readonly id: string
  readonly filePath: string
  readonly trackId: string
  readonly contentSummary: string
  readonly contentLength: number
  /** Hash of the cleaned text, or of the bytes of a file that is not read yet. */
  readonly contentHash: string
  readonly metadata: JsonObject
  /** The cleaned text, or null while only the file is known. */
  readonly text: string | null
  readonly storedFile: string | null
  /** Why it cannot be processed: it is taken in as `failed` with this message. */
  readonly failure?: string
  /** A graph that came with the text, for the engine to read; no model is then asked for one. */
  readonly graph?: string
  /** What is left out has its default in a new document, and stays as it was in a replaced one. */
  readonly labels?: Partial<Omit<DocumentLabels, 'enabled'>>
  readonly chunking?: JsonObject
}

/** What became of one {@link NewDocument}. */
export type EnqueueOutcome =
  | { readonly kind: 'queued'; readonly replaced: string | null }
  | {
      readonly kind: 'duplicate'
      /** What of it was known. */
      readonly by: 'external_id' | 'name' | 'content'
      readonly existing: DocumentRecord
    }

export interface EnqueueOptions {
  /**
   * What a known external id or file name means: refuse the new text, or put it in the place of the
   * old. The old version stays visible until the new one is committed. A document with an external
   * id of its own is never replaced for its name under another id.
   */
  readonly onConflict: 'keep' | 'replace'
}

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
  readonly vector: Float32Array
  /** What extraction found here; empty when the chunk was set aside. */
  readonly entities: readonly NewEntityFragment[]
  readonly relations: readonly NewRelationFragment[]
  /** Why extraction of this chunk was given up, or null. */
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

interface Origin {
  readonly documentId: string
  readonly ordinal: number
  readonly position: number
}

/**
 * The canonical order of fragments. It depends on what they are, not on when they came, so that the
 * same documents give the same graph in whatever order they were added; and it has nothing to do
 * with time or topic, so that the first of many are an even sample.
 */
export function byOrigin(a: Origin, b: Origin): number {
  return (
    documentRank(a.documentId) - documentRank(b.documentId) ||
    compareCodePoints(a.documentId, b.documentId) ||
    a.ordinal - b.ordinal ||
    a.position - b.position
  )
}

/** Ranks seen lately; sorting asks for the same few again and again. */
const ranks = new Map<string, number>()
const MOST_RANKS = 10_000

/** Where a document's fragments stand in the canonical order: 48 bits of a hash of its id. */
export function documentRank(documentId: string): number {
  const known = ranks.get(documentId)
  if (known !== undefined) return known
  const rank = createHash('sha256').update(documentId).digest().readUIntBE(0, 6)
  if (ranks.size >= MOST_RANKS) ranks.clear()
  ranks.set(documentId, rank)
  return rank
}

/** Two entity names in code-point order. */
export type Pair = readonly [string, string]

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

/** Where a document stands in a list: the value it is sorted by, and its id. */
export interface DocumentPlace {
  /** In milliseconds for times. */
  readonly value: string | number
  readonly id: string
}

export interface ListDocuments {
  readonly statuses: readonly DocStatus[] | null
  readonly sortField: 'created_at' | 'updated_at' | 'id' | 'file_path'
  readonly sortDirection: 'asc' | 'desc'
  readonly offset: number
  readonly limit: number
  /** Only what comes behind this place, in the order asked for. */
  readonly after?: DocumentPlace | undefined
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
  /** Why extraction of this chunk was given up, or null. */
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

export interface Store {
  // Intake. Resolved means durable: written and synced.

  /** Takes documents in, each as `pending` unless it failed already, all or none. */
  enqueue(documents: readonly NewDocument[], options: EnqueueOptions): Promise<EnqueueOutcome[]>
  /** The oldest pending document, now `processing` with one attempt more; null when none is left. */
  claim(): Promise<DocumentRecord | null>
  /** How many documents wait in `pending`. */
  pendingCount(): Promise<number>
  /** Puts documents that a crash left in `processing` back to `pending`. */
  recover(): Promise<number>
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
  setStatus(
    documentId: string,
    revision: number,
    status: 'pending' | 'failed',
    errorMsg: string | null,
    metadata?: JsonObject,
  ): Promise<void>
  /** Puts failed documents (all, or these) back to `pending`; returns how many. */
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

  // Deletions that were promised but not done yet; a crash does not forget them.

  /** Resolved means durable. Ids that are not here are left out. */
  scheduleDeletion(documentIds: readonly string[]): Promise<void>
  /** In the order in which they were promised; a forgotten document is no longer among them. */
  scheduledDeletions(): Promise<string[]>

  // Model cache. Written at once, outside of changes.

  cached(key: string): Promise<string | null>
  /** @param most of this kind are kept, the newest ones */
  cache(entry: CacheEntry, most?: number): Promise<void>
  /** Removes the entries of a kind, of a document's chunks, or all; returns how many. */
  clearCache(scope: CacheScope | null): Promise<number>

  // The store itself.

  counts(): Promise<StoreCounts>
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
  | 'counts'
>

/** One string for an unordered pair; the names are sorted by code point. */
export function pairKey(pair: Pair): string {
  return `${pair[0]}\u0000${pair[1]}`
}

/** The pair in code-point order. UTF-16 order differs beyond U+FFFF, so compare by code point. */
export function orderedPair(a: string, b: string): Pair {
  return compareCodePoints(a, b) <= 0 ? [a, b] : [b, a]
}

/** Orders strings by Unicode code point, as SQLite's BINARY collation and PostgreSQL's "C" do. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return surrogateLast(x) - surrogateLast(y)
  }
  return a.length - b.length
}

/** Surrogates encode what lies beyond U+FFFF, so they come after U+E000 to U+FFFF. */
function surrogateLast(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}
