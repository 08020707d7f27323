import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'

/** `PASSIVE` waits for nobody; `TRUNCATE` leaves an empty log, and is for databases that rest. */
export type CheckpointMode = 'PASSIVE' | 'TRUNCATE'

/** Copies the log of a database into it. */
export interface Checkpointer {
  /** Whether asking costs no more than the work itself. */
  readonly isReady: boolean
  /** Rejects when the disk refused, or when there can be no thread. */
  checkpoint(database: string, mode: CheckpointMode): Promise<void>
}

/**
 * Makes checkpoints in a thread that all stores of the process share: each syncs twice, and so takes
 * as long as the disk likes. The thread has a connection of its own for each, and none in between.
 *
 * It is never ended by force, for that may abort the process while the library is in a call.
 */
class CheckpointThread implements Checkpointer {
  #worker: Worker | null = null
  readonly #pending = new Map<number, (failure: string | null) => void>()
  #nextId = 0

  get isReady(): boolean {
    return this.#worker !== null
  }

  checkpoint(database: string, mode: CheckpointMode): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#worker ??= this.#start()
      const worker = this.#worker
      const id = this.#nextId++
      this.#pending.set(id, (failure) => {
        this.#pending.delete(id)
        if (this.#pending.size === 0) worker.unref()
        if (failure === null) resolve()
        else reject(new Error(failure))
      })
      worker.ref()
      worker.postMessage({ id, database, mode })
    })
  }

  #start(): Worker {
    const library = createRequire(import.meta.url).resolve('better-sqlite3')
    // Source in a string needs no loader where this runs as TypeScript; an empty execArgv keeps the
    // parent's loaders out.
    const worker = new Worker(SOURCE, { eval: true, workerData: library, execArgv: [] })
    worker.on('message', ({ id, failure }: { id: number; failure: string | null }) => {
      this.#pending.get(id)?.(failure)
    })
    worker.on('error', (error) => this.#fail(worker, String(error)))
    worker.on('exit', () => this.#fail(worker, 'the thread ended'))
    return worker
  }

  #fail(worker: Worker, failure: string): void {
    if (this.#worker === worker) this.#worker = null
    for (const settle of [...this.#pending.values()]) settle(failure)
  }
}

const SOURCE = `
const { parentPort, workerData } = require('node:worker_threads')
const Database = require(workerData)

function checkpoint(database, mode) {
  const connection = new Database(database, { fileMustExist: true })
  try {
    connection.pragma('wal_checkpoint(' + mode + ')')
  } finally {
    connection.close()
  }
}

parentPort.on('message', ({ id, database, mode }) => {
  let failure = null
  try {
    checkpoint(database, mode)
  } catch (error) {
    failure = String(error)
  }
  parentPort.postMessage({ id, failure })
})
`

export const checkpointThread: Checkpointer = new CheckpointThread()
