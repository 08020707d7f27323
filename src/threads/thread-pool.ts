import type { Worker } from 'node:worker_threads'
import type { ErrorClasses } from './carried-error.ts'
import { ThreadCalls, ThreadEnded } from './thread-calls.ts'
import { ThreadJob, ThreadOver } from './thread-job.ts'

/** A question at work: in a thread of the pool, or where it is asked again. */
export interface PoolJob<Question, Answer> {
  /** @throws the reason for which it was ended; {@link ThreadOver}; {@link NoThread} */
  run(question: Question): Promise<Answer>
  end(reason: unknown): void
  /** Of the processor, in milliseconds. */
  spentMs(): number
}

export interface ThreadPoolOptions<Question, Answer> {
  /** Of errors that are to come out of the threads with their class. */
  readonly errors?: ErrorClasses
  /** What a question may take of memory, in bytes; well below what the heap of a thread may be. */
  readonly maxBytes: number
  /**
   * Where a question is asked again that was at work while memory ran out, apart from all others. To be
   * left out only where one is asked at a time and nothing else grows: there it is the one.
   */
  readonly apart?: (maxCpuMs: number) => PoolJob<Question, Answer>
}

const WATCH_MS = 50
const IDLE_MS = 30_000
/** Looks in which the end of a thread may give back what it held, before the next is suspected. */
const LOOKS_TO_GIVE_BACK = 4
/** Its thread was ended, and it may have been another: it is asked again, apart. */
const SUSPECT = Symbol('suspect')

/**
 * Threads for questions that may never come to an end, or take all memory: who goes over a limit is
 * ended in the middle of what it does, and the next question has a new thread. How many are asked at
 * one time is for those who ask. Threads start with the first question, end after a rest, and keep
 * no process from its end.
 *
 * The thread's own time of the processor counts, which Linux tells of a running thread; elsewhere
 * the clock, ten times as long. The limit of a heap comes too late: what grows in large steps ends the
 * process with it. So the pool looks at what the process has gained beside the heap of its own thread,
 * and the heap's limit is for what grows faster than it looks. Nothing tells whose the gain is; so the
 * longest at work are ended, one after the other until it is gone, and nobody is refused for that: each
 * is asked again apart, where what grows is its own.
 */
export class ThreadPool<Question, Answer> {
  readonly #startThread: () => Worker
  readonly #options: ThreadPoolOptions<Question, Answer>
  /** The longest at work first. */
  readonly #working = new Set<ThreadJob<Question, Answer>>()
  readonly #apart = new Set<PoolJob<Question, Answer>>()
  readonly #resting = new Map<ThreadCalls<Question, Answer>, NodeJS.Timeout>()
  #watch: NodeJS.Timeout | undefined
  #leastBytes = Number.POSITIVE_INFINITY
  #looksToWait = 0
  #isClosed = false

  constructor(startThread: () => Worker, options: ThreadPoolOptions<Question, Answer>) {
    this.#startThread = startThread
    this.#options = options
  }

  /** How many threads there are, here and apart. */
  get size(): number {
    return this.#working.size + this.#resting.size + this.#apart.size
  }

  /**
   * @param maxCpuMs what the answer may take
   * @param onCpu told what it took, or was let take, in milliseconds of the processor; twice where it
   *   was asked again
   * @throws {ThreadOver} when it takes too much; {@link NoThread}; what the thread threw; the reason of
   *   the signal, which ends the thread
   */
  async run(
    question: Question,
    maxCpuMs: number,
    signal?: AbortSignal,
    onCpu?: (ms: number) => void,
  ): Promise<Answer> {
    signal?.throwIfAborted()
    const job = new ThreadJob(this.#takeThread(), maxCpuMs)
    this.#working.add(job)
    this.#watch ??= setInterval(() => this.#look(), WATCH_MS).unref()
    try {
      return await answerOf(job, question, signal, onCpu)
    } catch (error) {
      if (error !== SUSPECT) throw error
    } finally {
      this.#leave(job)
    }
    return this.#runApart(question, maxCpuMs, signal, onCpu)
  }

  /** Ends all threads, and what they do. */
  close(): void {
    this.#isClosed = true
    for (const job of [...this.#working, ...this.#apart]) job.end(closed())
    for (const [thread, timer] of this.#resting) {
      clearTimeout(timer)
      void thread.close()
    }
    this.#resting.clear()
  }

  async #runApart(
    question: Question,
    maxCpuMs: number,
    signal: AbortSignal | undefined,
    onCpu: ((ms: number) => void) | undefined,
  ): Promise<Answer> {
    signal?.throwIfAborted()
    const job = this.#options.apart?.(maxCpuMs)
    if (job === undefined) throw new ThreadOver('memory')
    if (this.#isClosed) throw closed()
    this.#apart.add(job)
    try {
      return await answerOf(job, question, signal, onCpu)
    } finally {
      this.#apart.delete(job)
    }
  }

  #takeThread(): ThreadCalls<Question, Answer> {
    const rested = [...this.#resting].findLast(([{ isStarted }]) => isStarted)
    if (rested === undefined) return new ThreadCalls(this.#startThread, this.#options)
    const [thread, timer] = rested
    clearTimeout(timer)
    this.#resting.delete(thread)
    return thread
  }

  #leave(job: ThreadJob<Question, Answer>): void {
    this.#working.delete(job)
    if (this.#working.size === 0) {
      clearInterval(this.#watch)
      this.#watch = undefined
      this.#leastBytes = Number.POSITIVE_INFINITY
      this.#looksToWait = 0
    }
    const { thread } = job
    if (job.isEnding || !thread.isStarted) return
    const end = () => {
      this.#resting.delete(thread)
      void thread.close()
    }
    this.#resting.set(thread, setTimeout(end, IDLE_MS).unref())
  }

  #look(): void {
    for (const job of this.#working) {
      const limit = job.limitReached()
      if (limit !== null) job.end(new ThreadOver(limit))
    }
    this.#lookAtMemory()
  }

  #lookAtMemory(): void {
    const bytes = foreignBytes()
    if (bytes === null) return
    this.#leastBytes = Math.min(this.#leastBytes, bytes)
    if (this.#looksToWait > 0) {
      this.#looksToWait -= 1
      return
    }
    if (bytes - this.#leastBytes <= this.#options.maxBytes) return
    const longest = [...this.#working].find((job) => !job.isEnding)
    longest?.end(SUSPECT)
    this.#looksToWait = LOOKS_TO_GIVE_BACK
  }
}

/** What a job answers; it is ended when nobody wants that any more. */
async function answerOf<Question, Answer>(
  job: PoolJob<Question, Answer>,
  question: Question,
  signal: AbortSignal | undefined,
  onCpu: ((ms: number) => void) | undefined,
): Promise<Answer> {
  const giveUp = () => job.end(signal?.reason)
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    return await job.run(question)
  } finally {
    signal?.removeEventListener('abort', giveUp)
    onCpu?.(job.spentMs())
  }
}

function closed(): ThreadEnded {
  return new ThreadEnded('the pool is closed')
}

/** What the process has in memory beside the heap of this thread; null while the system does not tell. */
function foreignBytes(): number | null {
  try {
    const { rss, heapTotal, external } = process.memoryUsage()
    return rss - heapTotal - external
  } catch {
    // It is told in a file, which cannot always be opened.
    return null
  }
}
