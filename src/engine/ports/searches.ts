import type { JsonValue } from './document-record.ts'
import type { Pair } from './pair.ts'
import type {
  Key,
  StoredChunk,
  StoredEntity,
  StoredEntityFragment,
  StoredRelation,
  StoredRelationFragment,
} from './stored-rows.ts'

/** What retrieval asks of what is visible: of the whole of it, or of what a filter admits. */
export interface Searches {
  /** Full-text search (BM25) over chunks. `text` is a user's words, never a query language. */
  matchChunks(text: string, limit: number): Promise<Hit[]>
  /**
   * A user's words, with those that no chunk has in any form replaced by words that some chunk has and that
   * differ from them by one slip of the pen.
   */
  respelled(text: string): Promise<string>
  /** Cosine similarity, best first. */
  nearestChunks(vector: Float32Array, limit: number): Promise<Hit[]>
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
  /** What these chunks say of the entities that they name, the beginnings of descriptions. */
  saidInChunks(chunkKeys: readonly Key[]): Promise<ChunkStatement[]>
  /** The chunks that name these entities, at most `limit` an entity, in canonical order. */
  tiesOfEntities(entityKeys: readonly Key[], limit: number): Promise<ChunkTie[]>

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

  entityNames(): Promise<string[]>
  /** Entities by degree, greatest first. */
  popularEntities(limit: number): Promise<StoredEntity[]>
  /** Their names alone. */
  popularNames(limit: number): Promise<string[]>
  /** Keys of entities by degree, greatest first: of more than there are, all. */
  popularKeys(limit: number): Promise<Key[]>
  /** What entities are called and what they are, in the order asked for; none of their texts. */
  entityHeads(keys: readonly Key[]): Promise<EntityHead[]>
  /**
   * Relations behind a key, in the order of their keys.
   *
   * @returns `limit` at most; `last` is the key up to which they were read, null at the end
   */
  tiesAfter(
    key: Key,
    limit: number,
  ): Promise<{ readonly ties: RelationTie[]; readonly last: Key | null }>
  /** Of all documents, which is what makes a name common or rare. */
  chunkCount(): Promise<number>
}

/** Over all documents, which may be narrowed. */
export interface AllSearches extends Searches {
  /**
   * The same searches over the enabled documents that a filter admits, and over the entities and
   * relations of which one of these speaks; null when that is all there is. What rows say of an
   * entity or relation still comes from all its sources. Good for one question.
   */
  within(filter: DocumentFilter | null): Promise<Searches | null>
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

/** A hit of one index: greater scores are better. */
export interface Hit {
  readonly key: Key
  readonly score: number
}

/** An entity as the index of names gives it. */
export interface NamedEntity {
  readonly key: Key
  readonly nameKey: string
  /** In how many chunks it is named; not counted beyond the limit of source ids. */
  readonly spread: number
}

export interface EntityHead {
  readonly key: Key
  readonly name: string
  readonly type: string
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

/** What a chunk says of an entity. */
export interface ChunkStatement {
  readonly chunk: Key
  readonly entity: Key
  readonly description: string
}

/** A relation as an edge between two entities. */
export interface RelationTie {
  readonly key: Key
  readonly source: Key
  readonly target: Key
  readonly weight: number
}
