import type { Pair } from '../../../engine/ports/pair.ts'
import type { ChunkFilter, Key, Searches } from '../../../engine/ports/store.ts'
import type { Tables } from '../tables/tables.ts'
import type { Scope } from './document-scope.ts'
import { entityFragments, relationFragments } from './fragment-queries.ts'
import { KeySet } from './key-set.ts'
import type { Retrieval } from './retrieval.ts'
import type { WorkingGraph } from './working-graph.ts'

export interface ScopedParts {
  readonly scope: Scope
  readonly tables: Tables
  readonly graph: WorkingGraph
  readonly retrieval: Retrieval
  readonly chunkCount: () => Promise<number>
  /** Wraps whatever reads. */
  readonly run: <T>(work: () => T | Promise<T>) => Promise<T>
}

/**
 * Searches over a part of the documents. Every way to a chunk, an entity or a relation is closed
 * here by itself, so that no caller has to know what is left out.
 */
export class ScopedSearches implements Searches {
  readonly #parts: ScopedParts

  constructor(parts: ScopedParts) {
    this.#parts = parts
  }

  matchChunks(text: string, limit: number, filter: ChunkFilter | null) {
    const { run, tables } = this.#parts
    return run(() => tables.fullText.chunks(text, limit, this.#documents(filter)))
  }

  nearestChunks(vector: Float32Array, limit: number, filter: ChunkFilter | null) {
    const { run, retrieval, scope } = this.#parts
    return run(() => retrieval.nearestChunks(vector, limit, filter, scope.chunks))
  }

  nearestEntities(vector: Float32Array, limit: number) {
    const { run, retrieval, scope } = this.#parts
    return run(() => retrieval.nearestEntities(vector, limit, scope.entities))
  }

  nearestRelations(vector: Float32Array, limit: number) {
    const { run, retrieval, scope } = this.#parts
    return run(() => retrieval.nearestRelations(vector, limit, scope.relations))
  }

  matchEntities(text: string, limit: number) {
    const { run, tables, scope } = this.#parts
    return run(() => tables.fullText.entities(text, limit, scope.entities))
  }

  entitiesByNameKey(nameKeys: readonly string[]) {
    const { run, retrieval, scope } = this.#parts
    return run(async () => {
      const found = await retrieval.entitiesByNameKey(nameKeys)
      return found.filter(({ key }) => scope.entities.admits(key))
    })
  }

  entitiesWithWords(words: readonly string[], limit: number) {
    const { run, retrieval, scope } = this.#parts
    return run(() => retrieval.entitiesWithWords(words, limit, scope.entities))
  }

  matchRelations(text: string, limit: number) {
    const { run, tables, scope } = this.#parts
    return run(() => tables.fullText.relations(text, limit, scope.documents))
  }

  chunkSimilarities(keys: readonly Key[], vector: Float32Array) {
    const { run, retrieval } = this.#parts
    return run(() => retrieval.chunkSimilarities(keys, vector))
  }

  chunks(keys: readonly Key[]) {
    const { run, retrieval } = this.#parts
    return run(() => retrieval.chunks(this.#admittedChunks(keys)))
  }

  chunkKeys(ids: readonly string[]) {
    const { run, retrieval } = this.#parts
    return run(async () => {
      const found = await retrieval.chunkKeys(ids)
      const admitted = new Set(this.#admittedChunks([...found.values()]))
      return new Map([...found].filter(([, key]) => admitted.has(key)))
    })
  }

  entities(keys: readonly Key[]) {
    const { run, retrieval, scope } = this.#parts
    return run(() => retrieval.entities(keys.filter((key) => scope.entities.admits(key))))
  }

  relations(keys: readonly Key[]) {
    const { run, retrieval, scope } = this.#parts
    return run(() => retrieval.relations(keys.filter((key) => scope.relations.admits(key))))
  }

  entityKeys(names: readonly string[]) {
    const { run, retrieval, scope } = this.#parts
    return run(async () => admittedOf(await retrieval.entityKeys(names), scope.entities))
  }

  relationKeys(pairs: readonly Pair[]) {
    const { run, retrieval, scope } = this.#parts
    return run(async () => admittedOf(await retrieval.relationKeys(pairs), scope.relations))
  }

  relationsOf(entityKeys: readonly Key[]) {
    const { run, graph, scope } = this.#parts
    return run(async () => {
      const ties = await graph.ties(entityKeys)
      return ties.filter(({ key }) => scope.relations.admits(key))
    })
  }

  tiesOfChunks(chunkKeys: readonly Key[], minSpread: number, maxSpread: number) {
    const { run, retrieval } = this.#parts
    return run(() => retrieval.tiesOfChunks(this.#admittedChunks(chunkKeys), minSpread, maxSpread))
  }

  tiesOfEntities(entityKeys: readonly Key[], limit: number) {
    const { run, retrieval } = this.#parts
    return run(() => retrieval.tiesOfEntities(entityKeys, limit, this.#admits))
  }

  entityFragments(names: readonly string[], without: readonly string[], limit: number) {
    const { run, tables } = this.#parts
    return run(() => entityFragments(tables, names, without, limit, this.#admits))
  }

  relationFragments(pairs: readonly Pair[], without: readonly string[], limit: number) {
    const { run, tables } = this.#parts
    return run(() => relationFragments(tables, pairs, without, limit, this.#admits))
  }

  labels() {
    const { run, retrieval, scope } = this.#parts
    return run(() => retrieval.labels(scope.entities))
  }

  popularNames(limit: number) {
    const { run, retrieval, scope } = this.#parts
    return run(() => retrieval.popularNames(limit, scope.entities))
  }

  popularEntities(limit: number) {
    const { run, retrieval, scope } = this.#parts
    return run(() => retrieval.popularEntities(limit, scope.entities))
  }

  chunkCount() {
    return this.#parts.chunkCount()
  }

  readonly #admits = (document: number): boolean => this.#parts.scope.documents.admits(document)

  /** By their documents as they are now: chunks may have come since the scope was made. */
  #admittedChunks(keys: readonly Key[]): Key[] {
    return keys.filter((key) => {
      const document = this.#parts.tables.chunks.documentOf(key)
      return document !== null && this.#admits(document)
    })
  }

  #documents(filter: ChunkFilter | null): KeySet {
    const { tables, scope } = this.#parts
    if (filter === null || filter.documentIds === null) return scope.documents
    const asked = filter.documentIds.flatMap((id) => tables.documents.row(id)?.seq ?? [])
    return KeySet.only(asked.filter(this.#admits))
  }
}

function admittedOf<Name>(found: Map<Name, Key>, keys: KeySet): Map<Name, Key> {
  return new Map([...found].filter(([, key]) => keys.admits(key)))
}
