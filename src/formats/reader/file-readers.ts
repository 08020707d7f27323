import { EngineError } from '../../engine/ports/engine-error.ts'
import type { FileReader, ReadFile, ReadOptions } from '../../engine/ports/file-reader.ts'
import { comeBack } from '../../engine/work/announced-work.ts'
import { FILE_EXTENSIONS } from '../file-extensions.ts'
import { recognizeHead } from '../sniff/recognize-head.ts'
import { DEFAULT_READ_LIMITS, type ReadLimits } from './read-limits.ts'
import { isWorthAnotherTry, type ReadOutcome, refusalOf } from './read-outcome.ts'
import { ReaderProcess } from './reader-process.ts'
import type { ReadRequest } from './reader-worker.ts'
import { ReadingTurns } from './reading-turns.ts'

/** An idle process is kept this long, in milliseconds. */
const IDLE_MS = 30_000
const HOST = new URL('./reader-host.ts', import.meta.url)

export interface FileReadersOptions {
  /** Files that are read at one time. */
  readonly processes?: number
  readonly limits?: Partial<ReadLimits>
  /** Told once which limits the system does not hold readers to, if there are any. */
  readonly onUnlimited?: (limits: readonly string[]) => void
  /** Told what each try at a file of a workspace took of the processor, in milliseconds. */
  readonly onCpu?: ((workspace: string, ms: number) => void) | undefined
  /** What runs in the processes. */
  readonly host?: URL
}

/**
 * Reads files of all formats in processes of their own, for all workspaces by turns: no file holds the
 * event loop, takes the memory of the server or keeps the files of others waiting.
 *
 * A file that takes too long or too much ends its process, and the next file gets a new one at once.
 */
export class FileReaders {
  readonly #limits: ReadLimits
  readonly #host: URL
  #onUnlimited: FileReadersOptions['onUnlimited']
  readonly #onCpu: FileReadersOptions['onCpu']
  readonly #turns: ReadingTurns
  readonly #all = new Set<ReaderProcess>()
  readonly #idle = new Map<ReaderProcess, NodeJS.Timeout>()
  #isClosed = false

  constructor(options: FileReadersOptions = {}) {
    const { processes = 2, limits = {}, host = HOST, onUnlimited, onCpu } = options
    this.#limits = { ...DEFAULT_READ_LIMITS, ...limits }
    this.#host = host
    this.#onUnlimited = onUnlimited
    this.#onCpu = onCpu
    this.#turns = new ReadingTurns(processes)
  }

  /** The reader of one workspace. */
  of(workspace: string): FileReader {
    return {
      extensions: FILE_EXTENSIONS,
      recognizes: recognizeHead,
      read: (path, fileName, options) =>
        comeBack(this.#read(workspace, { path, fileName }, options)),
    }
  }

  /** Ends all processes; whoever waits for a file learns it. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const reader of this.#all) this.#drop(reader, closing())
  }

  async #read(
    workspace: string,
    request: ReadRequest,
    options: ReadOptions = {},
  ): Promise<ReadFile> {
    const onCpu = (ms: number) => {
      options.onCpu?.(ms)
      this.#onCpu?.(workspace, ms)
    }
    const attempt = () =>
      this.#turns.run(workspace, options.signal, () =>
        this.#readNow(request, { ...options, onCpu }),
      )
    const first = await attempt()
    // Once more, for it may have been the machine; behind the others, for it may have been the file.
    const outcome = isWorthAnotherTry(first) ? await attempt() : first
    if (outcome.kind === 'read') return outcome.file
    throw this.#isClosed ? closing() : refusalOf(outcome, this.#limits)
  }

  async #readNow(request: ReadRequest, { signal, onCpu }: ReadOptions): Promise<ReadOutcome> {
    const reader = this.#takeReader()
    const giveUp = () => this.#drop(reader, new Error('nobody wants the file any more'))
    signal?.addEventListener('abort', giveUp, { once: true })
    try {
      signal?.throwIfAborted()
      // What its start takes on a busy machine is no fault of the file, nor is that there is none.
      const unlimited = await reader.started.catch((cause: unknown) => {
        signal?.throwIfAborted()
        throw this.#isClosed ? closing() : noReader(cause)
      })
      this.#tellOnce(unlimited)
      const { outcome, cpuMs } = await reader.read(request)
      onCpu?.(cpuMs)
      signal?.throwIfAborted()
      return outcome
    } finally {
      signal?.removeEventListener('abort', giveUp)
      this.#putBack(reader)
    }
  }

  #tellOnce(unlimited: readonly string[]): void {
    if (unlimited.length > 0) this.#onUnlimited?.(unlimited)
    this.#onUnlimited = undefined
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
      const reader = new ReaderProcess(this.#host, this.#limits)
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

function noReader(cause: unknown): EngineError {
  const message =
    'Files cannot be read at the moment: the system gives the server no process to read them in.'
  return new EngineError('store_unavailable', message, { cause })
}

function closing(): EngineError {
  return new EngineError('engine_closed', 'The server is closing.')
}
