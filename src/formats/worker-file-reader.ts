import { EngineError } from '../engine/errors.ts'
import type { FileReader, ReadFile } from '../engine/file-reader.ts'
import { Mutex } from '../engine/mutex.ts'
import { residentBytes } from '../engine/resident-bytes.ts'
import { FILE_EXTENSIONS } from './file-extensions.ts'
import { DEFAULT_READ_LIMITS, type ReadLimits } from './read-limits.ts'
import { ReaderThread } from './reader-thread.ts'
import type { ReadRequest } from './reader-worker.ts'

const MB = 1024 * 1024
const WATCH_MS = 50
/** An idle thread is kept this long, in milliseconds. */
const IDLE_MS = 30_000

/**
 * Reads files of all formats in a thread of its own, one after another: so no file holds the event
 * loop, and the memory that a process gains meanwhile can be laid to the one file that is read.
 *
 * A file that takes too long or too much ends the thread, and the next file gets a new one.
 */
export class WorkerFileReader implements FileReader {
  readonly extensions = FILE_EXTENSIONS
  readonly #limits: ReadLimits
  readonly #turns = new Mutex()
  #thread: ReaderThread | null = null
  #idle: NodeJS.Timeout | undefined

  constructor(limits: Partial<ReadLimits> = {}) {
    this.#limits = { ...DEFAULT_READ_LIMITS, ...limits }
  }

  read(path: string, fileName: string, signal?: AbortSignal): Promise<ReadFile> {
    const turn = this.#turns.run(async () => {
      signal?.throwIfAborted()
      return this.#readNow({ path, fileName }, signal)
    })
    return unlessAborted(turn, signal)
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle)
    await this.#thread?.end(new EngineError('engine_closed', 'The server is closing.'))
  }

  async #readNow(request: ReadRequest, signal?: AbortSignal): Promise<ReadFile> {
    clearTimeout(this.#idle)
    if (!this.#thread || this.#thread.ended) this.#thread = new ReaderThread(this.#limits)
    const thread = this.#thread
    // What its start takes on a busy machine is no fault of the file.
    await thread.started
    signal?.throwIfAborted()
    const stopWatching = watch(thread, this.#limits, signal)
    try {
      const reply = await thread.read(request).catch((cause: unknown) => {
        throw signal?.aborted ? signal.reason : thread.ready ? failureOf(cause) : cause
      })
      if ('file' in reply) return reply.file
      throw refused(reply.refused ?? 'The file is damaged and cannot be read.', reply.cause)
    } finally {
      stopWatching()
      this.#idle = setTimeout(() => thread.end(new Error('idle')), IDLE_MS).unref()
    }
  }
}

/** Ends the thread when the time or the memory for one file is used up, or nobody wants it. */
function watch(thread: ReaderThread, limits: ReadLimits, signal?: AbortSignal): () => void {
  const { maxMs, maxGrowthMb } = limits
  let least = processMb() ?? Infinity
  const time = setTimeout(() => {
    thread.end(refused(`The file took longer than ${maxMs / 1000} seconds to read.`))
  }, maxMs)
  const memory = setInterval(() => {
    const now = processMb()
    if (now === null) return
    // What the rest of the process gives back meanwhile excuses nothing.
    least = Math.min(least, now)
    if (now - least > maxGrowthMb) thread.end(tooMuchMemory())
  }, WATCH_MS)
  const abort = () => {
    thread.end(new Error('aborted'))
  }
  signal?.addEventListener('abort', abort)
  return () => {
    clearTimeout(time)
    clearInterval(memory)
    signal?.removeEventListener('abort', abort)
  }
}

function processMb(): number | null {
  const bytes = residentBytes()
  return bytes === null ? null : bytes / MB
}

function failureOf(cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return tooMuchMemory()
  return refused('The file is damaged and cannot be read.', cause)
}

function tooMuchMemory(): EngineError {
  return refused('The file needs more memory to read than it may take.')
}

function refused(message: string, cause?: unknown): EngineError {
  return new EngineError('invalid_argument', message, { cause })
}

/** Whoever gives up waits no longer, not even for a turn. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) abort()
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
