import type { HierarchicalNSW } from 'hnswlib-node'
import { dot } from '../kernel/vector-values.ts'
import { inSlices } from '../slices.ts'
import type { VectorMatch } from '../vector-index.ts'
import type { HnswLibrary } from './hnsw-library.ts'

/** Links of a vector, and how thoroughly they are chosen. */
export const LINKS = 16
const EF_CONSTRUCTION = 200
/** How many candidates a search keeps at least; the library's own 10 finds too little. */
export const EF = 256
const SEED = 100
const GROWTH = 1.5
/** In place of the vector id of a vector that was removed. */
const FREE = -1
/** Of one entry of the two vector id tables, by measurement. */
const ID_BYTES = 48
/** Of one vector besides its values and links: vector id, lock, level, upper links. */
const NATIVE_BYTES = 100

/**
 * Graphs that a thread of the library is reading or writing. One that was collected meanwhile would
 * crash the process.
 */
const busy = new Set<HierarchicalNSW>()

/**
 * A native graph of vectors, approximate and fast. Vectors get slots of their own in it, numbered in
 * the order of their coming and never used again, whatever their vector ids are.
 *
 * What the library answers to misuse with silence or with the end of the process is refused here.
 */
export class HnswGraph {
  readonly #dimension: number
  #native: HierarchicalNSW | null
  /** By slot. */
  #vectorIds: number[] = []
  #slots = new Map<number, number>()
  #capacity: number
  #isSaving = false
  /** Slots that died while the library was writing. */
  readonly #dying: number[] = []

  private constructor(native: HierarchicalNSW, dimension: number, capacity: number) {
    native.setEf(EF)
    this.#native = native
    this.#dimension = dimension
    this.#capacity = capacity
  }

  static create(library: HnswLibrary, dimension: number, capacity: number): HnswGraph {
    const native = new library.HierarchicalNSW('cosine', dimension)
    native.initIndex({
      maxElements: Math.max(1, capacity),
      m: LINKS,
      efConstruction: EF_CONSTRUCTION,
      randomSeed: SEED,
    })
    return new HnswGraph(native, dimension, Math.max(1, capacity))
  }

  /**
   * Reads a file that is known to be whole, and of this dimension: the library does not check it.
   *
   * @param vectorIds by slot
   */
  static async read(
    library: HnswLibrary,
    dimension: number,
    file: string,
    vectorIds: readonly number[],
  ): Promise<HnswGraph> {
    const native = new library.HierarchicalNSW('cosine', dimension)
    busy.add(native)
    try {
      await native.readIndex(file)
    } finally {
      busy.delete(native)
    }
    if (native.getCurrentCount() !== vectorIds.length)
      throw new Error('the graph has other vectors')
    const graph = new HnswGraph(native, dimension, native.getMaxElements())
    await graph.#name(vectorIds)
    return graph
  }

  get size(): number {
    return this.#slots.size
  }

  /** How many vectors were ever added, the dead included. */
  get slots(): number {
    return this.#vectorIds.length
  }

  get deadShare(): number {
    return this.slots === 0 ? 0 : (this.slots - this.size) / this.slots
  }

  get bytes(): number {
    if (this.#native === null) return 0
    const native = 4 * this.#dimension + 8 * LINKS + NATIVE_BYTES
    return this.slots * (native + ID_BYTES)
  }

  has(vectorId: number): boolean {
    return this.#slots.has(vectorId)
  }

  vectorIds(): Iterable<number> {
    return this.#slots.keys()
  }

  /** Takes far longer than anything else here: about a millisecond. */
  add(vectorId: number, vector: Float32Array): void {
    const native = this.#idle()
    if (vector.length !== this.#dimension || !Number.isFinite(dot(vector, vector))) {
      throw new Error('a vector is unfit for the graph')
    }
    const slot = this.#vectorIds.length
    if (slot === this.#capacity) {
      const capacity = Math.ceil(this.#capacity * GROWTH) + 1
      native.resizeIndex(capacity)
      this.#capacity = capacity
    }
    native.addPoint(Array.from(vector), slot)
    this.remove(vectorId)
    this.#vectorIds.push(vectorId)
    this.#slots.set(vectorId, slot)
  }

  /** A vector id that is not here is no error. */
  remove(vectorId: number): void {
    const slot = this.#slots.get(vectorId)
    if (slot === undefined) return
    this.#slots.delete(vectorId)
    this.#vectorIds[slot] = FREE
    if (this.#isSaving) this.#dying.push(slot)
    else this.#native?.markDelete(slot)
  }

  /** About the closest `count`, closest first; few or none when more cannot be reached. */
  nearest(vector: Float32Array, count: number): VectorMatch[] {
    const most = Math.min(count, this.slots)
    if (this.#native === null || most === 0) return []
    const { neighbors, distances } = this.#native.searchKnn(Array.from(vector), most)
    const found: VectorMatch[] = []
    for (const [index, slot] of neighbors.entries()) {
      const vectorId = this.#vectorIds[slot] ?? FREE
      if (vectorId !== FREE) found.push({ vectorId, score: 1 - (distances[index] ?? Number.NaN) })
    }
    return found
  }

  /** As it was added, but of length one; null for an unknown vector id. */
  vector(vectorId: number): Float32Array | null {
    const slot = this.#slots.get(vectorId)
    if (slot === undefined || this.#native === null) return null
    return Float32Array.from(this.#native.getPoint(slot))
  }

  /**
   * Writes a file; nothing may be added meanwhile. The library says nothing of a disk that is full.
   *
   * @returns the vector ids by slot, negative for the dead
   */
  async write(file: string): Promise<number[]> {
    const native = this.#idle()
    this.#isSaving = true
    busy.add(native)
    try {
      await native.writeIndex(file)
    } finally {
      busy.delete(native)
      this.#isSaving = false
      for (const slot of this.#dying.splice(0)) native.markDelete(slot)
    }
    return this.#vectorIds.slice()
  }

  /** Frees the native memory at once. The vector ids stay, for a search that is under way. */
  close(): void {
    const native = this.#native
    if (native === null) return
    this.#idle()
    this.#native = null
    native.initIndex({ maxElements: 1 })
  }

  async #name(vectorIds: readonly number[]): Promise<void> {
    const name = function* (this: HnswGraph) {
      for (const [slot, vectorId] of vectorIds.entries()) {
        this.#vectorIds.push(vectorId)
        if (vectorId === FREE) this.#kill(slot)
        else this.#slots.set(vectorId, slot)
        if (slot % 1000 === 0) yield
      }
    }
    await inSlices(name.call(this))
  }

  /** Also those that were not marked yet when the file was written. */
  #kill(slot: number): void {
    try {
      this.#native?.markDelete(slot)
    } catch {
      // It was marked: the library refuses to do it twice.
    }
  }

  #idle(): HierarchicalNSW {
    if (this.#native === null) throw new Error('the graph is closed')
    if (this.#isSaving) throw new Error('the graph is being written')
    return this.#native
  }
}
