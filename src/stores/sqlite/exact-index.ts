import { dotProducts } from './dot-products.ts'
import { TopHits } from './top-hits.ts'
import type { VectorIndex, VectorMatch } from './vector-index.ts'
import { dot } from './vector-values.ts'

/** Vectors are kept in blocks, so that growing never copies more than one. */
export const BLOCK_ROWS = 1024
const FIRST_ROWS = 16
/** Of one entry of the two label tables, by measurement. */
const LABEL_BYTES = 48
/** In place of the label of a row that was removed. */
const FREE = -1

/** All that an index holds. */
export interface ExactContent {
  /** By row; negative for one that was removed. */
  readonly labels: readonly number[]
  /** Rows one after the other, with room behind the last. */
  readonly blocks: readonly Float32Array[]
}

/** An empty block with room for its part of so many rows in all. Only the first block starts small. */
export function blockFor(index: number, rows: number, dimension: number): Float32Array {
  let room = index === 0 ? FIRST_ROWS : BLOCK_ROWS
  while (room < Math.min(rows, BLOCK_ROWS)) room *= 2
  return new Float32Array(room * dimension)
}

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

  /** As it is now, not a copy. */
  get content(): ExactContent {
    return { labels: this.#labels, blocks: this.#blocks }
  }

  /** Takes over what another index held, in place of its own. */
  adopt({ labels, blocks }: ExactContent): void {
    this.#clear()
    this.#labels = [...labels]
    this.#blocks = [...blocks]
    this.#slots = new Map()
    for (const [slot, label] of labels.entries()) {
      if (label < 0) this.#free.push(slot)
      else this.#slots.set(label, slot)
    }
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
    const scores = new Float32Array(Math.min(BLOCK_ROWS, this.#labels.length))
    for (let start = 0; start < this.#labels.length; start += BLOCK_ROWS) {
      const block = this.#blocks[start / BLOCK_ROWS] ?? new Float32Array(0)
      // Rows may have come while the search paused.
      const rows = Math.min(scores.length, this.#labels.length - start)
      dotProducts(vector, block, rows, scores)
      for (let row = 0; row < rows; row++) {
        const score = scores[row] ?? 0
        if (!best.admits(score)) continue
        const label = this.#labels[start + row] ?? FREE
        if (label !== FREE && accept(label)) best.offer(label, score)
      }
      yield
    }
    return best.sorted().map(({ key, score }) => ({ label: key, score }))
  }

  similarity(label: number, vector: Float32Array): number {
    const slot = this.#slots.get(label)
    if (slot === undefined) return Number.NaN
    // A view of the row would cost as much as the product.
    const block = this.#blocks[Math.floor(slot / BLOCK_ROWS)] ?? new Float32Array(0)
    return dot(vector, block, (slot % BLOCK_ROWS) * this.#dimension)
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

  /** Makes room for one slot more. */
  #reserve(slot: number): void {
    const index = Math.floor(slot / BLOCK_ROWS)
    const block = this.#blocks[index]
    if (block === undefined) {
      this.#blocks.push(blockFor(index, slot + 1, this.#dimension))
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
