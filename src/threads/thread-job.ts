import { type ThreadCalls, ThreadEnded } from './thread-calls.ts'

/** The limit that a question reached; its thread was ended for it. */
export type ThreadLimit = 'cpu' | 'clock' | 'memory'

export class ThreadOver extends Error {
  override readonly name = 'ThreadOver'
  readonly limit: ThreadLimit

  constructor(limit: ThreadLimit, cause?: unknown) {
    super(`the thread reached its limit: ${limit}`, { cause })
    this.limit = limit
  }
}

/** The system gives no thread; no question is to blame. */
export class NoThread extends Error {
  override readonly name = 'NoThread'
}

/** A machine that gives a thread less than a tenth of a processor gives it nothing. */
export const CLOCK_OVER_CPU = 10
/** What the start of a thread may take by the clock, on a machine that is busy with other things. */
const LONGEST_START_MS = 60_000

/** One question to a thread of its own, which may be ended in the middle of it. */
export class ThreadJob<Question, Answer> {
  readonly thread: ThreadCalls<Question, Answer>
  readonly #maxCpuMs: number
  readonly #began = performance.now()
  /** What the thread had spent for others; a new one has spent nothing yet. */
  #before: number | null
  #seen: number | null = null
  /** When the question was first seen with a thread that can be asked. */
  #since: number | undefined
  #reason: { readonly error: unknown } | undefined
  #fail: (reason: unknown) => void = () => undefined
  readonly #failure = new Promise<never>((_, reject) => {
    this.#fail = reject
  })

  constructor(thread: ThreadCalls<Question, Answer>, maxCpuMs: number) {
    this.thread = thread
    this.#maxCpuMs = maxCpuMs
    this.#before = thread.isStarted ? thread.cpuMs() : 0
    this.#failure.catch(() => undefined)
  }

  /** @throws the reason for which it was ended; {@link ThreadOver}; {@link NoThread}; what the thread threw */
  async run(question: Question): Promise<Answer> {
    try {
      return await Promise.race([this.#failure, this.thread.call(question)])
    } catch (error) {
      if (this.#reason !== undefined) throw this.#reason.error
      if (isOutOfMemory(error)) throw new ThreadOver('memory', error)
      throw this.thread.hasStarted ? error : new NoThread('no thread', { cause: error })
    }
  }

  get isEnding(): boolean {
    return this.#reason !== undefined
  }

  /**
   * What the question took of the processor, the start of its thread included, in milliseconds: by the
   * clock where nobody tells, and of a thread that has ended as far as was last seen.
   */
  spentMs(): number {
    this.#look()
    if (this.#seen === null) return performance.now() - this.#began
    return Math.max(0, this.#seen - (this.#before ?? 0))
  }

  /** The limit of time that it is over, or null. The start of its thread is no work of the question. */
  limitReached(): 'cpu' | 'clock' | null {
    const spent = this.#look()
    const before = Math.max(this.#before ?? 0, this.thread.startMs)
    if (spent !== null && spent - before > this.#maxCpuMs) return 'cpu'
    const now = performance.now()
    if (this.thread.hasStarted) this.#since ??= now
    const since = this.#since ?? this.#began + LONGEST_START_MS
    return now - since > this.#maxCpuMs * CLOCK_OVER_CPU ? 'clock' : null
  }

  /** Ends the thread. Who waits for the answer learns the reason, without waiting for that end. */
  end(reason: unknown): void {
    if (this.#reason !== undefined) return
    this.#reason = { error: reason }
    void this.thread.close()
    this.#fail(reason)
  }

  #look(): number | null {
    const spent = this.thread.cpuMs()
    this.#seen = spent ?? this.#seen
    this.#before ??= spent
    return spent
  }
}

function isOutOfMemory(error: unknown): boolean {
  const cause = error instanceof ThreadEnded ? error.cause : null
  return cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
