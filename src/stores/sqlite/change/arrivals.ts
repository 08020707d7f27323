import type {
  EnqueueOptions,
  EnqueueOutcome,
  NewDocument,
} from '../../../engine/ports/document-record.ts'
import { nextTurn } from '../../../engine/work/turns.ts'
import { inSlices, ONE_STEP, SLICE_MS, takeSlice } from '../../../vectors/slices.ts'
import type { Connection } from '../database/connection.ts'
import { enqueueDocuments } from '../tables/enqueue-documents.ts'
import type { Tables } from '../tables/tables.ts'

export interface ArrivalParts {
  readonly connection: Connection
  readonly tables: Pick<Tables, 'arriving' | 'queue'>
  /** Called when documents may have been replaced: that may change what filters see, and names of chunks. */
  readonly onReplaced: () => void
}

/** Takes documents in: few by one transaction, many by several, and nobody sees some of them. */
export class Arrivals {
  readonly #parts: ArrivalParts
  #underWay: Promise<unknown> | null = null

  constructor(parts: ArrivalParts) {
    this.#parts = parts
  }

  /**
   * All of them or none: what a failure or a crash has left is taken back. What a document has
   * replaced by then stays replaced, so that who asks once more has the same in the end.
   */
  async enqueue(
    documents: readonly NewDocument[],
    options: EnqueueOptions,
  ): Promise<EnqueueOutcome[]> {
    return this.#alone(async () => {
      if (this.#parts.tables.arriving.first !== null) await this.#undo()
      return this.#takeIn(documents, options)
    })
  }

  /** Lets what is under way end, and takes back what an interrupted call has left behind. */
  async settle(): Promise<void> {
    await this.#alone(async () => {
      if (this.#parts.tables.arriving.first !== null) await this.#undo()
    })
  }

  /** Begins within this turn when nothing else is under way. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    while (this.#underWay !== null) await this.#underWay
    const done = work()
    this.#underWay = done.then(
      () => undefined,
      () => undefined,
    )
    try {
      return await done
    } finally {
      this.#underWay = null
    }
  }

  async #takeIn(
    documents: readonly NewDocument[],
    options: EnqueueOptions,
  ): Promise<EnqueueOutcome[]> {
    const { connection, tables, onReplaced } = this.#parts
    const { arriving, queue } = tables
    const outcomes: EnqueueOutcome[] = []
    const steps = enqueueDocuments(connection, documents, options, outcomes)
    const slice = () => {
      try {
        return takeSlice(steps, SLICE_MS)
      } finally {
        onReplaced()
      }
    }
    try {
      let taken = connection.durably(() => {
        const first = queue.lastSeq() + 1
        const ended = slice()
        if (!ended) arriving.begin(first)
        return ended
      })
      if (taken) return outcomes
      arriving.noteEnd()
      while (!taken) {
        await nextTurn()
        await connection.roomInLog()
        taken = connection.relaxed(slice)
      }
      this.#endArriving()
      return outcomes
    } catch (error) {
      // What cannot be undone now, on a full disk, is undone before others are taken in.
      if (arriving.first !== null) await this.#undo().catch(() => undefined)
      throw error
    }
  }

  async #undo(): Promise<void> {
    const { connection, tables } = this.#parts
    const { first } = tables.arriving
    if (first !== null) {
      await inSlices(tables.queue.forgetFrom(first), {
        around: (slice) => connection.relaxed(slice),
        room: () => connection.roomInLog(),
        sliceMs: ONE_STEP,
      })
    }
    this.#endArriving()
  }

  #endArriving(): void {
    const { connection, tables } = this.#parts
    try {
      connection.durably(() => tables.arriving.end())
    } finally {
      tables.arriving.noteEnd()
    }
  }
}
