import type { Worker } from 'node:worker_threads'
import type { ErrorClasses } from './carried-error.ts'
import { ThreadCalls, ThreadEnded } from './thread-calls.ts'
import { ThreadJob, ThreadOver } from './thread-job.ts'

export interface ThreadPoolOptions {
  /** Of errors that are to come out of the threads with their class. */
  readonly errors?: ErrorClasses
  /** What a question may take of memory, in bytes; well below what the heap of a thread may be. */
  readonly maxBytes: number
}

const WATCH_MS = 50
const IDLE_MS = 30_000
/** Of what is too much: the thread whose end gives back as much has taken it. */
const CULPRITS_SHARE = 0.5
/** Its thread was ended, and it was not the one: it is asked anew. */
const INNOCENT = Symbol('innocent')

/**
 * Threads for questions that may never come to an end, or take all memory: who goes over a limit is
 * ended in the middle of what it does, and the next question has a new thread. How many are asked at
 * one time is for those who ask. Threads start with the first question, end after a rest, and keep
 * no process from its end.
 *
 * The thread's own time of the processor counts, which Linux tells of a running thread; elsewhere
 * the clock, ten times as long. The limit of a heap comes too late: what grows in large steps ends the
 * process with it. So the pool looks at what the process has gained beside the heap of its own thread,
 * and the heap's limit is for what grows faster than it looks.
 */
export class ThreadPool<Question, Answer> {
  readonly #startThread: () => Worker
  readonly #options: ThreadPoolOptions
  /** The longest at work first. */
  readonly #working = new Set<ThreadJob<Question, Answer>>()
  readonly #resting = new Map<ThreadCalls<Question, Answer>, NodeJS.Timeout>()
  /** Found innocent since memory was last thought too much. */
  readonly #cleared = new WeakSet<ThreadJob<Question, Answer>>()
  #watch: NodeJS.Timeout | undefined
  #leastBytes = Number.POSITIVE_INFINITY
  #isJudging = false

  constructor(startThread: () => Worker, options: ThreadPoolOptions) {
    this.#startThread = startThread
    this.#options = options
  }

  /** How many threads there are. */
  get size(): number {
    return this.#working.size + this.#resting.size
  }

  /**
   * @param maxCpuMs what the answer may take
   * @param onCpu told what it took, or was let take, in milliseconds of the processor
   * @throws {ThreadOver} when it takes too much; {@link NoThread}; what the thread threw; the reason of
   *   the signal, which ends the thread
   */
  async run(
    question: Question,
    maxCpuMs: number,
    signal?: AbortSignal,
    onCpu?: (ms: number) => void,
  ): Promise<Answer> {
    for (let isCleared = false; ; isCleared = true) {
      signal?.throwIfAborted()
      const job = new ThreadJob(this.#takeThread(), maxCpuMs)
      if (isCleared) this.#cleared.add(job)
      const giveUp = () => job.end(signal?.reason)
      signal?.addEventListener('abort', giveUp, { once: true })
      this.#working.add(job)
      this.#watch ??= setInterval(() => this.#look(), WATCH_MS).unref()
      try {
        return await job.run(question)
      } catch (error) {
        if (error !== INNOCENT) throw error
      } finally {
        signal?.removeEventListener('abort', giveUp)
        onCpu?.(job.spentMs())
        this.#leave(job)
      }
    }
  }

  /** Ends all threads, and what they do. */
  close(): void {
    for (const job of this.#working) job.end(new ThreadEnded('the pool is closed'))
    for (const [thread, timer] of this.#resting) {
      clearTimeout(timer)
      void thread.close()
    }
    this.#resting.clear()
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
    void this.#lookAtMemory()
  }

  /** Nothing tells whose the memory is but the end of a thread: that of the longest at work first. */
  async #lookAtMemory(): Promise<void> {
    const bytes = foreignBytes()
    if (bytes === null || this.#isJudging) return
    this.#leastBytes = Math.min(this.#leastBytes, bytes)
    const { maxBytes } = this.#options
    if (bytes - this.#leastBytes <= maxBytes) return
    const suspect = [...this.#working].find((job) => !job.isEnding && !this.#cleared.has(job))
    if (suspect === undefined) {
      // None of them: it is somebody else's in this process.
      for (const job of this.#working) this.#cleared.delete(job)
      this.#leastBytes = bytes
      return
    }
    this.#isJudging = true
    await suspect.endAndTell(() => {
      const givenBack = bytes - (foreignBytes() ?? bytes)
      return givenBack > maxBytes * CULPRITS_SHARE ? new ThreadOver('memory') : INNOCENT
    })
    this.#isJudging = false
  }
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
