import type { Lease } from '../pool/lease.ts'
import { TenancyError } from '../tenancy-error.ts'

export interface LeasedStreamOptions<T> {
  /** Called at once, in the constructor. */
  readonly acquire: (signal: AbortSignal) => Promise<Lease<T>>
  /** Starts the engine's stream, as soon as there is an engine. */
  readonly open: (lease: Lease<T>) => AsyncIterable<unknown>
  /** Runs each step of the engine's stream where it belongs. */
  readonly within: <R>(work: () => R) => R
  /** Starts what outlives the caller. */
  readonly outside: <R>(work: () => R) => R
  /** Ends the stream when it fires, whether or not somebody is pulling. */
  readonly signal: AbortSignal | undefined
  /** Ends the stream when it fires with the signal's reason, at once even in the midst of a step. */
  readonly ending: AbortSignal | undefined
  /** Called once, when the stream is over. */
  readonly onEnd?: (() => void) | undefined
  readonly abandonAfterMs: number
}

type Step = IteratorResult<unknown>

/**
 * An engine's stream that holds its lease from the call on, until it ends, fails or is left.
 *
 * A generator's `finally` does not run when nobody ever pulled, so leaving is noticed here: by
 * `return` and `throw`, by the caller's signal, and by time when no first pull comes. The lease
 * goes back only when no step of the engine is still running.
 */
export class LeasedStream<T> implements AsyncIterableIterator<unknown> {
  readonly #options: LeasedStreamOptions<T>
  readonly #cancel = new AbortController()
  /** Undefined when the stream was left, or failed, before it opened. */
  readonly #opened: Promise<AsyncIterator<unknown> | undefined>
  readonly #onAbort = () => this.#leave(this.#options.signal?.reason)
  #lease: Lease<T> | undefined
  #uses = 0
  #pulled = false
  #ended = false
  #failure: { readonly reason: unknown } | undefined
  #abandonTimer: NodeJS.Timeout | undefined

  constructor(options: LeasedStreamOptions<T>) {
    this.#options = options
    options.signal?.addEventListener('abort', this.#onAbort, { once: true })
    if (options.signal?.aborted === true) this.#onAbort()
    this.#opened = this.#use(() => this.#open())
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<Step> {
    this.#pulled = true
    clearTimeout(this.#abandonTimer)
    return this.#orEnding(() => this.#step())
  }

  #step(): Promise<Step> {
    return this.#use(async () => {
      const iterator = await this.#opened
      if (iterator === undefined || this.#ended) return this.#afterTheEnd()
      try {
        const step = await this.#options.within(() => iterator.next())
        if (step.done === true) this.#end()
        return step
      } catch (error) {
        this.#end()
        throw error
      }
    })
  }

  return(value?: unknown): Promise<Step> {
    return this.#stop(async (iterator) => {
      const step = await this.#options.within(() => iterator?.return?.(value))
      return step ?? { done: true, value }
    })
  }

  throw(error?: unknown): Promise<Step> {
    return this.#stop(async (iterator) => {
      if (iterator?.throw === undefined) {
        await this.#options.within(() => iterator?.return?.())
        throw error
      }
      const { throw: raise } = iterator
      return await this.#options.within(() => raise.call(iterator, error))
    })
  }

  /** The step, or the end of all streams: whichever comes first. */
  #orEnding(step: () => Promise<Step>): Promise<Step> {
    const { ending } = this.#options
    if (ending === undefined || this.#ended) return step()
    return new Promise((resolve, reject) => {
      const onEnding = () => {
        this.#leave(ending.reason)
        reject(ending.reason)
      }
      if (ending.aborted) {
        onEnding()
        return
      }
      ending.addEventListener('abort', onEnding, { once: true })
      const settled = () => ending.removeEventListener('abort', onEnding)
      step().then(resolve, reject).finally(settled)
    })
  }

  #stop(step: (iterator: AsyncIterator<unknown> | undefined) => Promise<Step>): Promise<Step> {
    const before = this.#ended
    this.#end()
    return this.#use(async () => step(before ? undefined : await this.#opened))
  }

  async #open(): Promise<AsyncIterator<unknown> | undefined> {
    try {
      const lease = await this.#options.acquire(this.#cancel.signal)
      this.#lease = lease
      if (this.#ended) return undefined
      const iterator = this.#options.within(() => this.#options.open(lease)[Symbol.asyncIterator]())
      if (!this.#pulled) this.#startAbandonTimer()
      return iterator
    } catch (reason) {
      if (!this.#ended) this.#failure = { reason }
      this.#end()
      return undefined
    }
  }

  #startAbandonTimer(): void {
    this.#options.outside(() => {
      this.#abandonTimer = setTimeout(() => {
        this.#leave(new TenancyError('stream_abandoned', 'The stream was opened and never read'))
      }, this.#options.abandonAfterMs).unref()
    })
  }

  #leave(reason: unknown): void {
    if (this.#ended) return
    this.#failure = { reason }
    // Nobody waits for this: whoever pulls next learns the reason instead.
    this.return().catch(() => undefined)
  }

  #afterTheEnd(): Step {
    if (this.#failure !== undefined) throw this.#failure.reason
    return { done: true, value: undefined }
  }

  #end(): void {
    if (this.#ended) return
    this.#ended = true
    clearTimeout(this.#abandonTimer)
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#cancel.abort(this.#failure?.reason)
    this.#options.onEnd?.()
  }

  async #use<R>(work: () => Promise<R>): Promise<R> {
    this.#uses += 1
    try {
      return await work()
    } finally {
      this.#uses -= 1
      if (this.#ended && this.#uses === 0) this.#lease?.release()
    }
  }
}
