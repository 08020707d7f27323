import { timerMs } from '../../engine/work/timer-ms.ts'

/**
 * The time and the signal of one model call. Its signal fires when the caller gives up, when the
 * time is over, or when the scope is closed, which ends an HTTP request that is still open.
 */
export class CallScope {
  readonly #controller = new AbortController()
  readonly #timeoutMs: number
  readonly #caller: AbortSignal | undefined
  readonly #onCallerAbort = () => this.#controller.abort(this.#caller?.reason)
  #timer: NodeJS.Timeout | undefined
  #timedOut = false

  /** @param timeoutMs 0 = no limit; the clock starts now */
  constructor(timeoutMs: number, caller: AbortSignal | undefined) {
    this.#timeoutMs = timeoutMs
    this.#caller = caller
    if (caller?.aborted === true) this.#onCallerAbort()
    else caller?.addEventListener('abort', this.#onCallerAbort, { once: true })
    this.restartClock()
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get timedOut(): boolean {
    return this.#timedOut
  }

  /** Gives the whole time anew. */
  restartClock(): void {
    this.stopClock()
    if (this.#timeoutMs <= 0 || this.signal.aborted) return
    this.#timer = setTimeout(() => {
      this.#timedOut = true
      this.#controller.abort()
    }, timerMs(this.#timeoutMs))
  }

  stopClock(): void {
    clearTimeout(this.#timer)
  }

  /** Settles like `work`, or rejects as soon as the signal fires, whether or not `work` heeds it. */
  async race<T>(work: Promise<T>): Promise<T> {
    const { signal } = this
    let stopListening = () => {}
    const fired = new Promise<never>((_, reject) => {
      const onAbort = () => reject(signal.reason)
      if (signal.aborted) onAbort()
      else signal.addEventListener('abort', onAbort, { once: true })
      stopListening = () => signal.removeEventListener('abort', onAbort)
    })
    try {
      return await Promise.race([work, fired])
    } finally {
      stopListening()
      // The loser may still fail; nobody is left to hear of it.
      work.catch(() => {})
    }
  }

  close(): void {
    this.stopClock()
    this.#caller?.removeEventListener('abort', this.#onCallerAbort)
    this.#controller.abort(CLOSED)
  }
}

/** Made once: an error of its own would cost every call its stack. */
const CLOSED = new Error('The call is over.')
