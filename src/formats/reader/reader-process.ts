import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PageStart, ReadFile } from '../../engine/ports/file-reader.ts'
import type { Heading } from '../../engine/read/headings.ts'
import { timerMs } from '../../engine/work/timer-ms.ts'
import { fileToRun, IS_TYPESCRIPT } from '../../threads/start-thread.ts'
import type { ReadLimits } from './read-limits.ts'
import type { HostMessage } from './reader-host.ts'
import type { ReadRequest } from './reader-worker.ts'

/** What came of reading one file. */
export type ReadOutcome =
  | { readonly kind: 'read'; readonly file: ReadFile }
  | Extract<HostMessage, { kind: 'refused' | 'over' }>
  /** The process ended, by whatever hand. */
  | { readonly kind: 'died'; readonly cause: unknown }

/** Past the limit by the clock, a process that has not said so itself says nothing any more. */
const SILENCE_MS = 1000
/** A process that has grown beyond this is not kept, in MB: its memory goes back to the system. */
const KEPT_MB = 256

/**
 * A process that reads one file at a time, and may be ended while it does: a thread that runs out of
 * memory can take the whole process with it, and a thread within a native call cannot be ended.
 */
export class ReaderProcess {
  readonly #child: ChildProcess
  readonly #maxClockMs: number
  /**
   * Resolves when the process has come up; rejects when there can be none, when it ended before, and
   * when it says nothing for as long as a file may take.
   */
  readonly started: Promise<void>
  #text: string[] = []
  #pages: PageStart[] = []
  #headings: Heading[] = []
  #settle: ((outcome: ReadOutcome) => void) | null = null
  #spent: unknown = null

  /** @throws when the system gives no process */
  constructor(limits: ReadLimits) {
    this.#maxClockMs = limits.maxClockMs
    this.#child = startChild(limits)
    const ready = once(this.#child, 'message').then(() => undefined)
    const ended = new Promise<never>((_, reject) => {
      this.#child.on('error', (error) => this.#end(error, reject))
      this.#child.on('exit', (code, signal) => {
        this.#end(new Error(`the reader ended with ${signal ?? code}`), reject)
      })
    })
    this.started = Promise.race([ready, ended])
    const silent = this.#endIfSilent()
    const isUp = () => clearTimeout(silent)
    this.started.then(isUp, isUp)
    this.#child.on('message', (message: HostMessage) => this.#hear(message))
    this.#rest()
  }

  /** Whether it can read another file. */
  get isFit(): boolean {
    return this.#spent === null
  }

  /** Never rejects; calls must not overlap. */
  async read(request: ReadRequest): Promise<ReadOutcome> {
    if (this.#spent !== null) return { kind: 'died', cause: this.#spent }
    this.#child.ref()
    this.#child.channel?.ref()
    const silent = this.#endIfSilent()
    try {
      return await new Promise<ReadOutcome>((resolve) => {
        this.#settle = resolve
        this.#child.send(request, (error) => {
          if (error) this.end(error)
        })
      })
    } finally {
      clearTimeout(silent)
      this.#rest()
    }
  }

  /** Ends it at once, in the middle of whatever it does. */
  end(reason: Error, outcome: ReadOutcome = { kind: 'died', cause: reason }): void {
    this.#spent ??= reason
    this.#child.kill('SIGKILL')
    this.#done(outcome)
  }

  #endIfSilent(): NodeJS.Timeout {
    return setTimeout(
      () => {
        this.end(new Error('the reader is silent'), { kind: 'over', limit: 'clock' })
      },
      timerMs(this.#maxClockMs + SILENCE_MS),
    )
  }

  /** A process at rest keeps nobody from ending. */
  #rest(): void {
    this.#child.unref()
    this.#child.channel?.unref()
  }

  #hear(message: HostMessage): void {
    if (message.kind === 'text') this.#text.push(message.piece)
    else if (message.kind === 'pages') this.#pages.push(...message.piece)
    else if (message.kind === 'headings') this.#headings.push(...message.piece)
    else if (message.kind === 'read') this.#heardAll(message.residentMb)
    else if (message.kind === 'refused') this.#done(message)
    else if (message.kind === 'over') this.end(new Error(`over its ${message.limit}`), message)
    else if (message.kind === 'failed') this.end(new Error(message.cause))
  }

  #heardAll(residentMb: number): void {
    const file = { text: this.#text.join(''), pages: this.#pages, headings: this.#headings }
    this.#text = []
    this.#pages = []
    this.#headings = []
    this.#done({ kind: 'read', file })
    if (residentMb > KEPT_MB) this.end(new Error('too large to be kept'))
  }

  #end(reason: Error, reject: (reason: Error) => void): void {
    this.#spent ??= reason
    reject(reason)
    this.#done({ kind: 'died', cause: reason })
  }

  #done(outcome: ReadOutcome): void {
    const settle = this.#settle
    this.#settle = null
    settle?.(outcome)
  }
}

function startChild(limits: ReadLimits): ChildProcess {
  const entry = fileToRun(new URL('./reader-host.ts', import.meta.url))
  return fork(fileURLToPath(entry), [JSON.stringify(limits)], {
    // Neither the loaders and debuggers of this process nor its secrets.
    execArgv: IS_TYPESCRIPT ? ['--import', import.meta.resolve('tsx')] : [],
    env: {},
    // What libraries print of a file is nobody's business.
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
}
