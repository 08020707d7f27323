import { canMultiplyRounded, dotProducts, dotProductsOf } from '../kernel/dot-products.ts'
import { TopHits } from '../kernel/top-hits.ts'
import type { VectorIndex, VectorMatch } from '../vector-index.ts'
import { RoundedRows } from './rounded-rows.ts'
import { Shortlist } from './shortlist.ts'

/** Vectors are kept in pages, so that growing never copies more than one. */
export const PAGE_ROWS = 64
const FIRST_ROWS = 16
/** Compared in one step of a search, and rounded together. */
const BLOCK_PAGES = 16
export const BLOCK_ROWS = BLOCK_PAGES * PAGE_ROWS
/** Of one entry of the two vector id tables, by measurement. */
const ID_BYTES = 48
/** In place of the vector id of a row that was removed. */
const FREE = -1
/** Searches before the first block is rounded: an index that is hardly asked is not worth it. */
const ROUNDED_AFTER = 4
/** Fewer rows in all are compared in no time, and so are fewer rows of the last block. */
const WORTH_ROUNDING = 1.5 * BLOCK_ROWS
const WORTH_ROUNDING_BLOCK = BLOCK_ROWS / 4
/** A list of more than this share of all rows takes as long as to compare all of them. */
const WORTH_A_LIST = 0.1
/** Searches that do without one after such a list. */
const DISCOURAGED_FOR = 30
/** Of those on a list. */
const COMPARED_AT_ONCE = 256

/**
 * Compares with every vector. Exact, and fast enough for tens of thousands.
 *
 * Rows never move, so that a search that has paused misses nothing that stays.
 */
export class FlatIndex implements VectorIndex {
  readonly #dimension: number
  #pages: Float32Array[] = []
  #vectorIds: number[] = []
  #free: number[] = []
  #slots = new Map<number, number>()
  /** By block, for those that have been looked through often enough. */
  #rounded: (RoundedRows | undefined)[] = []
  #searches = 0
  /** Until that search rounded blocks are left alone. */
  #discouraged = 0

  constructor(dimension: number) {
    this.#dimension = dimension
  }

  get size(): number {
    return this.#slots.size
  }

  get bytes(): number {
    let bytes = this.#vectorIds.length * ID_BYTES
    for (const page of this.#pages) bytes += page.byteLength
    for (const rounded of this.#rounded) bytes += rounded?.bytes ?? 0
    return bytes
  }

  add(vectorId: number, vector: Float32Array): void {
    const known = this.#slots.get(vectorId)
    if (known !== undefined) {
      this.#write(known, vector)
      return
    }
    const slot = this.#free.pop() ?? this.#vectorIds.length
    this.#reserve(slot)
    this.#write(slot, vector)
    this.#vectorIds[slot] = vectorId
    this.#slots.set(vectorId, slot)
  }

  /**
   * Adds vectors that stand one after the other, none of which may be known. Where they make a page
   * they are kept where they are: nobody else may write there any more.
   */
  append(vectorIds: readonly number[], values: Float32Array): void {
    for (let from = 0; from < vectorIds.length; ) {
      const start = this.#vectorIds.length
      const some = vectorIds.slice(from, from + PAGE_ROWS - (start % PAGE_ROWS))
      const rows = values.subarray(from * this.#dimension, (from + some.length) * this.#dimension)
      if (start % PAGE_ROWS === 0) this.#pages.push(rows)
      else {
        this.#reserve(start + some.length - 1)
        this.#pages.at(-1)?.set(rows, (start % PAGE_ROWS) * this.#dimension)
      }
      this.#rounded[Math.floor(start / BLOCK_ROWS)] = undefined
      for (const vectorId of some) this.#slots.set(vectorId, this.#vectorIds.push(vectorId) - 1)
      from += some.length
    }
  }

  remove(vectorId: number): void {
    const slot = this.#slots.get(vectorId)
    if (slot === undefined) return
    this.#slots.delete(vectorId)
    this.#vectorIds[slot] = FREE
    this.#free.push(slot)
    if (this.#slots.size === 0) this.#clear()
  }

  has(vectorId: number): boolean {
    return this.#slots.has(vectorId)
  }

  vectorIds(): number[] {
    return [...this.#slots.keys()]
  }

  /** A view that holds until the next change; null for an unknown vector id. */
  vector(vectorId: number): Float32Array | null {
    const slot = this.#slots.get(vectorId)
    return slot === undefined ? null : this.#row(slot)
  }

  *search(
    vector: Float32Array,
    limit: number,
    accept: (vectorId: number) => boolean,
  ): Generator<void, VectorMatch[], void> {
    if (limit <= 0) return []
    const best = new TopHits(limit)
    let mayRound = true
    const idAt = (slot: number) => {
      const vectorId = this.#vectorIds[slot] ?? FREE
      return vectorId !== FREE && accept(vectorId) ? vectorId : null
    }
    const counts = (slot: number) => idAt(slot) !== null
    const shortlist = this.#wantsShortlist() ? new Shortlist(vector, limit, counts) : null
    for (let start = 0; start < this.#vectorIds.length; start += BLOCK_ROWS) {
      const known = this.#rounded[start / BLOCK_ROWS]
      const rounded = known ?? (shortlist && mayRound ? this.#roundBlock(start) : null)
      // A search rounds one block at most, so that none is slow.
      if (known === undefined && rounded !== null) mayRound = false
      if (shortlist && rounded) shortlist.look(rounded, start, best)
      else this.#compareAll(start, vector, best, idAt)
      yield
    }
    if (shortlist) yield* this.#compareListed(shortlist, vector, best, idAt)
    return best.sorted().map(({ key, score }) => ({ vectorId: key, score }))
  }

  async close(): Promise<void> {
    this.#clear()
    this.#slots = new Map()
  }

  #clear(): void {
    this.#pages = []
    this.#vectorIds = []
    this.#free = []
    this.#rounded = []
  }

  /** Compares every row of a block. */
  #compareAll(
    start: number,
    vector: Float32Array,
    best: TopHits,
    idAt: (slot: number) => number | null,
  ): void {
    // Rows may have come while the search paused.
    const scores = new Float32Array(Math.min(BLOCK_ROWS, this.#vectorIds.length - start))
    for (let row = 0; row < scores.length; row += PAGE_ROWS) {
      const some = scores.subarray(row, row + PAGE_ROWS)
      dotProducts(vector, this.#page(start + row), some.length, some)
    }
    for (let row = 0; row < scores.length; row++) {
      const score = scores[row] ?? 0
      if (score < best.threshold) continue
      const vectorId = idAt(start + row)
      if (vectorId !== null) best.offer(vectorId, score)
    }
  }

  /** Compares what is on the list, as far as it can be among the best. */
  *#compareListed(
    shortlist: Shortlist,
    vector: Float32Array,
    best: TopHits,
    idAt: (slot: number) => number | null,
  ): Generator<void, void, void> {
    let compared = 0
    let slots = shortlist.takeLikely()
    while (slots.length > 0) {
      // What was removed while the search paused has left its slot, perhaps to another.
      const vectorIds = slots.map(idAt)
      const scores = dotProductsOf(
        vector,
        slots.map((slot) => this.#row(slot)),
      )
      for (const [at, vectorId] of vectorIds.entries()) {
        if (vectorId !== null) best.offer(vectorId, scores[at] ?? 0)
      }
      compared += slots.length
      yield
      slots = shortlist.takePossible(best, COMPARED_AT_ONCE)
    }
    if (compared > WORTH_A_LIST * this.#vectorIds.length) {
      this.#discouraged = this.#searches + DISCOURAGED_FOR
    }
  }

  /** Not while the index has hardly been asked, nor where there is no kernel for it. */
  #wantsShortlist(): boolean {
    this.#searches++
    return (
      this.#searches > Math.max(ROUNDED_AFTER, this.#discouraged) &&
      this.#vectorIds.length >= WORTH_ROUNDING &&
      canMultiplyRounded(this.#dimension)
    )
  }

  /** Null for a block that is not worth it. */
  #roundBlock(start: number): RoundedRows | null {
    const rows = Math.min(BLOCK_ROWS, this.#vectorIds.length - start)
    if (rows < WORTH_ROUNDING_BLOCK) return null
    const rounded = new RoundedRows(this.#dimension, BLOCK_ROWS)
    for (let row = 0; row < rows; row++) {
      rounded.set(row, this.#page(start + row), (row % PAGE_ROWS) * this.#dimension)
    }
    this.#rounded[start / BLOCK_ROWS] = rounded
    return rounded
  }

  #write(slot: number, vector: Float32Array): void {
    this.#row(slot).set(vector)
    this.#rounded[Math.floor(slot / BLOCK_ROWS)]?.set(slot % BLOCK_ROWS, vector)
  }

  /** Makes room in the page of a slot, up to that. Only the first page starts small. */
  #reserve(slot: number): void {
    const index = Math.floor(slot / PAGE_ROWS)
    const page = this.#pages[index]
    const wanted = (slot % PAGE_ROWS) + 1
    if (page !== undefined && wanted * this.#dimension <= page.length) return
    let room = index === 0 ? FIRST_ROWS : PAGE_ROWS
    while (room < wanted) room *= 2
    const larger = new Float32Array(room * this.#dimension)
    if (page !== undefined) larger.set(page)
    this.#pages[index] = larger
  }

  #page(slot: number): Float32Array {
    return this.#pages[Math.floor(slot / PAGE_ROWS)] ?? new Float32Array(0)
  }

  #row(slot: number): Float32Array {
    const start = (slot % PAGE_ROWS) * this.#dimension
    return this.#page(slot).subarray(start, start + this.#dimension)
  }
}
