import type { Pair } from '../../../engine/ports/pair.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import type { Tables } from '../tables/tables.ts'
import type { Scope } from './document-scope.ts'
import { entityFragments, relationFragments } from './fragment-queries.ts'
import type { KeySet } from './key-set.ts'
import type { Retrieval } from './retrieval.ts'
import type { WorkingGraph } from './working-graph.ts'

export interface ScopedParts {
  readonly scope: Scope
  readonly tables: Tables
  readonly graph: WorkingGraph
  readonly retrieval: Retrieval
  readonly chunkCount: () => number
}

/**
 * Searches over a part of the documents. Every way to a chunk, an entity or a relation is closed
 * here by itself, so that no caller has to know what is left out.
 */
export class ScopedSearches {
  readonly #parts: ScopedParts

  constructor(parts: ScopedParts) {
    this.#parts = parts
  }

  matchChunks(text: string, limit: number) {
    const { tables, scope } = this.#parts
    return tables.fullText.chunks(text, limit, scope.documents)
  }

  respelled(text: string) {
    const { retrieval, scope } = this.#parts
    return retrieval.respelled(text, scope.documents)
  }

  nearestChunks(vector: Float32Array, limit: number) {
    const { retrieval, scope } = this.#parts
    return retrieval.nearestChunks(vector, limit, scope.chunks)
  }

  nearestEntities(vector: Float32Array, limit: number) {
    const { retrieval, scope } = this.#parts
    return retrieval.nearestEntities(vector, limit, scope.entities)
  }

  nearestRelations(vector: Float32Array, limit: number) {
    const { retrieval, scope } = this.#parts
    return retrieval.nearestRelations(vector, limit, scope.relations)
  }

  matchEntities(text: string, limit: number) {
    const { tables, scope } = this.#parts
    return tables.fullText.entities(text, limit, scope.entities)
  }

  async entitiesByNameKey(nameKeys: readonly string[]) {
    const { retrieval, scope } = this.#parts
    const found = await retrieval.entitiesByNameKey(nameKeys)
    return found.filter(({ key }) => scope.entities.admits(key))
  }

  entitiesWithWords(words: readonly string[], limit: number) {
    const { retrieval, scope } = this.#parts
    return retrieval.entitiesWithWords(words, limit, scope.entities)
  }

  matchRelations(text: string, limit: number) {
    const { tables, scope } = this.#parts
    return tables.fullText.relations(text, limit, scope.documents)
  }

  chunkSimilarities(keys: readonly Key[], vector: Float32Array) {
    const { retrieval } = this.#parts
    return retrieval.chunkSimilarities(keys, vector)
  }

  chunks(keys: readonly Key[]) {
    const { retrieval } = this.#parts
    return retrieval.chunks(this.#admittedChunks(keys))
  }

  async chunkKeys(ids: readonly string[]) {
    const { retrieval } = this.#parts
    const found = await retrieval.chunkKeys(ids)
    const admitted = new Set(this.#admittedChunks([...found.values()]))
    return new Map([...found].filter(([, key]) => admitted.has(key)))
  }

  entities(keys: readonly Key[]) {
    const { retrieval, scope } = this.#parts
    return retrieval.entities(keys.filter((key) => scope.entities.admits(key)))
  }

  relations(keys: readonly Key[]) {
    const { retrieval, scope } = this.#parts
    return retrieval.relations(keys.filter((key) => scope.relations.admits(key)))
  }

  async entityKeys(names: readonly string[]) {
    const { retrieval, scope } = this.#parts
    return admittedOf(await retrieval.entityKeys(names), scope.entities)
  }

  async relationKeys(pairs: readonly Pair[]) {
    const { retrieval, scope } = this.#parts
    return admittedOf(await retrieval.relationKeys(pairs), scope.relations)
  }

  async relationsOf(entityKeys: readonly Key[]) {
    const { graph, scope } = this.#parts
    const ties = await graph.ties(entityKeys)
    return ties.filter(({ key }) => scope.relations.admits(key))
  }

  tiesOfChunks(chunkKeys: readonly Key[], minSpread: number, maxSpread: number) {
    const { retrieval } = this.#parts
    return retrieval.tiesOfChunks(this.#admittedChunks(chunkKeys), minSpread, maxSpread)
  }

  saidInChunks(chunkKeys: readonly Key[]) {
    const { retrieval } = this.#parts
    return retrieval.saidInChunks(this.#admittedChunks(chunkKeys))
  }

  tiesOfEntities(entityKeys: readonly Key[], limit: number) {
    const { retrieval } = this.#parts
    return retrieval.tiesOfEntities(entityKeys, limit, this.#admits)
  }

  entityFragments(names: readonly string[], without: readonly string[], limit: number) {
    const { tables } = this.#parts
    return entityFragments(tables, names, without, limit, this.#admits)
  }

  relationFragments(pairs: readonly Pair[], without: readonly string[], limit: number) {
    const { tables } = this.#parts
    return relationFragments(tables, pairs, without, limit, this.#admits)
  }

  entityNames() {
    const { retrieval, scope } = this.#parts
    return retrieval.entityNames(scope.entities)
  }

  popularNames(limit: number) {
    const { retrieval, scope } = this.#parts
    return retrieval.popularNames(limit, scope.entities)
  }

  popularKeys(limit: number) {
    const { retrieval, scope } = this.#parts
    return retrieval.popularKeys(limit, scope.entities)
  }

  entityHeads(keys: readonly Key[]) {
    const { retrieval, scope } = this.#parts
    return retrieval.entityHeads(keys.filter((key) => scope.entities.admits(key)))
  }

  tiesAfter(key: Key, limit: number) {
    const { retrieval, scope } = this.#parts
    return retrieval.tiesAfter(key, limit, scope.relations)
  }

  popularEntities(limit: number) {
    const { retrieval, scope } = this.#parts
    return retrieval.popularEntities(limit, scope.entities)
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
}

function admittedOf<Name>(found: Map<Name, Key>, keys: KeySet): Map<Name, Key> {
  return new Map([...found].filter(([, key]) => keys.admits(key)))
}
