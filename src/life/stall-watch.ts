import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { startThread } from '../threads/start-thread.ts'
import { BEATS, PLACES, type StallThreadData, WORKING } from './stall-state.ts'

/** How often the thread looks, in milliseconds; so often the event loop says that it turns. */
const TICK_MS = 100
/** Looks in a row at a loop that has not turned, after which it stands still. */
const STILL_TICKS = 20
/** What the end of the thread is waited for. */
const LONGEST_END_MS = 10_000

/**
 * A thread that sees when the event loop does not turn for two seconds while something is in work, and
 * leaves word of what that was; it takes it back when the loop turns again. It counts its own turns and
 * not the time, so that a machine that is busy, or asleep, is not taken for a loop that stands still.
 *
 * The thread sleeps while nothing is in work, and is started with the first work.
 */
export class StallWatch {
  readonly #file: string
  readonly #onError: (error: unknown) => void
  readonly #state = new Int32Array(new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT))
  #worker: Worker | null = null
  #beating: NodeJS.Timeout | undefined

  /** @param file written while the loop stands still */
  constructor(file: string, onError: (error: unknown) => void) {
    this.#file = file
    this.#onError = onError
  }

  /** Says all that is in work from now on. */
  tell(work: readonly string[]): void {
    this.#worker ??= this.#start()
    this.#worker?.postMessage(work)
    Atomics.add(this.#state, BEATS, 1)
    Atomics.store(this.#state, WORKING, work.length)
    Atomics.notify(this.#state, WORKING)
    if (work.length === 0) {
      clearInterval(this.#beating)
      this.#beating = undefined
    } else {
      this.#beating ??= setInterval(() => Atomics.add(this.#state, BEATS, 1), TICK_MS).unref()
    }
  }

  async close(): Promise<void> {
    const worker = this.#worker
    if (worker === null) return
    this.tell([])
    this.#worker = null
    // One that is ended in the middle of its start may never tell its end; nobody waits for it.
    await Promise.race([worker.terminate(), sleep(LONGEST_END_MS, undefined, { ref: false })])
    worker.unref()
  }

  /** Without the thread nothing is held against anybody. */
  #start(): Worker | null {
    try {
      const data: StallThreadData = {
        state: this.#state,
        file: this.#file,
        tickMs: TICK_MS,
        ticks: STILL_TICKS,
      }
      const worker = startThread(new URL('./stall-thread.ts', import.meta.url), {
        workerData: data,
        resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
      })
      worker.on('error', this.#onError)
      worker.unref()
      return worker
    } catch (error) {
      this.#onError(error)
      return null
    }
  }
}
