interface Flight<T> {
  readonly result: Promise<T>
  readonly controller: AbortController
  passengers: number
  isOver: boolean
}

/**
 * Lets identical calls that overlap share one. Each caller may give up alone; the shared call is
 * aborted only when all have.
 */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>()

  async join(
    key: string,
    signal: AbortSignal | undefined,
    call: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted()
    const flight = this.#flights.get(key) ?? this.#start(key, call)
    flight.passengers++
    let stopListening = () => {}
    const gaveUp = new Promise<never>((_, reject) => {
      const onAbort = () => reject(signal?.reason)
      signal?.addEventListener('abort', onAbort, { once: true })
      stopListening = () => signal?.removeEventListener('abort', onAbort)
    })
    try {
      return await Promise.race([flight.result, gaveUp])
    } finally {
      stopListening()
      flight.passengers--
      if (flight.passengers === 0) this.#end(key, flight, signal?.reason)
    }
  }

  #start(key: string, call: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController()
    const result = call(controller.signal)
    const flight: Flight<T> = { result, controller, passengers: 0, isOver: false }
    const end = () => {
      flight.isOver = true
    }
    // Whoever joined hears of a failure; after all gave up there is nobody to hear.
    result.then(end, end)
    this.#flights.set(key, flight)
    return flight
  }

  /** Later callers start afresh: an abandoned call must not fail them. */
  #end(key: string, flight: Flight<T>, reason: unknown): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
    // To abort makes an error with its stack, which would cost more than the rest of this.
    if (!flight.isOver) flight.controller.abort(reason)
  }
}
