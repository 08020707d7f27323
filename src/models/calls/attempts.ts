import { EngineError, ModelUnavailable } from '../../engine/ports/engine-error.ts'
import { timerMs } from '../../engine/work/timer-ms.ts'
import { CallFailure } from './call-failure.ts'
import type { CallScope } from './call-scope.ts'
import type { CallSettings } from './call-settings.ts'

/** Counts the attempts of one call and decides what a failed one leads to. */
export class Attempts {
  readonly #settings: CallSettings
  readonly #scope: CallScope
  readonly #caller: AbortSignal | undefined
  readonly #endsAt: number
  #failed = 0

  constructor(settings: CallSettings, scope: CallScope, caller: AbortSignal | undefined) {
    this.#settings = settings
    this.#scope = scope
    this.#caller = caller
    this.#endsAt =
      settings.timeoutMs > 0 ? Date.now() + settings.timeoutMs : Number.POSITIVE_INFINITY
  }

  /**
   * Waits until the next attempt is due.
   *
   * @throws {ModelUnavailable | EngineError} when no attempt is left or none can help
   * @throws the reason of the caller's signal once it has fired
   */
  async next(error: unknown): Promise<void> {
    const failure = this.#failureOf(error)
    this.#failed++
    if (failure.isFinal || this.#failed >= this.#settings.attempts) {
      throw toEngineError(failure)
    }
    const waitMs = this.#waitMs(failure)
    if (waitMs > this.#settings.maxBackoffMs || Date.now() + waitMs >= this.#endsAt) {
      throw toEngineError(failure)
    }
    try {
      await this.#scope.race(new Promise((resolve) => setTimeout(resolve, timerMs(waitMs))))
    } catch (interrupted) {
      throw toEngineError(this.#failureOf(interrupted))
    }
  }

  /** What an error after which there is no further attempt is to the caller. */
  final(error: unknown): unknown {
    try {
      return toEngineError(this.#failureOf(error))
    } catch (reason) {
      return reason
    }
  }

  #failureOf(error: unknown): CallFailure {
    this.#caller?.throwIfAborted()
    if (this.#scope.timedOut) {
      const seconds = this.#settings.timeoutMs / 1000
      const message = `The model did not answer within ${seconds} s`
      return new CallFailure('unavailable', message, { outage: 'silent' })
    }
    // What an adapter did not recognise is a defect, or a check of ours: it goes up unchanged.
    if (error instanceof CallFailure) return error
    throw error
  }

  #waitMs(failure: CallFailure): number {
    const doubled = this.#settings.backoffMs * 2 ** (this.#failed - 1)
    const spread = doubled * (0.5 + this.#settings.random() / 2)
    return Math.max(Math.min(spread, this.#settings.maxBackoffMs), failure.retryAfterMs ?? 0)
  }
}

function toEngineError(failure: CallFailure): EngineError {
  if (failure.kind === 'unavailable') {
    const { retryAfterMs, outage } = failure
    return new ModelUnavailable(failure.message, {
      kind: outage,
      ...(retryAfterMs === undefined ? {} : { retryAfterSeconds: Math.ceil(retryAfterMs / 1000) }),
    })
  }
  const details = failure.status === undefined ? {} : { status: failure.status }
  return new EngineError('model_rejected', failure.message, { details })
}
