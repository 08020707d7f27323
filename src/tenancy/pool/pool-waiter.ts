import type { Lease } from './lease.ts'

export interface WaiterOptions<T> {
  readonly key: string
  readonly workspace: string
  readonly background: boolean
  readonly signal: AbortSignal | undefined
  /** Called when the wait ended, however it did. */
  readonly onEnd: (waiter: PoolWaiter<T>) => void
}

/** One caller in the queue of a pool. It ends once: granted, refused, timed out or aborted. */
export class PoolWaiter<T> {
  readonly key: string
  readonly workspace: string
  readonly background: boolean
  readonly lease: Promise<Lease<T>>
  /** Has waited for half of the time it may. */
  impatient = false
  readonly #signal: AbortSignal | undefined
  readonly #onEnd: (waiter: PoolWaiter<T>) => void
  readonly #onAbort = () => this.refuse(this.#signal?.reason)
  #timer: NodeJS.Timeout | undefined
  #resolve: (lease: Lease<T>) => void = () => undefined
  #reject: (reason: unknown) => void = () => undefined

  constructor(options: WaiterOptions<T>) {
    this.key = options.key
    this.workspace = options.workspace
    this.background = options.background
    this.#signal = options.signal
    this.#onEnd = options.onEnd
    this.lease = new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#signal?.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** Calls `onTimeout` after `ms`, once, unless the wait has ended by then. */
  limit(ms: number, onTimeout: () => void): void {
    this.#timer = setTimeout(onTimeout, ms)
  }

  grant(lease: Lease<T>): void {
    this.#end()
    this.#resolve(lease)
  }

  refuse(reason: unknown): void {
    this.#end()
    this.#reject(reason)
  }

  #end(): void {
    clearTimeout(this.#timer)
    this.#signal?.removeEventListener('abort', this.#onAbort)
    this.#onEnd(this)
  }
}
