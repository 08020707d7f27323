import { comeBack } from '../../../engine/work/announced-work.ts'
import { PAGE_ROWS } from '../../../vectors/flat/flat-index.ts'
import type { IndexMark } from '../../../vectors/hnsw/hnsw-head.ts'
import { HybridIndex } from '../../../vectors/hnsw/hybrid-index.ts'
import { indexFile, type VectorIndexSettings } from '../../../vectors/index-settings.ts'
import { dotProducts } from '../../../vectors/kernel/dot-products.ts'
import {
  checkVector,
  soundVector,
  vectorBytes,
  vectorOf,
} from '../../../vectors/kernel/vector-values.ts'
import { inSlices, LOAD_SLICE_MS, type Steps } from '../../../vectors/slices.ts'
import type { VectorMatch } from '../../../vectors/vector-index.ts'
import type { Connection } from '../database/connection.ts'
import { type Generation, visible } from '../database/visibility.ts'

/** The table of vectors, and that of the versioned rows whose vector ids they bear. */
interface VectorTableNames {
  readonly vectors: 'chunk_vectors' | 'entity_vectors' | 'relation_vectors'
  readonly rows: 'chunks' | 'entities' | 'relations'
}

/** Vector ids read at a time, and looked at. */
const PAGE_IDS = 500
/** How often a search that paused begins anew after a change, before it holds the event loop. */
const PATIENCE = 2

/**
 * Vectors of one kind: the table, and the index over it once a search has asked for it.
 *
 * The index also holds what is staged or dead; those vector ids are hidden from searches.
 */
export class VectorTable {
  readonly #connection: Connection
  readonly #generation: Generation
  readonly #names: VectorTableNames
  readonly #insert: string
  readonly #dimension: number
  readonly #indexSettings: VectorIndexSettings
  #index: HybridIndex | null = null
  /** Vector ids in the index that no search may return. */
  readonly #staged = new Set<number>()
  readonly #dead = new Set<number>()
  /** Grows with every change of what searches may return. */
  #changes = 0

  constructor(
    connection: Connection,
    generation: Generation,
    names: VectorTableNames,
    dimension: number,
    vectorIndex: VectorIndexSettings,
  ) {
    this.#connection = connection
    this.#generation = generation
    this.#names = names
    this.#insert = `INSERT OR REPLACE INTO ${names.vectors} (label, vector) VALUES (?, ?)`
    this.#dimension = dimension
    this.#indexSettings = vectorIndex
  }

  get loaded(): boolean {
    return this.#index !== null
  }

  get bytes(): number {
    return this.#index?.bytes ?? 0
  }

  /** Reads all visible vectors, or those that the index file has not. Nothing may be staged meanwhile. */
  async load(wanted: () => boolean): Promise<void> {
    if (this.#index !== null) return
    const index = this.#emptyIndex()
    const isRestored = await comeBack(index.restore())
    const steps = isRestored ? this.#catchUp(index) : this.#read(index)
    await inSlices(steps, { wanted, sliceMs: LOAD_SLICE_MS })
    if (!wanted()) return index.close()
    this.#index = index
    index.maintain()
  }

  /** Writes the vector of a row that is not published yet. Throws for an unfit vector. */
  stage(vectorId: number, vector: Float32Array): void {
    checkVector(vector, this.#dimension)
    this.#staged.add(vectorId)
    this.#write(vectorId, vector)
  }

  /** Gives a row that is not published yet the vector of another. Returns whether there was one. */
  stageCopy(vectorId: number, from: number): boolean {
    const sql = `SELECT vector FROM ${this.#names.vectors} WHERE label = ?`
    const row = this.#connection.get<{ vector: Uint8Array }>(sql, from)
    if (row === undefined) return false
    this.stage(vectorId, vectorOf(row.vector))
    return true
  }

  /** Writes the vector of a row that is visible. Throws for an unfit vector. */
  put(vectorId: number, vector: Float32Array): void {
    checkVector(vector, this.#dimension)
    this.#write(vectorId, vector)
    this.#changes++
    this.#index?.maintain()
  }

  /** Shows what was staged, hides what it supersedes. */
  publish(superseded: readonly number[]): void {
    this.#staged.clear()
    for (const vectorId of superseded) this.#dead.add(vectorId)
    this.#changes++
    this.#index?.maintain()
  }

  /** Takes staged vector ids out of memory again. */
  *unstage(vectorIds: readonly number[]): Steps {
    for (const vectorId of vectorIds) {
      this.#index?.remove(vectorId)
      this.#staged.delete(vectorId)
      yield
    }
  }

  remove(vectorId: number): void {
    this.#connection.run(`DELETE FROM ${this.#names.vectors} WHERE label = ?`, vectorId)
    this.#index?.remove(vectorId)
    this.#staged.delete(vectorId)
    this.#dead.delete(vectorId)
  }

  /** Visible rows only. The index must be loaded. Throws for an unfit vector. */
  async search(
    vector: Float32Array,
    limit: number,
    accept: (vectorId: number) => boolean = () => true,
  ): Promise<VectorMatch[]> {
    checkVector(vector, this.#dimension)
    const admits = (vectorId: number) => !this.#isHidden(vectorId) && accept(vectorId)
    const best: { found: VectorMatch[] } = { found: [] }
    for (let attempt = 0; attempt < PATIENCE; attempt++) {
      const changes = this.#changes
      const unchanged = () => this.#changes === changes
      await inSlices(this.#scan(vector, limit, admits, best), { wanted: unchanged })
      if (unchanged()) return best.found
    }
    for (const _step of this.#scan(vector, limit, admits, best));
    return best.found
  }

  *#scan(
    vector: Float32Array,
    limit: number,
    admits: (vectorId: number) => boolean,
    best: { found: VectorMatch[] },
  ): Steps {
    best.found = yield* this.#whole().search(vector, limit, admits)
  }

  /** NaN where there is no visible vector. The index must be loaded. */
  similarities(vectorIds: readonly number[], vector: Float32Array): Float32Array {
    checkVector(vector, this.#dimension)
    const found = this.#whole().similarities(vectorIds, vector)
    for (const [at, vectorId] of vectorIds.entries())
      if (this.#isHidden(vectorId)) found[at] = Number.NaN
    return found
  }

  /** Resolves when the index has nothing left to do in the background. */
  async atRest(): Promise<void> {
    await this.#index?.atRest()
  }

  /** Waits for work in the background. The database must be open until this has returned. */
  async close(): Promise<void> {
    const index = this.#index
    this.#index = null
    this.#changes++
    await index?.close()
  }

  #isHidden(vectorId: number): boolean {
    return this.#staged.has(vectorId) || this.#dead.has(vectorId)
  }

  #whole(): HybridIndex {
    if (this.#index === null) throw new Error('the vectors are not loaded')
    return this.#index
  }

  #emptyIndex(): HybridIndex {
    return new HybridIndex({
      ...this.#indexSettings,
      dimension: this.#dimension,
      file: indexFile(this.#indexSettings, this.#names.rows),
      mark: () => this.#mark(),
      stored: (vectorId) => this.#stored(vectorId),
      isSettled: (vectorId) => !this.#isHidden(vectorId),
    })
  }

  #mark(): IndexMark {
    const sql = 'SELECT embedding_id AS embedding FROM workspace'
    const embedding = this.#connection.get<{ embedding: string }>(sql)?.embedding ?? ''
    return { embedding, dimension: this.#dimension, generation: this.#generation.current }
  }

  #write(vectorId: number, vector: Float32Array): void {
    this.#connection.run(this.#insert, vectorId, vectorBytes(vector))
    this.#index?.add(vectorId, vector)
  }

  #stored(vectorId: number): Float32Array | null {
    const sql = `SELECT vector FROM ${this.#names.vectors} WHERE label = ?`
    const row = this.#connection.get<{ vector: Uint8Array }>(sql, vectorId)
    return row === undefined ? null : soundVector(row.vector, this.#dimension)
  }

  /** Each page of the index as one value, which stays where it is: rows take three times as long. */
  *#read(index: HybridIndex): Steps {
    const { vectors, rows } = this.#names
    const { current } = this.#generation
    const sql = `SELECT json_group_array(label), CAST(group_concat(vector, '') AS BLOB) FROM
      (SELECT v.label, v.vector FROM ${vectors} v JOIN ${rows} r ON r.label = v.label
       WHERE v.label > ? AND ${visible('r')} AND octet_length(v.vector) = ?
       ORDER BY v.label LIMIT ${PAGE_ROWS})`
    const zeros = new Float32Array(this.#dimension)
    const products = new Float32Array(PAGE_ROWS)
    let after = 0
    for (;;) {
      const [page] = this.#connection.rows<[labels: string, vectors: Uint8Array | null]>(
        sql,
        after,
        current,
        current,
        zeros.byteLength,
      )
      const vectorIds = JSON.parse(page?.[0] ?? '[]') as number[]
      const values = vectorOf(page?.[1] ?? new Uint8Array())
      index.append(vectorIds, values)
      // Zero times what is not finite is no number.
      dotProducts(zeros, values, vectorIds.length, products)
      for (const [row, vectorId] of vectorIds.entries()) {
        if (products[row] !== 0) index.remove(vectorId)
        after = Math.max(after, vectorId)
      }
      yield
      if (vectorIds.length === 0) return
    }
  }

  /** Reads the vectors of visible rows that came after the file, and takes others out. */
  *#catchUp(index: HybridIndex): Steps {
    const alive = new Set<number>()
    let after = 0
    for (;;) {
      const page = this.#idsAfter(after)
      for (const vectorId of page) {
        alive.add(vectorId)
        if (index.has(vectorId)) continue
        const vector = this.#stored(vectorId)
        if (vector !== null) index.add(vectorId, vector)
        yield
      }
      yield
      const last = page.at(-1)
      if (last === undefined) break
      after = last
    }
    yield* index.retain(alive)
  }

  /** In their order. As one text, which takes a tenth of the time of as many rows. */
  #idsAfter(after: number): number[] {
    const { current } = this.#generation
    const sql = `SELECT json_group_array(label ORDER BY label) FROM
      (SELECT r.label FROM ${this.#names.rows} r WHERE r.label > ? AND ${visible('r')}
       ORDER BY r.label LIMIT ${PAGE_IDS})`
    const [row] = this.#connection.rows<[labels: string]>(sql, after, current, current)
    return JSON.parse(row?.[0] ?? '[]') as number[]
  }
}
