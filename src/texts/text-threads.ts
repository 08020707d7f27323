import { EngineError } from '../engine/ports/engine-error.ts'
import type { CallOptions } from '../engine/ports/models.ts'
import { FairScheduler } from '../models/schedule/scheduler.ts'
import { LoneProcess } from '../threads/lone-process.ts'
import { startThread } from '../threads/start-thread.ts'
import { NoThread, type ThreadLimit, ThreadOver } from '../threads/thread-job.ts'
import { ThreadPool } from '../threads/thread-pool.ts'
import type { TextJob, TextResult, TextResults } from './text-jobs.ts'

const MB = 1024 * 1024

/** What a job may take of the processor: any, and each million UTF-16 units more; in milliseconds. */
const CPU_MS = 5_000
const CPU_MS_A_MILLION = 5_000
const MAX_BYTES = 512 * MB
/** The heap's own limit is far beyond what the pool looks for, which needs the time to look. */
const HEAP_OVER_BYTES = 4
/** One is always left to others: whatever the texts of a workspace do, those of the next go on. */
const THREADS = 2

export interface TextThreadsOptions {
  /** What any job may take of the processor, in milliseconds. */
  readonly cpuMs?: number
  /** What a job may take of memory. */
  readonly maxBytes?: number
  /** Told what each job of a workspace took of the processor, in milliseconds. */
  readonly onCpu?: ((workspace: string, ms: number) => void) | undefined
  /** The file that the threads run. */
  readonly worker?: URL
}

/**
 * Works on the texts of documents in threads, for all workspaces by turns: no text holds the event
 * loop, keeps those of others waiting, or takes the memory of the process. What takes too much of the
 * processor ends its thread and is refused, and the next has a new thread; what may have taken too much
 * memory is worked on again in a process of its own, and refused only if it does so there.
 */
export class TextThreads {
  readonly #cpuMs: number
  readonly #pool: ThreadPool<TextJob, TextResult>
  readonly #turns = new FairScheduler({ limit: THREADS, perWorkspace: THREADS - 1 })
  readonly #onCpu: TextThreadsOptions['onCpu']
  #isClosed = false

  constructor({
    cpuMs = CPU_MS,
    maxBytes = MAX_BYTES,
    onCpu,
    worker = new URL('./text-worker.ts', import.meta.url),
  }: TextThreadsOptions = {}) {
    this.#cpuMs = cpuMs
    this.#onCpu = onCpu
    const heapMb = (HEAP_OVER_BYTES * maxBytes) / MB
    const start = () => startThread(worker, { resourceLimits: { maxOldGenerationSizeMb: heapMb } })
    const errors = { EngineError }
    const apart = (maxMs: number) =>
      new LoneProcess<TextJob, TextResult>({ worker, heapMb, maxBytes, maxCpuMs: maxMs, errors })
    this.#pool = new ThreadPool(start, { errors, maxBytes, apart })
  }

  /** How many threads there are. */
  get size(): number {
    return this.#pool.size
  }

  /**
   * @param length of the text, in UTF-16 units
   * @throws {EngineError} `invalid_argument` when the text takes too much, `store_unavailable` while the
   *   system gives no thread
   */
  async run<Kind extends TextJob['kind']>(
    workspace: string,
    job: TextJob & { readonly kind: Kind },
    length: number,
    { signal }: CallOptions,
  ): Promise<TextResults[Kind]> {
    const maxCpuMs = this.#cpuMs + (length / 1e6) * CPU_MS_A_MILLION
    try {
      const done = await this.#turns.run(workspace, 'extract', signal, async () => {
        if (this.#isClosed) throw closing()
        return this.#pool.run(job, maxCpuMs, signal, (ms) => this.#onCpu?.(workspace, ms))
      })
      return done as TextResults[Kind]
    } catch (error) {
      signal?.throwIfAborted()
      if (this.#isClosed) throw closing()
      if (error instanceof NoThread) throw noThread(error)
      throw error instanceof ThreadOver ? refused(error.limit, maxCpuMs, error) : error
    }
  }

  /** Ends all threads; whoever waits for one learns it. */
  close(): void {
    this.#isClosed = true
    this.#pool.close()
  }
}

function refused(limit: ThreadLimit, maxCpuMs: number, cause: ThreadOver): EngineError {
  const taken =
    limit === 'memory'
      ? 'more memory than it may take'
      : `more than ${Math.ceil(maxCpuMs / 1000)} seconds of a processor`
  const message = `The work on the text of this document takes ${taken}. Take it in in parts, or without what is repeated in it.`
  return new EngineError('invalid_argument', message, { cause, details: { limit } })
}

function noThread(cause: unknown): EngineError {
  const message =
    'Texts cannot be worked on at the moment: the system gives the server no thread to do it in.'
  return new EngineError('store_unavailable', message, { cause })
}

function closing(): EngineError {
  return new EngineError('engine_closed', 'The server is closing.')
}
