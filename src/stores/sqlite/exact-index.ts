import { TopHits } from './top-hits.ts'
import type { VectorIndex, VectorMatch } from './vector-index.ts'
import { dot } from './vector-values.ts'

/** Vectors are kept in blocks, so that growing never copies more than one. */
const BLOCK_ROWS = 1024
const FIRST_ROWS = 16
/** Of one entry of the two label tables, by measurement. */
const LABEL_BYTES = 48
/** In place of the label of a row that was removed. */
const FREE = -1

/**
 * Compares with every vector. Exact, and fast enough for tens of thousands.
 *
 * Rows never move, so that a search that has paused misses nothing that stays.
 */
export class ExactIndex implements VectorIndex {
  readonly #dimension: number
  #blocks: Float32Array[] = []
  #labels: number[] = []
  #free: number[] = []
  #slots = new Map<number, number>()

  constructor(dimension: number) {
    this.#dimension = dimension
  }

  get size(): number {
    return this.#slots.size
  }

  get bytes(): number {
    let bytes = this.#labels.length * LABEL_BYTES
    for (const block of this.#blocks) bytes += block.byteLength
    return bytes
  }

  add(label: number, vector: Float32Array): void {
    const known = this.#slots.get(label)
    if (known !== undefined) {
      this.#row(known).set(vector)
      return
    }
    const slot = this.#free.pop() ?? this.#labels.length
    this.#reserve(slot)
    this.#row(slot).set(vector)
    this.#labels[slot] = label
    this.#slots.set(label, slot)
  }

  remove(label: number): void {
    const slot = this.#slots.get(label)
    if (slot === undefined) return
    this.#slots.delete(label)
    this.#labels[slot] = FREE
    this.#free.push(slot)
    if (this.#slots.size === 0) this.#clear()
  }

  has(label: number): boolean {
    return this.#slots.has(label)
  }

  labels(): number[] {
    return [...this.#slots.keys()]
  }

  /** A view that holds until the next change; null for an unknown label. */
  vector(label: number): Float32Array | null {
    const slot = this.#slots.get(label)
    return slot === undefined ? null : this.#row(slot)
  }

  *search(
    vector: Float32Array,
    limit: number,
    accept: (label: number) => boolean,
  ): Generator<void, VectorMatch[], void> {
    if (limit <= 0) return []
    const best = new TopHits(limit)
    for (let slot = 0; slot < this.#labels.length; ) {
      const block = this.#blocks[Math.floor(slot / BLOCK_ROWS)] ?? new Float32Array(0)
      const end = Math.min(slot + BLOCK_ROWS, this.#labels.length)
      for (let offset = 0; slot < end; slot++, offset += this.#dimension) {
        const label = this.#labels[slot] ?? FREE
        if (label === FREE) continue
        const score = dot(vector, block, offset)
        if (best.admits(score) && accept(label)) best.offer(label, score)
      }
      yield
    }
    return best.sorted().map(({ key, score }) => ({ label: key, score }))
  }

  similarity(label: number, vector: Float32Array): number {
    const row = this.vector(label)
    return row === null ? Number.NaN : dot(vector, row)
  }

  async close(): Promise<void> {
    this.#clear()
    this.#slots = new Map()
  }

  #clear(): void {
    this.#blocks = []
    this.#labels = []
    this.#free = []
  }

  /** Makes room for one slot more. Only the first block starts small. */
  #reserve(slot: number): void {
    const index = Math.floor(slot / BLOCK_ROWS)
    const block = this.#blocks[index]
    if (block === undefined) {
      const rows = index === 0 ? FIRST_ROWS : BLOCK_ROWS
      this.#blocks.push(new Float32Array(rows * this.#dimension))
    } else if ((slot % BLOCK_ROWS) * this.#dimension >= block.length) {
      const larger = new Float32Array(Math.min(2 * block.length, BLOCK_ROWS * this.#dimension))
      larger.set(block)
      this.#blocks[index] = larger
    }
  }

  #row(slot: number): Float32Array {
    const block = this.#blocks[Math.floor(slot / BLOCK_ROWS)] ?? new Float32Array(0)
    const start = (slot % BLOCK_ROWS) * this.#dimension
    return block.subarray(start, start + this.#dimension)
  }
}
