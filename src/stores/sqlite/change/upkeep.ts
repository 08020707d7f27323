import type { Mutex } from '../../../engine/work/mutex.ts'
import type { Connection } from '../database/connection.ts'
import type { Arrivals } from './arrivals.ts'
import type { Publisher } from './publisher.ts'

const TIDY_AFTER_MS = 500
/** A workspace is at rest when nothing has changed for so long. */
const REST_MS = 1500

export interface UpkeepParts {
  readonly connection: Connection
  readonly publisher: Publisher
  readonly arrivals: Arrivals
  /** Changes, of which there is one at a time. */
  readonly turns: Mutex
}

/** What is done behind the changes that somebody waits for: removes what is dead, unites indexes. */
export class Upkeep {
  readonly #parts: UpkeepParts
  readonly #tidying: NodeJS.Timeout
  #resting: NodeJS.Timeout | undefined
  #ended = false

  constructor(parts: UpkeepParts) {
    this.#parts = parts
    // What a crash has left behind is invisible, so even the first question goes before its removal.
    this.#tidying = setTimeout(() => {
      void this.#inBackground(() => this.#undoLeftovers())
      void this.sweepOn()
    }, TIDY_AFTER_MS).unref()
  }

  /** Sweeps for one turn, and goes on when others have had theirs. */
  async sweepOn(): Promise<void> {
    const left = await this.#inBackground(() => this.#parts.publisher.sweep())
    if (left === true) void this.sweepOn()
    else this.#rest()
  }

  /** Lets what is under way end, and leaves nothing half done. */
  async end(): Promise<void> {
    this.#ended = true
    clearTimeout(this.#tidying)
    clearTimeout(this.#resting)
    this.#parts.publisher.stop()
    await this.#inBackground(() => this.#undoLeftovers())
  }

  async #undoLeftovers(): Promise<void> {
    await this.#parts.publisher.undoLeftovers()
    await this.#parts.arrivals.settle()
  }

  #rest(): void {
    clearTimeout(this.#resting)
    if (this.#ended) return
    this.#resting = setTimeout(() => void this.#goOnOptimizing(), REST_MS).unref()
  }

  async #goOnOptimizing(): Promise<void> {
    const { connection, publisher } = this.#parts
    const left = await this.#inBackground(() => publisher.optimize())
    if (left === true) void this.#goOnOptimizing()
    // Only a checkpoint makes the file shorter.
    else if (publisher.tookPagesOff()) await connection.checkpoint().catch(() => null)
  }

  /** Work that is done again before or after the next change if it fails now. */
  #inBackground<T>(work: () => Promise<T>): Promise<T | undefined> {
    return this.#parts.turns.run(work).catch(() => undefined)
  }
}
