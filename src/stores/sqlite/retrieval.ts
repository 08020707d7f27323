import {
  type ChunkFilter,
  type ChunkTie,
  type Hit,
  type Key,
  type NamedEntity,
  type Pair,
  pairKey,
  type StoredChunk,
  type StoredEntity,
  type StoredRelation,
} from '../../engine/store.ts'
import { KeySet } from './key-set.ts'
import { inSlices, mapInSlices } from './slices.ts'
import type { Tables } from './tables.ts'
import type { VectorTable } from './vector-table.ts'
import type { WorkingGraph } from './working-graph.ts'

/** Searches and reads of what is visible. */
export class Retrieval {
  readonly #tables: Tables
  readonly #graph: WorkingGraph
  readonly #loaded: (vectors: VectorTable) => Promise<VectorTable>

  /** @param loaded makes sure that an index is in memory */
  constructor(
    tables: Tables,
    graph: WorkingGraph,
    loaded: (vectors: VectorTable) => Promise<VectorTable>,
  ) {
    this.#tables = tables
    this.#graph = graph
    this.#loaded = loaded
  }

  matchChunks(text: string, limit: number, filter: ChunkFilter | null): Hit[] {
    const documents = this.#documents(filter)
    return this.#tables.fullText.chunks(text, limit, documents && KeySet.only(documents))
  }

  async nearestChunks(
    vector: Float32Array,
    limit: number,
    filter: ChunkFilter | null,
    keys: KeySet | null = null,
  ): Promise<Hit[]> {
    const vectors = await this.#loaded(this.#tables.chunkVectors)
    const documents = this.#documents(filter)
    const asked =
      documents &&
      KeySet.only(documents.flatMap((document) => this.#tables.chunks.keysOf(document)))
    const accept = (label: number) =>
      (asked === null || asked.admits(label)) && (keys === null || keys.admits(label))
    return (await vectors.search(vector, limit, accept)).map(asHit)
  }

  async nearestEntities(
    vector: Float32Array,
    limit: number,
    keys: KeySet | null = null,
  ): Promise<Hit[]> {
    const vectors = await this.#loaded(this.#tables.entityVectors)
    const found = await vectors.search(vector, limit, amongst(keys, this.#tables.entities))
    return found.flatMap(({ label, score }) => {
      const key = this.#tables.entities.keyOf(label)
      return key === null ? [] : [{ key, score }]
    })
  }

  async nearestRelations(
    vector: Float32Array,
    limit: number,
    keys: KeySet | null = null,
  ): Promise<Hit[]> {
    const vectors = await this.#loaded(this.#tables.relationVectors)
    const found = await vectors.search(vector, limit, amongst(keys, this.#tables.relations))
    return found.flatMap(({ label, score }) => {
      const key = this.#tables.relations.keyOf(label)
      return key === null ? [] : [{ key, score }]
    })
  }

  async chunkSimilarities(keys: readonly Key[], vector: Float32Array): Promise<Float32Array> {
    const vectors = await this.#loaded(this.#tables.chunkVectors)
    return vectors.similarities(keys, vector)
  }

  chunks(keys: readonly Key[]): Promise<StoredChunk[]> {
    return mapInSlices(keys, (key) => this.#tables.chunks.read(key))
  }

  async entities(keys: readonly Key[]): Promise<StoredEntity[]> {
    const rows = await mapInSlices(keys, (key) => this.#tables.entities.read(key))
    const degrees = await this.#graph.degrees(rows.map((row) => row.key))
    return rows.map((row, index) => ({ ...row, degree: degrees[index] ?? 0 }))
  }

  relations(keys: readonly Key[]): Promise<StoredRelation[]> {
    return mapInSlices(keys, (key) => this.#tables.relations.read(key))
  }

  async chunkKeys(ids: readonly string[]): Promise<Map<string, Key>> {
    return new Map(await mapInSlices(ids, (id) => entry(id, this.#tables.chunks.key(id))))
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
      const isVisible = key !== undefined && relations.visibleLabel(key) !== null
      return entry(pairKey(pair), isVisible ? key : null)
    })
    return new Map(found)
  }

  async entitiesByNameKey(nameKeys: readonly string[]): Promise<NamedEntity[]> {
    const { entities } = this.#tables
    const unique = [...new Set(nameKeys)]
    return (await mapInSlices(unique, (nameKey) => entities.withNameKey(nameKey))).flat()
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
    const ties = await mapInSlices(chunkKeys, (key) =>
      fragmentReads.entitiesOf(key, minSpread, maxSpread),
    )
    return ties.flat()
  }

  async tiesOfEntities(
    entityKeys: readonly Key[],
    limit: number,
    admits: (document: number) => boolean = () => true,
  ): Promise<ChunkTie[]> {
    const { entities, fragmentReads } = this.#tables
    const found: ChunkTie[] = []
    await inSlices(
      (function* () {
        for (const key of entityKeys) {
          const entity = entities.named(key)
          if (entity === null) continue
          const ties = new Map<Key, ChunkTie>()
          for (const page of fragmentReads.chunksOf(entity, admits)) {
            for (const tie of page) addTie(ties, tie, limit)
            yield
            if (ties.size >= limit) break
          }
          found.push(...ties.values())
        }
      })(),
    )
    return found
  }

  async popularEntities(limit: number): Promise<StoredEntity[]> {
    return this.entities(await this.#graph.hubs(limit))
  }

  async labels(): Promise<string[]> {
    const { entities } = this.#tables
    const names: string[] = []
    await inSlices(
      (function* () {
        let page = entities.names('', LABEL_PAGE)
        while (page.length > 0) {
          names.push(...page)
          yield
          page = entities.names(page.at(-1) ?? '', LABEL_PAGE)
        }
      })(),
    )
    return names
  }

  #documents(filter: ChunkFilter | null): number[] | null {
    if (filter === null || filter.documentIds === null) return null
    return filter.documentIds.flatMap((id) => this.#tables.documents.row(id)?.seq ?? [])
  }
}

function amongst(keys: KeySet | null, rows: { keyOf(label: number): Key | null }) {
  return (label: number): boolean => {
    if (keys === null) return true
    const key = rows.keyOf(label)
    return key !== null && keys.admits(key)
  }
}

/** Names read at a time. */
const LABEL_PAGE = 500

function asHit(match: { label: number; score: number }): Hit {
  return { key: match.label, score: match.score }
}

function entry(name: string, key: Key | null): [string, Key] | null {
  return key === null ? null : [name, key]
}

/** A chunk may speak of an entity more than once: one tie, named if one of them is. */
function addTie(ties: Map<Key, ChunkTie>, tie: ChunkTie, limit: number): void {
  const known = ties.get(tie.chunk)
  if (known !== undefined) ties.set(tie.chunk, { ...known, named: known.named || tie.named })
  else if (ties.size < limit) ties.set(tie.chunk, tie)
}
