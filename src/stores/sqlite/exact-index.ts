import { TopHits } from './top-hits.ts'
import type { VectorIndex, VectorMatch } from './vector-index.ts'

/** Vectors are kept in blocks, so that growing never copies more than one. */
const BLOCK_ROWS = 1024
const FIRST_ROWS = 16
/** Of one entry of the two label tables, by measurement. */
const LABEL_BYTES = 48

/** Compares with every vector. Exact, and fast enough for tens of thousands. */
export class ExactIndex implements VectorIndex {
  readonly #dimension: number
  #blocks: Float32Array[] = []
  #labels: number[] = []
  #slots = new Map<number, number>()

  constructor(dimension: number) {
    this.#dimension = dimension
  }

  get size(): number {
    return this.#labels.length
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
    const slot = this.#labels.length
    this.#reserve(slot)
    this.#row(slot).set(vector)
    this.#labels.push(label)
    this.#slots.set(label, slot)
  }

  remove(label: number): void {
    const slot = this.#slots.get(label)
    if (slot === undefined) return
    this.#slots.delete(label)
    const lastSlot = this.#labels.length - 1
    const lastLabel = this.#labels.pop()
    if (slot !== lastSlot && lastLabel !== undefined) {
      this.#row(slot).set(this.#row(lastSlot))
      this.#labels[slot] = lastLabel
      this.#slots.set(lastLabel, slot)
    }
    this.#blocks.length = Math.ceil(this.#labels.length / BLOCK_ROWS)
  }

  *search(
    vector: Float32Array,
    limit: number,
    accept: (label: number) => boolean,
  ): Generator<void, VectorMatch[], void> {
    if (limit <= 0) return []
    const best = new TopHits(limit)
    let slot = 0
    for (const block of this.#blocks) {
      const end = Math.min(slot + BLOCK_ROWS, this.#labels.length)
      for (let offset = 0; slot < end; slot++, offset += this.#dimension) {
        const score = dot(vector, block, offset)
        if (!best.admits(score)) continue
        const label = this.#labels[slot]
        if (label !== undefined && accept(label)) best.offer(label, score)
      }
      yield
    }
    return best.sorted().map(({ key, score }) => ({ label: key, score }))
  }

  similarity(label: number, vector: Float32Array): number {
    const slot = this.#slots.get(label)
    return slot === undefined ? Number.NaN : dot(vector, this.#row(slot), 0)
  }

  close(): void {
    this.#blocks = []
    this.#labels = []
    this.#slots = new Map()
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

/** Four sums at a time: one alone would wait for each addition to finish. */
function dot(a: Float32Array, b: Float32Array, offset: number): number {
  const length = a.length
  const whole = length - (length % 4)
  let s0 = 0
  let s1 = 0
  let s2 = 0
  let s3 = 0
  let i = 0
  for (; i < whole; i += 4) {
    const j = offset + i
    s0 += (a[i] ?? 0) * (b[j] ?? 0)
    s1 += (a[i + 1] ?? 0) * (b[j + 1] ?? 0)
    s2 += (a[i + 2] ?? 0) * (b[j + 2] ?? 0)
    s3 += (a[i + 3] ?? 0) * (b[j + 3] ?? 0)
  }
  for (; i < length; i++) s0 += (a[i] ?? 0) * (b[offset + i] ?? 0)
  return s0 + s1 + s2 + s3
}
