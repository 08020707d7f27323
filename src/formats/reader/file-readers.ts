import { EngineError } from '../../engine/ports/engine-error.ts'
import type { FileReader, ReadFile } from '../../engine/ports/file-reader.ts'
import { FILE_EXTENSIONS } from '../file-extensions.ts'
import { DEFAULT_READ_LIMITS, type ReadLimits } from './read-limits.ts'
import { ReaderProcess, type ReadOutcome } from './reader-process.ts'
import type { ReadRequest } from './reader-worker.ts'
import { ReadingTurns } from './reading-turns.ts'

/** An idle process is kept this long, in milliseconds. */
const IDLE_MS = 30_000

export interface FileReadersOptions {
  /** Files that are read at one time. */
  readonly processes?: number
  readonly limits?: Partial<ReadLimits>
}

/**
 * Reads files of all formats in processes of their own, for all workspaces by turns: no file holds the
 * event loop, takes the memory of the server or keeps the files of others waiting.
 *
 * A file that takes too long or too much ends its process, and the next file gets a new one at once.
 */
export class FileReaders {
  readonly #limits: ReadLimits
  readonly #turns: ReadingTurns
  readonly #all = new Set<ReaderProcess>()
  readonly #idle = new Map<ReaderProcess, NodeJS.Timeout>()
  #isClosed = false

  constructor({ processes = 2, limits = {} }: FileReadersOptions = {}) {
    this.#limits = { ...DEFAULT_READ_LIMITS, ...limits }
    this.#turns = new ReadingTurns(processes)
  }

  /** The reader of one workspace. */
  of(workspace: string): FileReader {
    return {
      extensions: FILE_EXTENSIONS,
      read: (path, fileName, signal) => this.#read(workspace, { path, fileName }, signal),
    }
  }

  /** Ends all processes; whoever waits for a file learns it. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const reader of this.#all) this.#drop(reader, closing())
  }

  async #read(workspace: string, request: ReadRequest, signal?: AbortSignal): Promise<ReadFile> {
    const attempt = () => this.#turns.run(workspace, signal, () => this.#readNow(request, signal))
    const first = await attempt()
    // Once more, for it may have been the machine; behind the others, for it may have been the file.
    const outcome = isWorthAnotherTry(first) ? await attempt() : first
    if (outcome.kind === 'read') return outcome.file
    throw this.#isClosed ? closing() : refusalOf(outcome, this.#limits)
  }

  async #readNow(request: ReadRequest, signal?: AbortSignal): Promise<ReadOutcome> {
    const reader = this.#takeReader()
    const giveUp = () => this.#drop(reader, new Error('nobody wants the file any more'))
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      signal?.throwIfAborted()
      // What its start takes on a busy machine is no fault of the file, nor is that there is none.
      await reader.started.catch((cause: unknown) => {
        signal?.throwIfAborted()
        throw this.#isClosed ? closing() : noReader(cause)
      })
      const outcome = await reader.read(request)
      signal?.throwIfAborted()
      return outcome
    } finally {
      signal?.removeEventListener('abort', giveUp)
      this.#putBack(reader)
    }
  }

  #takeReader(): ReaderProcess {
    if (this.#isClosed) throw closing()
    const idle = [...this.#idle.keys()].findLast(({ isFit }) => isFit)
    if (idle) {
      clearTimeout(this.#idle.get(idle))
      this.#idle.delete(idle)
      return idle
    }
    try {
      const reader = new ReaderProcess(this.#limits)
      this.#all.add(reader)
      return reader
    } catch (cause) {
      throw noReader(cause)
    }
  }

  #putBack(reader: ReaderProcess): void {
    if (!reader.isFit) {
      this.#all.delete(reader)
      return
    }
    const end = () => this.#drop(reader, new Error('idle'))
    this.#idle.set(reader, setTimeout(end, IDLE_MS).unref())
  }

  #drop(reader: ReaderProcess, reason: Error): void {
    clearTimeout(this.#idle.get(reader))
    this.#idle.delete(reader)
    this.#all.delete(reader)
    reader.end(reason)
  }
}

function isWorthAnotherTry(outcome: ReadOutcome): boolean {
  return outcome.kind === 'died' || (outcome.kind === 'over' && outcome.limit !== 'memory')
}

function refusalOf(
  outcome: Exclude<ReadOutcome, { kind: 'read' }>,
  { maxCpuMs, maxClockMs }: ReadLimits,
): EngineError {
  if (outcome.kind === 'refused') {
    return refused(outcome.reason ?? 'The file is damaged and cannot be read.', outcome.cause)
  }
  if (outcome.kind === 'over' && outcome.limit !== 'memory') {
    const ms = outcome.limit === 'cpu' ? maxCpuMs : maxClockMs
    return refused(`The file took longer than ${ms / 1000} seconds to read, twice.`)
  }
  // Nothing but a want of memory ends a process from outside, the system's or its own.
  return refused('The file needs more memory to read than it may take.')
}

function noReader(cause: unknown): EngineError {
  const message =
    'Files cannot be read at the moment: the system gives the server no process to read them in.'
  return new EngineError('store_unavailable', message, { cause })
}

function refused(message: string, cause?: unknown): EngineError {
  return new EngineError('invalid_argument', message, { cause })
}

function closing(): EngineError {
  return new EngineError('engine_closed', 'The server is closing.')
}
