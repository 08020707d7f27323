import { Worker } from 'node:worker_threads'

/** How often the thread looks, in milliseconds; so often the event loop says that it turns. */
const TICK_MS = 100
/** Looks in a row at a loop that has not turned, after which it stands still. */
const STILL_TICKS = 20

/** Places in the shared memory. */
const BEATS = 0
const WORKING = 1
const SLEEP = 2

/**
 * A thread that sees when the event loop does not turn for two seconds while something is in work, and
 * leaves word of what that was; it takes it back when the loop turns again. It counts its own turns and
 * not the time, so that a machine that is busy, or asleep, is not taken for a loop that stands still.
 *
 * The thread sleeps while nothing is in work, and is started with the first work.
 */
export class StallThread {
  readonly #file: string
  readonly #onError: (error: unknown) => void
  readonly #state = new Int32Array(new SharedArrayBuffer(12))
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
    this.tell([])
    await this.#worker?.terminate()
    this.#worker = null
  }

  /** Without the thread nothing is held against anybody. */
  #start(): Worker | null {
    try {
      // Source in a string needs no loader where this runs as TypeScript; an empty execArgv keeps the
      // parent's loaders out.
      const worker = new Worker(SOURCE, {
        eval: true,
        execArgv: [],
        workerData: { state: this.#state, file: this.#file, tickMs: TICK_MS, ticks: STILL_TICKS },
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

const SOURCE = `
const { parentPort, receiveMessageOnPort, workerData } = require('node:worker_threads')
const { rmSync, writeFileSync } = require('node:fs')
const { state, file, tickMs, ticks } = workerData
let work = []
let seen = -1
let still = 0
let said = false

function takeBack() {
  if (said) rmSync(file, { force: true })
  said = false
}

for (;;) {
  for (let next = receiveMessageOnPort(parentPort); next; next = receiveMessageOnPort(parentPort)) {
    work = next.message
  }
  const beats = Atomics.load(state, ${BEATS})
  if (Atomics.load(state, ${WORKING}) === 0) {
    takeBack()
    still = 0
    Atomics.wait(state, ${WORKING}, 0)
    continue
  }
  if (beats !== seen) {
    seen = beats
    still = 0
    takeBack()
  } else if (++still >= ticks && !said) {
    said = true
    try {
      writeFileSync(file, JSON.stringify({ work }), { mode: 0o600 })
    } catch {}
  }
  Atomics.wait(state, ${SLEEP}, 0, tickMs)
}
`
