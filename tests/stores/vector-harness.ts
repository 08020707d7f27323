import { createRequire } from 'node:module'
import { Connection } from '../../src/stores/sqlite/database/connection.ts'
import { markEmbedding } from '../../src/stores/sqlite/database/embedding-mark.ts'
import { openDatabase } from '../../src/stores/sqlite/database/open-database.ts'
import { Generation, NEVER } from '../../src/stores/sqlite/database/visibility.ts'
import { VectorTable } from '../../src/stores/sqlite/tables/vector-table.ts'
import { type HnswLibrary, loadHnswLibrary } from '../../src/vectors/hnsw/hnsw-library.ts'
import { vectorIndexSettings } from '../../src/vectors/index-settings.ts'
import { dot, vectorOf } from '../../src/vectors/kernel/vector-values.ts'

/** Numbers from 0 to 1 that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function randomVector(random: () => number, dimension: number): Float32Array {
  const values = Array.from({ length: dimension }, () => random() + random() + random() - 1.5)
  const length = Math.hypot(...values)
  return Float32Array.from(values, (value) => value / length)
}

/** The library itself, counting what is asked of it. */
export function countedLibrary() {
  const counts = { loads: 0, built: 0, read: 0, searched: 0, added: 0 }
  const loadLibrary = async (): Promise<HnswLibrary | null> => {
    counts.loads++
    const library = await loadHnswLibrary()
    if (library === null) throw new Error('the native library is not installed')
    const { HierarchicalNSW } = createRequire(import.meta.url)('hnswlib-node')
    class Counted extends HierarchicalNSW {
      initIndex(options: { maxElements: number }) {
        if (options.maxElements > 1) counts.built++
        return super.initIndex(options)
      }
      readIndex(file: string) {
        counts.read++
        return super.readIndex(file)
      }
      addPoint(point: number[], vectorId: number) {
        counts.added++
        return super.addPoint(point, vectorId)
      }
      searchKnn(point: number[], count: number) {
        counts.searched++
        return super.searchKnn(point, count)
      }
    }
    return { HierarchicalNSW: Counted } as unknown as HnswLibrary
  }
  return { counts, loadLibrary }
}

export interface VectorsOptions {
  readonly dir: string
  readonly dimension?: number
  readonly embedding?: string
  readonly crossOver?: number
  readonly indexDir?: string | null
  readonly loadLibrary?: () => Promise<HnswLibrary | null>
}

/** The vectors of chunks in a real database, with their rows but without their texts. */
export class Vectors {
  readonly dimension: number
  readonly connection: Connection
  readonly generation: Generation
  readonly table: VectorTable

  constructor(options: VectorsOptions) {
    this.dimension = options.dimension ?? 16
    this.connection = new Connection(openDatabase(options.dir))
    markEmbedding(this.connection, {
      id: options.embedding ?? 'test/vectors',
      dimension: this.dimension,
    })
    const sql = 'SELECT generation FROM workspace'
    this.generation = new Generation(
      this.connection.get<{ generation: number }>(sql)?.generation ?? 0,
    )
    const { dir, indexDir = dir, crossOver = 500, loadLibrary = loadHnswLibrary } = options
    this.table = new VectorTable(
      this.connection,
      this.generation,
      { vectors: 'chunk_vectors', rows: 'chunks' },
      this.dimension,
      vectorIndexSettings(indexDir, { crossOver, loadLibrary }),
    )
  }

  async load(): Promise<this> {
    await this.table.load(() => true)
    return this
  }

  /** Publishes rows with these vectors. Returns their vector ids. */
  publish(vectors: readonly Float32Array[], superseded: readonly number[] = []): number[] {
    const born = this.generation.current + 1
    const vectorIds = this.connection.durably(() => {
      const made = vectors.map((vector) => {
        const vectorId = this.connection.insert(
          `INSERT INTO chunks (id, document, ordinal, born, died, tokens, start, "end")
           VALUES ('', 1, 0, ?, ${NEVER}, 0, 0, 0)`,
          born,
        )
        this.table.stage(vectorId, vector)
        return vectorId
      })
      for (const vectorId of superseded) {
        this.connection.run('UPDATE chunks SET died = ? WHERE label = ?', born, vectorId)
      }
      this.connection.run('UPDATE workspace SET generation = ?, chunks = 1', born)
      return made
    })
    this.generation.current = born
    this.table.publish(superseded)
    return vectorIds
  }

  /** Removes what {@link publish} has superseded. */
  sweep(vectorIds: readonly number[]): void {
    this.connection.durably(() => {
      for (const vectorId of vectorIds) {
        this.table.remove(vectorId)
        this.connection.run('DELETE FROM chunks WHERE label = ?', vectorId)
      }
    })
  }

  async search(vector: Float32Array, limit: number, accept?: (vectorId: number) => boolean) {
    return (await this.table.search(vector, limit, accept)).map(({ vectorId }) => vectorId)
  }

  /** By comparing with every visible vector of the table. */
  exact(vector: Float32Array, limit: number, accept = (_label: number) => true): number[] {
    const rows = this.connection.all<{ label: number; vector: Uint8Array }>(
      `SELECT v.label, v.vector FROM chunk_vectors v JOIN chunks r ON r.label = v.label
       WHERE r.born <= ? AND r.died > ?`,
      this.generation.current,
      this.generation.current,
    )
    return rows
      .filter(({ label: vectorId }) => accept(vectorId))
      .map((row) => ({ label: row.label, score: dot(vector, vectorOf(row.vector)) }))
      .sort((a, b) => b.score - a.score || a.label - b.label)
      .slice(0, limit)
      .map(({ label: vectorId }) => vectorId)
  }

  async close(): Promise<void> {
    await this.table.close()
    this.connection.close()
  }
}

/** Which share of the vector ids wanted was found. */
export function recall(found: readonly number[], wanted: readonly number[]): number {
  const known = new Set(found)
  return wanted.filter((vectorId) => known.has(vectorId)).length / wanted.length
}
