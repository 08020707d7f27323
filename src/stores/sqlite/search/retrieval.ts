import { type Pair, pairKey } from '../../../engine/ports/pair.ts'
import type {
  ChunkStatement,
  ChunkTie,
  EntityHead,
  Hit,
  NamedEntity,
} from '../../../engine/ports/searches.ts'
import type {
  Key,
  StoredChunk,
  StoredEntity,
  StoredRelation,
} from '../../../engine/ports/stored-rows.ts'
import { batches, inBatches, inSlices, mapInSlices, type Steps } from '../../../vectors/slices.ts'
import type { VectorMatch } from '../../../vectors/vector-index.ts'
import type { Generation } from '../database/visibility.ts'
import type { EntityRow } from '../tables/graph/entity-table.ts'
import type { Tables } from '../tables/tables.ts'
import type { VectorTable } from '../tables/vector-table.ts'
import type { KeySet } from './key-set.ts'
import { RowCache, type RowCacheOptions } from './row-cache.ts'
import { respelled } from './spelling.ts'
import { TieCache } from './tie-cache.ts'
import { VectorKeys } from './vector-keys.ts'
import { withDegree } from './with-degree.ts'
import type { WorkingGraph } from './working-graph.ts'

/** Searches and reads of what is visible. */
export class Retrieval {
  readonly #tables: Tables
  readonly #graph: WorkingGraph
  readonly #ties: TieCache
  readonly #chunkRows: RowCache<StoredChunk>
  readonly #entityRows: RowCache<EntityRow>
  readonly #relationRows: RowCache<StoredRelation>
  readonly #entityKeys: VectorKeys
  readonly #relationKeys: VectorKeys
  readonly #loaded: (vectors: VectorTable) => Promise<VectorTable>

  /** @param loaded makes sure that an index is in memory */
  constructor(
    tables: Tables,
    graph: WorkingGraph,
    generation: Generation,
    loaded: (vectors: VectorTable) => Promise<VectorTable>,
  ) {
    this.#tables = tables
    this.#graph = graph
    this.#ties = new TieCache(generation)
    this.#chunkRows = new RowCache(generation, CHUNK_ROWS)
    this.#entityRows = new RowCache<EntityRow>(generation, GRAPH_ROWS)
    this.#relationRows = new RowCache<StoredRelation>(generation, {
      ...GRAPH_ROWS,
      maxSize: 2 * CACHE_BYTES,
    })
    this.#entityKeys = new VectorKeys(tables.entities)
    this.#relationKeys = new VectorKeys(tables.relations)
    this.#loaded = loaded
  }

  /** Held in memory besides graph and vectors. */
  get bytes(): number {
    const rows = [this.#chunkRows, this.#entityRows, this.#relationRows]
    const held = [this.#ties, ...rows, this.#entityKeys, this.#relationKeys]
    return held.reduce((sum, { bytes }) => sum + bytes, 0)
  }

  matchChunks(text: string, limit: number): Hit[] {
    return this.#tables.fullText.chunks(text, limit, null)
  }

  respelled(text: string, documents: KeySet | null = null): Promise<string> {
    return respelled(this.#tables.fullText, text, documents)
  }

  async nearestChunks(
    vector: Float32Array,
    limit: number,
    keys: KeySet | null = null,
  ): Promise<Hit[]> {
    const vectors = await this.#loaded(this.#tables.chunkVectors)
    const accept = (vectorId: number) => keys === null || keys.admits(vectorId)
    return (await vectors.search(vector, limit, accept)).map(asHit)
  }

  async nearestEntities(
    vector: Float32Array,
    limit: number,
    keys: KeySet | null = null,
  ): Promise<Hit[]> {
    const vectors = await this.#loaded(this.#tables.entityVectors)
    const found = await vectors.search(vector, limit, amongst(keys, this.#entityKeys))
    return underKeys(found, this.#entityKeys)
  }

  async nearestRelations(
    vector: Float32Array,
    limit: number,
    keys: KeySet | null = null,
  ): Promise<Hit[]> {
    const vectors = await this.#loaded(this.#tables.relationVectors)
    const found = await vectors.search(vector, limit, amongst(keys, this.#relationKeys))
    return underKeys(found, this.#relationKeys)
  }

  async chunkSimilarities(keys: readonly Key[], vector: Float32Array): Promise<Float32Array> {
    const vectors = await this.#loaded(this.#tables.chunkVectors)
    return vectors.similarities(keys, vector)
  }

  chunks(keys: readonly Key[]): Promise<StoredChunk[]> {
    return this.#chunkRows.rows(keys, (missing) =>
      inBatches(missing, TEXTS_AT_ONCE, (some) => this.#tables.chunks.read(some)),
    )
  }

  /** Call this when documents are taken in: one may be given another name, which chunks tell. */
  forgetChunks(): void {
    this.#chunkRows.forget()
  }

  async entities(keys: readonly Key[]): Promise<StoredEntity[]> {
    const { entities } = this.#tables
    const rows = await this.#entityRows.rows(keys, (missing) =>
      inBatches(missing, ROWS_AT_ONCE, (some) => entities.read(some)),
    )
    const degrees = await this.#graph.degrees(rows.map((row) => row.key))
    return rows.map((row, index) => withDegree(row, degrees[index] ?? 0))
  }

  relations(keys: readonly Key[]): Promise<StoredRelation[]> {
    const { relations } = this.#tables
    return this.#relationRows.rows(keys, (missing) =>
      inBatches(missing, ROWS_AT_ONCE, (some) => relations.read(some)),
    )
  }

  async chunkKeys(ids: readonly string[]): Promise<Map<string, Key>> {
    return new Map(
      await inBatches(ids, KEYS_AT_ONCE, (some) => [...this.#tables.chunks.keys(some)]),
    )
  }

  async entityKeys(names: readonly string[]): Promise<Map<string, Key>> {
    const { entities, entityNames } = this.#tables
    const found = await mapInSlices(names, (name) => {
      const key = entityNames.key(name)
      return entry(name, key !== null && entities.isVisible(key) ? key : null)
    })
    return new Map(found)
  }

  async relationKeys(pairs: readonly Pair[]): Promise<Map<string, Key>> {
    const { relationPairs, relations } = this.#tables
    const found = await mapInSlices(pairs, (pair) => {
      const key = relationPairs.find(pair)?.key
      const isVisible = key !== undefined && relations.visibleVectorId(key) !== null
      return entry(pairKey(pair), isVisible ? key : null)
    })
    return new Map(found)
  }

  async entitiesByNameKey(nameKeys: readonly string[]): Promise<NamedEntity[]> {
    const { entities } = this.#tables
    const unique = [...new Set(nameKeys)]
    return inBatches(unique, KEYS_AT_ONCE, (some) => entities.withNameKeys(some))
  }

  entitiesWithWords(
    words: readonly string[],
    limit: number,
    keys: KeySet | null = null,
  ): NamedEntity[] {
    const { entities, fullText } = this.#tables
    return fullText
      .entitiesWithAll(words, limit, keys)
      .flatMap((hit) => entities.named(hit.key) ?? [])
  }

  async tiesOfChunks(
    chunkKeys: readonly Key[],
    minSpread: number,
    maxSpread: number,
  ): Promise<ChunkTie[]> {
    const { fragmentReads } = this.#tables
    const kind = `chunk ${minSpread} ${maxSpread}`
    return this.#ties.lists(
      kind,
      chunkKeys,
      (tie) => tie.chunk,
      async (missing) => {
        const ties = await mapInSlices([...batches(missing, CHUNKS_AT_ONCE)], (keys) =>
          fragmentReads.tiesOfChunks(keys, minSpread, maxSpread),
        )
        return ties.flat()
      },
    )
  }

  saidInChunks(chunkKeys: readonly Key[]): Promise<ChunkStatement[]> {
    return inBatches(chunkKeys, CHUNKS_AT_ONCE, (some) =>
      this.#tables.fragmentReads.statementsIn(some),
    )
  }

  tiesOfEntities(
    entityKeys: readonly Key[],
    limit: number,
    admits: ((document: number) => boolean) | null = null,
  ): Promise<ChunkTie[]> {
    if (admits !== null) return this.#tiesOfEntities(entityKeys, limit, admits)
    return this.#ties.lists(
      `entity ${limit}`,
      entityKeys,
      (tie) => tie.entity,
      (missing) => this.#tiesOfEntities(missing, limit, () => true),
    )
  }

  async #tiesOfEntities(
    entityKeys: readonly Key[],
    limit: number,
    admits: (document: number) => boolean,
  ): Promise<ChunkTie[]> {
    const { entities, fragmentReads } = this.#tables
    const found: ChunkTie[] = []
    /** For entities with very many ties: page by page, until there are enough. */
    function* pagedTies(keys: readonly Key[]): Steps {
      for (const key of keys) {
        const entity = entities.named(key)
        if (entity === null) continue
        const ties = new Map<Key, ChunkTie>()
        for (const page of fragmentReads.chunksOf(entity, admits)) {
          for (const tie of page) addTie(ties, tie, limit)
          yield
          if (ties.size >= limit) break
        }
        for (const tie of ties.values()) found.push(tie)
      }
    }
    await inSlices(
      (function* () {
        for (const keys of batches(entityKeys, ENTITIES_AT_ONCE)) {
          const few = fragmentReads.tiesOfEntities(keys, TIES_AT_ONCE, admits)
          yield
          if (few === null) yield* pagedTies(keys)
          else for (const tie of firstTies(few, limit)) found.push(tie)
        }
      })(),
    )
    return found
  }

  async popularEntities(limit: number, keys: KeySet | null = null): Promise<StoredEntity[]> {
    return this.entities(await this.#popularKeys(limit, keys))
  }

  async popularNames(limit: number, keys: KeySet | null = null): Promise<string[]> {
    const popular = await this.#popularKeys(limit, keys)
    return inBatches(popular, KEYS_AT_ONCE, (some) => this.#tables.entities.namesOf(some))
  }

  popularKeys(limit: number, keys: KeySet | null = null): Promise<Key[]> {
    return this.#popularKeys(limit, keys)
  }

  entityHeads(keys: readonly Key[]): Promise<EntityHead[]> {
    const { entities } = this.#tables
    return inBatches(keys, HEADS_AT_ONCE, (some) => entities.heads(some))
  }

  tiesAfter(key: Key, limit: number, keys: KeySet | null = null) {
    const all = this.#tables.relations.tiesAfter(key, limit)
    const ties = keys === null ? all : all.filter((tie) => keys.admits(tie.key))
    return { ties, last: all.length < limit ? null : (all.at(-1)?.key ?? null) }
  }

  async #popularKeys(limit: number, keys: KeySet | null): Promise<Key[]> {
    // So many that enough of those that count are among them.
    const spare = keys === null ? 0 : keys.only ? Number.MAX_SAFE_INTEGER - limit : keys.size
    const hubs = await this.#graph.hubs(limit + spare)
    const counted = keys === null ? hubs : hubs.filter((key) => keys.admits(key))
    return counted.slice(0, limit)
  }

  async entityNames(keys: KeySet | null = null): Promise<string[]> {
    const { entities } = this.#tables
    const names: string[] = []
    await inSlices(
      (function* () {
        let page = entities.names('', NAME_PAGE)
        while (page.length > 0) {
          const counted = keys === null ? page : page.filter(({ key }) => keys.admits(key))
          for (const { name } of counted) names.push(name)
          yield
          page = entities.names(page.at(-1)?.name ?? '', NAME_PAGE)
        }
      })(),
    )
    return names
  }
}

function underKeys(found: readonly VectorMatch[], vectorKeys: VectorKeys): Hit[] {
  const keys = vectorKeys.of(found.map(({ vectorId }) => vectorId))
  return found.flatMap(({ score }, at) => {
    const key = keys[at]
    return key === undefined ? [] : [{ key, score }]
  })
}

function amongst(keys: KeySet | null, vectorKeys: VectorKeys) {
  return (vectorId: number): boolean => {
    if (keys === null) return true
    const key = vectorKeys.one(vectorId)
    return key !== undefined && keys.admits(key)
  }
}

/** Names and types read at a time. */
const HEADS_AT_ONCE = 200
/** Names read at a time. */
const NAME_PAGE = 500

function asHit(match: VectorMatch): Hit {
  return { key: match.vectorId, score: match.score }
}

function entry(name: string, key: Key | null): [string, Key] | null {
  return key === null ? null : [name, key]
}

/** Of each kind of rows. There are twice as many relations as entities, and more of each question. */
const CACHE_BYTES = 4 * 1024 * 1024

/** What rows take in memory without their texts and lists, and one string in a list. */
const CHUNK_BYTES = 500
const ROW_BYTES = 600
const STRING_BYTES = 64

/** Entities and relations change when their vector comes. */
const GRAPH_ROWS: RowCacheOptions<EntityRow | StoredRelation> = {
  maxSize: CACHE_BYTES,
  isSettled: ({ embeddingPending }) => !embeddingPending,
  bytesOf: ({ description, sourceIds, filePaths }) =>
    ROW_BYTES + description.length + (sourceIds.length + filePaths.length) * STRING_BYTES,
}

/** What the places of its sentences take, which are kept with a row, by measurement. */
const PLACES_SHARE = 0.5

const CHUNK_ROWS: RowCacheOptions<StoredChunk> = {
  maxSize: CACHE_BYTES,
  bytesOf: ({ content, headings, filePath }) =>
    CHUNK_BYTES +
    Math.ceil(content.length * (1 + PLACES_SHARE)) +
    filePath.length +
    headings.length * STRING_BYTES,
}

/** How much one statement reads, so that it holds nobody up. */
const CHUNKS_AT_ONCE = 16
const TEXTS_AT_ONCE = 20
const ROWS_AT_ONCE = 64
const KEYS_AT_ONCE = 64
const ENTITIES_AT_ONCE = 16
const TIES_AT_ONCE = 1500

/** Of each entity the first ties, `limit` at most; those of one entity stand together. */
function firstTies(all: readonly ChunkTie[], limit: number): ChunkTie[] {
  const found: ChunkTie[] = []
  let own = new Map<Key, ChunkTie>()
  let entity: Key | null = null
  for (const tie of all) {
    if (tie.entity !== entity) {
      for (const first of own.values()) found.push(first)
      own = new Map()
      entity = tie.entity
    }
    addTie(own, tie, limit)
  }
  return [...found, ...own.values()]
}

/** A chunk may speak of an entity more than once: one tie, named if one of them is. */
function addTie(ties: Map<Key, ChunkTie>, tie: ChunkTie, limit: number): void {
  const known = ties.get(tie.chunk)
  if (known !== undefined) ties.set(tie.chunk, { ...known, named: known.named || tie.named })
  else if (ties.size < limit) ties.set(tie.chunk, tie)
}
