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
const CLOCK_OVER_CPU = 10

/** One question to a thread of its own, which may be ended in the middle of it. */
export class ThreadJob<Question, Answer> {
  readonly thread: ThreadCalls<Question, Answer>
  readonly #maxCpuMs: number
  readonly #began = performance.now()
  /** What the thread had spent for others; a new one has spent nothing yet. */
  readonly #spentForOthers: number
  #seen: number | null = null
  /** What the thread had spent before, as far as the first look tells. */
  #spentBefore: number | null = null
  #reason: Promise<unknown> | undefined
  #fail: (reason: unknown) => void = () => undefined
  readonly #failure = new Promise<never>((_, reject) => {
    this.#fail = reject
  })

  constructor(thread: ThreadCalls<Question, Answer>, maxCpuMs: number) {
    this.thread = thread
    this.#maxCpuMs = maxCpuMs
    this.#spentForOthers = thread.isStarted ? (thread.cpuMs() ?? 0) : 0
    this.#failure.catch(() => undefined)
  }

  /** @throws the reason for which it was ended; {@link ThreadOver}; {@link NoThread}; what the thread threw */
  async run(question: Question): Promise<Answer> {
    try {
      return await Promise.race([this.#failure, this.thread.call(question)])
    } catch (error) {
      if (this.#reason !== undefined) throw await this.#reason
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
    this.#seen = this.thread.cpuMs() ?? this.#seen
    if (this.#seen === null) return performance.now() - this.#began
    return Math.max(0, this.#seen - this.#spentForOthers)
  }

  /** The limit of time that it is over, or null. */
  limitReached(): 'cpu' | 'clock' | null {
    const spent = this.thread.cpuMs()
    this.#seen = spent ?? this.#seen
    this.#spentBefore ??= spent
    if (spent !== null && spent - (this.#spentBefore ?? 0) > this.#maxCpuMs) return 'cpu'
    const isOver = performance.now() - this.#began > this.#maxCpuMs * CLOCK_OVER_CPU
    return isOver ? 'clock' : null
  }

  /** Ends the thread. Who waits for the answer learns the reason, without waiting for that end. */
  end(reason: unknown): void {
    if (this.#reason !== undefined) return
    this.#reason = Promise.resolve(reason)
    void this.thread.close()
    this.#fail(reason)
  }

  /** The same where only its end shows what the reason is. */
  async endAndTell(reasonAfter: () => unknown): Promise<void> {
    if (this.#reason !== undefined) return
    this.#reason = this.thread.close().then(reasonAfter)
    this.#fail(await this.#reason)
  }
}

function isOutOfMemory(error: unknown): boolean {
  const cause = error instanceof ThreadEnded ? error.cause : null
  return cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
}
