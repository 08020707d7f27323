import type { Change } from '../../../engine/ports/change.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import { nextTurn, yieldIfDue } from '../../../engine/work/turns.ts'
import {
  inSlices,
  ONE_STEP,
  SLICE_MS,
  type Slicing,
  type Steps,
  takeSlice,
} from '../../../vectors/slices.ts'
import type { Connection } from '../database/connection.ts'
import { giveBackPages } from '../database/free-pages.ts'
import type { Generation } from '../database/visibility.ts'
import type { WorkingGraph } from '../search/working-graph.ts'
import type { QueueTable } from '../tables/queue-table.ts'
import type { Tables } from '../tables/tables.ts'
import { mergeIndexes, optimizeIndexes, sweepDead, sweepTexts, undoStaged } from './removal.ts'
import { Staging } from './staging.ts'

/** A vector for the visible version of what stands under a key. */
export interface FilledVector {
  readonly key: Key
  readonly vector: Float32Array
}

/** How long work goes on that nobody waits for before somebody else has a turn, in milliseconds. */
const SWEEP_MS = 200

class Refused extends Error {}

/**
 * Changes what is visible. Rows are staged in short transactions and published by one; calls must
 * not overlap.
 */
export class Publisher {
  readonly #connection: Connection
  readonly #generation: Generation
  readonly #tables: Tables
  readonly #graph: WorkingGraph
  /** Whether staged rows of an interrupted change may be left in the tables. */
  #unclean = true
  #sweepDue = true
  #closing = false
  #pagesOff = false

  constructor(connection: Connection, generation: Generation, tables: Tables, graph: WorkingGraph) {
    this.#connection = connection
    this.#generation = generation
    this.#tables = tables
    this.#graph = graph
  }

  /** Takes back what an interrupted change has left behind. */
  async undoLeftovers(): Promise<void> {
    if (!this.#unclean) return
    await this.#inTransactions(undoStaged(this.#tables))
    this.#unclean = false
    this.#noteHidden()
  }

  /** Removes dead rows for a while. Returns whether some are left. */
  async sweep(): Promise<boolean> {
    if (!this.#sweepDue || this.#closing) return false
    const ended = await this.#forAWhile(this.#upkeep())
    this.#sweepDue = !ended
    this.#noteHidden()
    return !ended && !this.#closing
  }

  /**
   * For a workspace at rest: makes its searches faster and its file shorter, for a while. Returns
   * whether more is to do.
   */
  async optimize(): Promise<boolean> {
    if (this.#sweepDue || this.#closing) return false
    return !(await this.#forAWhile(this.#atRest())) && !this.#closing
  }

  /** Whether pages were given back since this was last asked. */
  tookPagesOff(): boolean {
    const pagesOff = this.#pagesOff
    this.#pagesOff = false
    return pagesOff
  }

  async #forAWhile(steps: Steps): Promise<boolean> {
    await yieldIfDue()
    const end = performance.now() + SWEEP_MS
    const wanted = () => !this.#closing && performance.now() < end
    return this.#inTransactions(steps, { wanted })
  }

  /** False, with nothing changed, when the document to publish is no longer being processed. */
  async apply(change: Change): Promise<boolean> {
    await this.undoLeftovers()
    await yieldIfDue()
    if (!this.#isCurrent(change.publishes)) return false
    const staging = new Staging(this.#tables)
    const published = await this.#publish(staging, staging.write(change), () => {
      if (!this.#isCurrent(change.publishes)) throw new Refused()
      this.#publishDocuments(change)
    })
    if (!published) return false
    await this.#graph.publish(staging.graph)
    return true
  }

  /**
   * Ends everything at once, then forgets the documents that were there, some at a time; the rows are
   * left to {@link sweep}. After a crash in the middle the promise still stands, and is kept anew.
   */
  async clear(): Promise<void> {
    await this.undoLeftovers()
    const { queue, overrides, deletions } = this.#tables
    const last = queue.lastSeq()
    const staging = new Staging(this.#tables)
    await this.#publish(staging, staging.endEverything(), () => {
      overrides.forgetAll()
      deletions.beginClearing()
    })
    this.#graph.clear()
    await this.#inTransactions(queue.forgetUntil(last), { sliceMs: ONE_STEP })
    this.#connection.durably(() => deletions.endClearing())
  }

  /** Fills in embeddings that were pending. Keys that are gone by now are passed over. */
  async setVectors(
    entities: readonly FilledVector[],
    relations: readonly FilledVector[],
  ): Promise<void> {
    await this.undoLeftovers()
    await this.#inTransactions(this.#fillIn(entities, relations))
    this.#connection.durably(() => this.#advance(0, 0, 0))
    this.#generation.current += 1
  }

  /** Changes what a caller says of a document; that may change what queries see. */
  async setAnnotations(
    documentId: string,
    annotations: Parameters<QueueTable['setAnnotations']>[1],
  ): Promise<void> {
    await this.changeAnnotations([documentId], () => annotations)
  }

  /**
   * Changes what callers say of several documents, in one transaction.
   *
   * @param change null leaves a document as it is
   * @returns ids of those that were changed
   */
  async changeAnnotations(
    documentIds: readonly string[],
    change: (documentId: string) => Parameters<QueueTable['setAnnotations']>[1] | null,
  ): Promise<string[]> {
    await this.undoLeftovers()
    const changed = this.#connection.durably(() => {
      const found = documentIds.filter((id) => {
        const annotations = change(id)
        return annotations !== null && this.#tables.queue.setAnnotations(id, annotations)
      })
      if (found.length > 0) this.#advance(0, 0, 0)
      return found
    })
    if (changed.length > 0) this.#generation.current += 1
    return changed
  }

  /** Lets a running change end, but no sweep. */
  stop(): void {
    this.#closing = true
  }

  /**
   * Stages in slices, then publishes. A small change does both in a single transaction.
   *
   * @returns false when `commit` refused
   */
  async #publish(staging: Staging, steps: Steps, commit: () => void): Promise<boolean> {
    const publish = () => {
      commit()
      this.#advance(staging.chunks.growth, staging.entities.growth, staging.relations.growth)
    }
    const { entityNames, relationPairs } = this.#tables
    this.#unclean = true
    this.#noteHidden()
    entityNames.startChange()
    relationPairs.startChange()
    try {
      let staged = this.#connection.durably(() => {
        const ended = takeSlice(steps, SLICE_MS)
        if (ended) publish()
        return ended
      })
      if (!staged) {
        while (!staged) {
          await nextTurn()
          await this.#connection.roomInLog()
          staged = this.#connection.relaxed(() => takeSlice(steps, SLICE_MS))
        }
        this.#connection.durably(publish)
      }
    } catch (error) {
      await this.#undo(staging)
      if (error instanceof Refused) return false
      throw error
    } finally {
      entityNames.endChange()
      relationPairs.endChange()
    }
    this.#unclean = false
    this.#sweepDue = true
    this.#noteHidden()
    this.#generation.current += 1
    this.#tables.chunkVectors.publish(staging.chunks.superseded)
    this.#tables.entityVectors.publish(staging.entities.superseded)
    this.#tables.relationVectors.publish(staging.relations.superseded)
    return true
  }

  /** Takes all steps, in transactions that outlive this process but no power cut. */
  #inTransactions(steps: Steps, how: Pick<Slicing, 'wanted' | 'sliceMs'> = {}): Promise<boolean> {
    const connection = this.#connection
    const around = (slice: () => boolean) => connection.relaxed(slice)
    return inSlices(steps, { around, room: () => connection.roomInLog(), ...how })
  }

  /** What cannot be undone now, on a full disk, is undone before the next change. */
  async #undo(staging: Staging): Promise<void> {
    await inSlices(this.#tables.chunkVectors.unstage(staging.chunks.added))
    await inSlices(this.#tables.entityVectors.unstage(staging.entities.added))
    await inSlices(this.#tables.relationVectors.unstage(staging.relations.added))
    await this.undoLeftovers().catch(() => undefined)
  }

  /** Call this whenever rows may have become hidden, or have all been removed. */
  #noteHidden(): void {
    this.#generation.isWhole = !this.#unclean && !this.#sweepDue
  }

  *#upkeep(): Steps {
    yield* sweepDead(this.#tables)
    yield* sweepTexts(this.#tables)
    yield* mergeIndexes(this.#tables)
  }

  *#atRest(): Steps {
    yield* optimizeIndexes(this.#tables)
    for (const _ of giveBackPages(this.#connection)) {
      this.#pagesOff = true
      yield
    }
  }

  #isCurrent(publishes: Change['publishes']): boolean {
    if (publishes === null) return true
    const row = this.#tables.documents.row(publishes.documentId)
    if (row === null || row.status !== 'processing') return false
    return row.revision === publishes.revision && row.life === publishes.owner
  }

  #publishDocuments(change: Change): void {
    for (const { documentId, forget } of change.removes) {
      if (forget) this.#tables.queue.forget(documentId)
      else this.#tables.queue.setChunksCount(documentId, 0)
    }
    if (change.publishes !== null) this.#tables.queue.finish(change.publishes)
    this.#tables.overrides.write(change.edit)
  }

  #advance(chunks: number, entities: number, relations: number): void {
    this.#connection.run(
      `UPDATE workspace SET generation = generation + 1, chunks = chunks + ?,
         entities = entities + ?, relations = relations + ?`,
      chunks,
      entities,
      relations,
    )
  }

  *#fillIn(entities: readonly FilledVector[], relations: readonly FilledVector[]): Steps {
    for (const [rows, vectors, filled] of [
      [this.#tables.entities, this.#tables.entityVectors, entities],
      [this.#tables.relations, this.#tables.relationVectors, relations],
    ] as const) {
      for (const { key, vector } of filled) {
        const vectorId = rows.visibleVectorId(key)
        if (vectorId === null) continue
        vectors.put(vectorId, vector)
        rows.settle(vectorId)
        yield
      }
    }
  }
}
