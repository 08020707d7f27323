import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type ErrorClasses, restoredError } from './carried-error.ts'
import type { LoneBounds, LoneMessage, LoneQuestion } from './lone-question.ts'
import { fileToRun, IS_TYPESCRIPT } from './start-thread.ts'
import { cpuMsOf } from './thread-cpu.ts'
import { CLOCK_OVER_CPU, NoThread, type ThreadLimit, ThreadOver } from './thread-job.ts'

export interface LoneProcessOptions extends LoneBounds {
  /** The TypeScript file that its thread runs. */
  readonly worker: URL
  /** Of errors that are to come out with their class. */
  readonly errors?: ErrorClasses
}

const LOOK_MS = 50
/** What does not come up in this time never will; and one that watches itself needs no closer watch. */
const LATE_MS = 60_000

/**
 * One question to a thread in a process of its own. What a process gains cannot be laid to one of
 * several threads, so whoever may have taken the memory of one is asked again where nobody else is: what
 * this one takes is its own, and its end is nobody else's.
 */
export class LoneProcess<Question, Answer> {
  readonly #options: LoneProcessOptions
  readonly #began = performance.now()
  #child: ChildProcess | undefined
  #isUp = false
  #seenMs: number | null = null
  #fail: (reason: unknown) => void = () => undefined
  readonly #failure = new Promise<never>((_, reject) => {
    this.#fail = reject
  })

  constructor(options: LoneProcessOptions) {
    this.#options = options
    this.#failure.catch(() => undefined)
  }

  /** @throws the reason for which it was ended; {@link ThreadOver}; {@link NoThread}; what the thread threw */
  async run(question: Question): Promise<Answer> {
    const looking = setInterval(() => this.#look(), LOOK_MS)
    try {
      return await Promise.race([this.#failure, this.#ask(question)])
    } finally {
      clearInterval(looking)
      this.spentMs()
      this.#child?.kill('SIGKILL')
    }
  }

  /** Ends it. Who waits for the answer learns the reason, without waiting for that end. */
  end(reason: unknown): void {
    this.#fail(reason)
  }

  /** What it took of the processor, its start included, in milliseconds: by the clock where nobody tells. */
  spentMs(): number {
    const pid = this.#child?.pid
    this.#seenMs = (pid === undefined ? null : cpuMsOf(String(pid))) ?? this.#seenMs
    return this.#seenMs ?? performance.now() - this.#began
  }

  #look(): void {
    this.spentMs()
    const longest = this.#options.maxCpuMs * CLOCK_OVER_CPU + LATE_MS
    if (performance.now() - this.#began > longest) this.end(this.#whileUp('clock'))
  }

  #ask(question: Question): Promise<Answer> {
    const { worker, heapMb, maxBytes, maxCpuMs, errors } = this.#options
    return new Promise((resolve, reject) => {
      const child = start()
      this.#child = child
      child.on('error', (cause) => reject(this.#whileUp('memory', cause)))
      // One that was ended by the system, or by V8 at a limit: it does nothing but this.
      child.on('exit', (code, signal) => {
        reject(this.#whileUp('memory', new Error(`the process ended with ${signal ?? code}`)))
      })
      child.on('message', (message: LoneMessage<Answer>) => {
        if (message.kind === 'answer') resolve(message.answer)
        else if (message.kind === 'over') reject(new ThreadOver(message.limit))
        else if (message.kind === 'none') reject(none(restoredError(message.error)))
        else if (message.kind === 'error') reject(restoredError(message.error, errors))
        else {
          this.#isUp = true
          const asked = { worker: worker.href, heapMb, maxBytes, maxCpuMs, question }
          child.send(asked satisfies LoneQuestion<Question>, (error) => error && reject(error))
        }
      })
    })
  }

  /** What has not come up is no fault of the question. */
  #whileUp(limit: ThreadLimit, cause?: unknown): Error {
    return this.#isUp ? new ThreadOver(limit, cause) : none(cause)
  }
}

function none(cause: unknown): NoThread {
  return new NoThread('no process', { cause })
}

/** @throws {NoThread} */
function start(): ChildProcess {
  try {
    return fork(fileURLToPath(fileToRun(new URL('./lone-host.ts', import.meta.url))), [], {
      // Neither the loaders and debuggers of this process nor its secrets.
      execArgv: IS_TYPESCRIPT ? ['--import', import.meta.resolve('tsx')] : [],
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'advanced',
    })
  } catch (cause) {
    throw none(cause)
  }
}
