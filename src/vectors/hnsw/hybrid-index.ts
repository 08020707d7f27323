import { FlatIndex } from '../flat/flat-index.ts'
import type { VectorIndexSettings } from '../index-settings.ts'
import { dotProductsOf } from '../kernel/dot-products.ts'
import { TopHits } from '../kernel/top-hits.ts'
import { dot } from '../kernel/vector-values.ts'
import { inBackground, type Steps } from '../slices.ts'
import type { VectorIndex, VectorMatch } from '../vector-index.ts'
import type { HnswFile } from './hnsw-file.ts'
import { EF, HnswGraph } from './hnsw-graph.ts'
import type { IndexMark } from './hnsw-head.ts'
import type { HnswLibrary } from './hnsw-library.ts'
import { isSampleOf } from './sample-check.ts'

export interface HybridParts extends Pick<VectorIndexSettings, 'crossOver' | 'loadLibrary'> {
  readonly dimension: number
  readonly file: HnswFile | null
  readonly mark: () => IndexMark
  /** The vector as the table has it; null when it has none. */
  readonly stored: (vectorId: number) => Float32Array | null
  /** Whether a vector id is there to stay for now: neither waiting to be published, nor dead. */
  readonly isSettled: (vectorId: number) => boolean
}

/** Such a share of dead vectors makes the graph slow and forgetful: it is built anew. */
const DEAD_MOST = 0.15
/** Below this share of the cross-over a graph that is to be built anew is given up instead. */
const GIVE_UP_SHARE = 0.5
/** Room in a new graph, as a multiple of what it is made of. */
const ROOM = 1.25
/** A search asks the graph for more when too few are admitted, but not for more than this. */
const MOST_CANDIDATES = 1024
const MORE = 4
/** Room in the first of these questions, for what is not admitted. */
const SPARE = 1.25
/** Growth since the last save, as a share of what was saved, that is saved at once. */
const SAVE_AT_ONCE = 0.25
/** The same when nothing has changed for a while, or at closing; less is replayed from the table. */
const SAVE_AT_REST = 0.05
const REPLAYED_AT_LEAST = 256
const LOOKS_PER_STEP = 256
const REST_MS = 5000

/**
 * Vectors in two layers: a flat index takes what comes, and holds everything while that is little;
 * from the cross-over on a native graph is built of what has settled, in the background.
 *
 * Searches are exact until a graph is complete, and where the native library is missing.
 */
export class HybridIndex implements VectorIndex {
  readonly #parts: HybridParts
  readonly #recent: FlatIndex
  #graph: HnswGraph | null = null
  /** What will take the place of the graph. */
  #next: HnswGraph | null = null
  #library: Promise<HnswLibrary | null> | null = null
  #work: Promise<void> | null = null
  #isDue = false
  #isClosed = false
  #rest: NodeJS.Timeout | undefined
  #hasRested = false
  /** Slots of the graph that the file has. */
  #saved = 0
  /** How often a vector id of the graph was given another vector. */
  #replacements = 0

  constructor(parts: HybridParts) {
    this.#parts = parts
    this.#recent = new FlatIndex(parts.dimension)
  }

  get size(): number {
    return this.#recent.size + (this.#graph?.size ?? 0)
  }

  get bytes(): number {
    return this.#recent.bytes + (this.#graph?.bytes ?? 0) + (this.#next?.bytes ?? 0)
  }

  /**
   * Takes over the graph that a file has, if it has these very vectors: some of those that are
   * visible, and perhaps others. Returns whether it did.
   */
  async restore(): Promise<boolean> {
    const { file, mark, stored } = this.#parts
    const graph = (await file?.load(() => this.#loadLibrary(), mark())) ?? null
    if (graph === null) return false
    if (!(await isSampleOf(graph, stored))) {
      graph.close()
      return false
    }
    this.#graph = graph
    this.#saved = graph.slots
    return true
  }

  has(vectorId: number): boolean {
    return this.#recent.has(vectorId) || (this.#graph?.has(vectorId) ?? false)
  }

  /** Takes the vector ids that are not among these out of what was restored. */
  *retain(vectorIds: ReadonlySet<number>): Steps {
    for (const [place, vectorId] of [...(this.#graph?.vectorIds() ?? [])].entries()) {
      if (place % LOOKS_PER_STEP === 0) yield
      if (!vectorIds.has(vectorId)) this.#graph?.remove(vectorId)
    }
  }

  /** Adds vectors that stand one after the other, none of which may be known. */
  append(vectorIds: readonly number[], values: Float32Array): void {
    this.#recent.append(vectorIds, values)
  }

  add(vectorId: number, vector: Float32Array): void {
    if (this.#graph?.has(vectorId)) {
      this.#graph.remove(vectorId)
      this.#replacements++
      this.#parts.file?.discard()
    }
    this.#next?.remove(vectorId)
    this.#recent.add(vectorId, vector)
  }

  remove(vectorId: number): void {
    this.#recent.remove(vectorId)
    this.#next?.remove(vectorId)
    this.#graph?.remove(vectorId)
    if (this.#graph !== null && this.#graph.deadShare >= DEAD_MOST) this.maintain()
  }

  *search(
    vector: Float32Array,
    limit: number,
    accept: (vectorId: number) => boolean,
  ): Generator<void, VectorMatch[], void> {
    if (limit <= 0) return []
    const before = this.#graph
    const recent = yield* this.#recent.search(vector, limit, accept)
    // The graph comes second: what moves into it meanwhile is found here or there, or in both.
    const graph = this.#graph ?? before
    if (graph === null) return recent
    const best = new TopHits(limit)
    const known = new Set<number>()
    for (const { vectorId, score } of recent) {
      known.add(vectorId)
      best.offer(vectorId, score)
    }
    // What was removed while the search paused may be in the graph still.
    const admits = (vectorId: number) => this.has(vectorId) && accept(vectorId)
    for (const { vectorId, score } of yield* this.#inGraph(graph, vector, limit, admits)) {
      if (!known.has(vectorId)) best.offer(vectorId, score)
    }
    return best.sorted().map(({ key, score }) => ({ vectorId: key, score }))
  }

  /** One for each vector id; NaN for an unknown one. */
  similarities(vectorIds: readonly number[], vector: Float32Array): Float32Array {
    const rows = vectorIds.map((vectorId) => this.#vector(vectorId))
    const scores = dotProductsOf(
      vector,
      rows.filter((row) => row !== null),
    )
    let at = 0
    return Float32Array.from(rows, (row) => (row === null ? Number.NaN : (scores[at++] ?? 0)))
  }

  #vector(vectorId: number): Float32Array | null {
    return (
      this.#recent.vector(vectorId) ?? (this.has(vectorId) ? this.#parts.stored(vectorId) : null)
    )
  }

  /** Sees to the graph and its file in the background, if there is something to do. */
  maintain(): void {
    if (this.#isClosed) return
    this.#isDue = true
    this.#work ??= this.#upkeep()
  }

  /** Resolves when nothing is left to do in the background. */
  async atRest(): Promise<void> {
    while (this.#work !== null) await this.#work
  }

  /** Ends the work in the background, and saves what is worth it. Never throws. */
  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#rest)
    await this.atRest()
    if (this.#isWorthSaving(SAVE_AT_REST)) await this.#save()
    this.#graph?.close()
    await this.#recent.close()
  }

  /** The best of those in the graph; the more is refused, the more it is asked for. */
  *#inGraph(
    graph: HnswGraph,
    vector: Float32Array,
    limit: number,
    admits: (vectorId: number) => boolean,
  ): Generator<void, VectorMatch[], void> {
    let count = Math.max(EF, Math.ceil(SPARE * limit))
    for (; count <= MOST_CANDIDATES; count *= MORE) {
      const found: VectorMatch[] = []
      for (const match of graph.nearest(vector, count)) {
        if (admits(match.vectorId)) found.push(match)
        if (found.length === limit) return found
      }
      if (found.length === graph.size) return found
      yield
    }
    return yield* this.#scan(graph, vector, limit, admits)
  }

  /** The exact answer, for filters that admit little: it reads only what they admit. */
  *#scan(
    graph: HnswGraph,
    vector: Float32Array,
    limit: number,
    admits: (vectorId: number) => boolean,
  ): Generator<void, VectorMatch[], void> {
    const best = new TopHits(limit)
    for (const vectorId of graph.vectorIds()) {
      const stored = admits(vectorId) ? this.#parts.stored(vectorId) : null
      if (stored !== null) best.offer(vectorId, dot(vector, stored))
      yield
    }
    return best.sorted().map(({ key, score }) => ({ vectorId: key, score }))
  }

  /** Never rejects: what fails is tried again after the next change, and searches do without. */
  async #upkeep(): Promise<void> {
    clearTimeout(this.#rest)
    while (this.#isDue && !this.#isClosed) {
      this.#isDue = false
      await this.#maintainOnce().catch(() => this.#abandon())
    }
    this.#work = null
    if (this.#isClosed || !this.#isWorthSaving(SAVE_AT_REST)) return
    this.#rest = setTimeout(() => {
      this.#hasRested = true
      this.maintain()
    }, REST_MS).unref()
  }

  async #maintainOnce(): Promise<void> {
    if (this.#graph === null) {
      if (this.#recent.size > this.#parts.crossOver)
        await this.#build(() => this.#recent.vectorIds())
    } else if (this.#graph.deadShare >= DEAD_MOST) {
      await this.#renew(this.#graph)
    } else {
      await this.#inBackground(this.#settle(this.#graph))
    }
    const hasRested = this.#hasRested
    this.#hasRested = false
    if (this.#isClosed) return
    if (this.#isWorthSaving(hasRested ? SAVE_AT_REST : SAVE_AT_ONCE)) await this.#save()
  }

  async #build(idsNow: () => readonly number[]): Promise<void> {
    const library = await this.#loadLibrary()
    if (library === null) return
    const vectorIds = idsNow()
    const graph = HnswGraph.create(
      library,
      this.#parts.dimension,
      Math.ceil(ROOM * (vectorIds.length + this.#recent.size)),
    )
    this.#next = graph
    if (!(await this.#inBackground(this.#fill(graph, vectorIds)))) return this.#interrupt(graph)
    this.#graph?.close()
    this.#graph = graph
    this.#next = null
    this.#saved = 0
    await this.#inBackground(this.#forgetCovered(graph))
    this.maintain()
  }

  /** Makes a graph without the dead, or none if few are alive. */
  async #renew(graph: HnswGraph): Promise<void> {
    if (this.size > GIVE_UP_SHARE * this.#parts.crossOver)
      return this.#build(() => [...graph.vectorIds()])
    if (!(await this.#inBackground(this.#takeBack(graph)))) return
    this.#graph = null
    this.#saved = 0
    graph.close()
    this.#parts.file?.discard()
  }

  *#fill(graph: HnswGraph, vectorIds: readonly number[]): Steps {
    for (const vectorId of vectorIds) {
      if (!this.has(vectorId) || !this.#parts.isSettled(vectorId)) continue
      const vector = this.#recent.vector(vectorId) ?? this.#parts.stored(vectorId)
      if (vector !== null) graph.add(vectorId, vector)
      yield
    }
  }

  /** Moves what has settled from the flat layer to the graph. */
  *#settle(graph: HnswGraph): Steps {
    for (const vectorId of this.#recent.vectorIds()) {
      const vector = this.#parts.isSettled(vectorId) ? this.#recent.vector(vectorId) : null
      if (vector !== null) {
        graph.add(vectorId, vector)
        this.#recent.remove(vectorId)
      }
      yield
    }
  }

  *#forgetCovered(graph: HnswGraph): Steps {
    for (const vectorId of this.#recent.vectorIds()) {
      if (graph.has(vectorId)) this.#recent.remove(vectorId)
      yield
    }
  }

  *#takeBack(graph: HnswGraph): Steps {
    for (const vectorId of graph.vectorIds()) {
      const vector = this.#recent.has(vectorId) ? null : this.#parts.stored(vectorId)
      if (vector !== null) this.#recent.add(vectorId, vector)
      yield
    }
  }

  /** Keeps what was built when the index closes: the next opening goes on from there. */
  #interrupt(graph: HnswGraph): void {
    if (this.#graph === null && graph.slots > REPLAYED_AT_LEAST) {
      this.#graph = graph
      this.#next = null
    } else {
      this.#abandon()
    }
  }

  #abandon(): void {
    this.#next?.close()
    this.#next = null
  }

  #isWorthSaving(share: number): boolean {
    if (this.#graph === null || this.#parts.file === null) return false
    const unsaved = this.#graph.slots - this.#saved
    return unsaved > share * this.#saved && unsaved > Math.min(REPLAYED_AT_LEAST, this.#saved)
  }

  async #save(): Promise<void> {
    const { file, mark } = this.#parts
    if (file === null || this.#graph === null) return
    const replacements = this.#replacements
    this.#saved = this.#graph.slots
    // A cache that cannot be written now is written after as much growth again.
    await file.save(this.#graph, mark()).catch(() => undefined)
    if (this.#replacements !== replacements) file.discard()
  }

  #loadLibrary(): Promise<HnswLibrary | null> {
    this.#library ??= this.#parts.loadLibrary()
    return this.#library
  }

  #inBackground(steps: Steps): Promise<boolean> {
    return inBackground(steps, () => !this.#isClosed)
  }
}
