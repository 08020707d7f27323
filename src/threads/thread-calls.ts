import type { Worker } from 'node:worker_threads'
import { type CarriedError, type ErrorClasses, restoredError } from './carried-error.ts'
import { cpuMsOf } from './thread-cpu.ts'

/** What a thread says: once that it can be asked, who it is to the system and what it has spent, and then its answers. */
export type ThreadMessage<Answer> =
  | { readonly kind: 'started'; readonly task: string | null; readonly spentMs: number }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'error'; readonly id: number; readonly error: CarriedError }

/** What a thread is asked; null asks it to end. */
export type ThreadQuestion<Question> = { readonly id: number; readonly question: Question } | null

/** The thread is no more, whatever it was asked; the cause is what nobody caught in it. */
export class ThreadEnded extends Error {
  override readonly name = 'ThreadEnded'
}

export interface ThreadCallsOptions {
  /** Of errors that are to come out of the thread with their class. */
  readonly errors?: ErrorClasses
  /** Called once for each thread that ends of itself. */
  readonly onEnd?: (ended: ThreadEnded) => void
}

interface Asked<Answer> {
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

/**
 * Questions to a thread that runs `answerCalls`, and its answers. It is started with the first
 * question, and anew with the first after it has ended. At rest it keeps nobody from ending.
 */
export class ThreadCalls<Question, Answer> {
  readonly #startThread: () => Worker
  readonly #options: ThreadCallsOptions
  readonly #asked = new Map<number, Asked<Answer>>()
  #worker: Worker | undefined
  /** Undefined until the thread can be asked. */
  #task: string | null | undefined
  #startMs = 0
  #nextId = 0

  constructor(startThread: () => Worker, options: ThreadCallsOptions = {}) {
    this.#startThread = startThread
    this.#options = options
  }

  get isStarted(): boolean {
    return this.#worker !== undefined
  }

  /** Whether a thread could ever be asked. */
  get hasStarted(): boolean {
    return this.#task !== undefined
  }

  /** What the thread has spent of the processor, also while it is busy; null where nobody tells. */
  cpuMs(): number | null {
    return cpuMsOf(this.#task ?? null)
  }

  /** What its start has spent of the processor, in milliseconds; 0 before it could be asked. */
  get startMs(): number {
    return this.#startMs
  }

  /** How many questions have no answer yet. */
  get unanswered(): number {
    return this.#asked.size
  }

  /** Starts the thread before the first question. Resolves when it can be asked. */
  async start(): Promise<void> {
    const worker = this.#started()
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve())
      worker.once('error', reject)
      worker.once('exit', () => reject(new ThreadEnded('the thread ended')))
    })
  }

  /** @throws what the thread threw, {@link ThreadEnded}, or when the system gives no thread */
  async call(question: Question): Promise<Answer> {
    const worker = this.#started()
    const id = this.#nextId++
    worker.postMessage({ id, question } satisfies ThreadQuestion<Question>)
    worker.ref()
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }))
  }

  /** Lets the thread end of itself, which it does after what it was asked. */
  async finish(): Promise<void> {
    const worker = this.#worker
    if (worker === undefined) return
    worker.ref()
    worker.postMessage(null satisfies ThreadQuestion<Question>)
    await new Promise((resolve) => worker.once('exit', resolve))
  }

  /** Ends it by force; not for what may be in a native call, for that may abort the process. */
  async close(): Promise<void> {
    await this.#worker?.terminate()
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const worker = this.#startThread()
    this.#worker = worker
    worker.unref()
    worker.on('message', (message: ThreadMessage<Answer>) => this.#hear(worker, message))
    worker.on('error', (cause) =>
      this.#end(worker, new ThreadEnded('the thread failed', { cause })),
    )
    worker.on('exit', () => this.#end(worker, new ThreadEnded('the thread ended')))
    return worker
  }

  #hear(worker: Worker, message: ThreadMessage<Answer>): void {
    if (message.kind === 'started') {
      this.#task = message.task
      this.#startMs = message.spentMs
      return
    }
    const asked = this.#asked.get(message.id)
    this.#asked.delete(message.id)
    if (this.#asked.size === 0) worker.unref()
    if (message.kind === 'answer') asked?.resolve(message.answer)
    else asked?.reject(restoredError(message.error, this.#options.errors))
  }

  #end(worker: Worker, ended: ThreadEnded): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const { reject } of asked) reject(ended)
    this.#options.onEnd?.(ended)
  }
}
