import { Attempts } from './attempts.ts'
import { CallScope } from './call-scope.ts'
import type { CallSettings } from './call-settings.ts'

/**
 * Makes one model call: attempts until one succeeds, all within the time that the settings give.
 *
 * @param attempt makes one request with the signal it is given; failures are {@link CallFailure}s
 * @throws {ModelUnavailable} after an outage, a time-out or a 429 that outlasted the attempts
 * @throws {EngineError} `model_rejected` when the provider refused, or never gave a usable answer
 * @throws the reason of `caller` once that signal has fired
 */
export async function runCall<T>(
  settings: CallSettings,
  caller: AbortSignal | undefined,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  caller?.throwIfAborted()
  const scope = new CallScope(settings.timeoutMs, caller)
  const attempts = new Attempts(settings, scope, caller)
  try {
    for (;;) {
      try {
        return await scope.race(attempt(scope.signal))
      } catch (error) {
        await attempts.next(error)
      }
    }
  } finally {
    scope.close()
  }
}
