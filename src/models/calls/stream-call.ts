import { Attempts } from './attempts.ts'
import { emptyAnswer } from './call-failure.ts'
import { CallScope } from './call-scope.ts'
import type { CallSettings } from './call-settings.ts'

/**
 * Makes one streamed model call. Attempts are repeated only until the first piece: after it a
 * repetition would say things twice. While the consumer thinks, the clock stands still.
 *
 * @param open makes one request with the signal it is given; failures are {@link CallFailure}s
 * @throws as {@link runCall}, at the first or a later piece
 */
export async function* streamCall(
  settings: CallSettings,
  caller: AbortSignal | undefined,
  open: (signal: AbortSignal) => AsyncIterable<string>,
): AsyncGenerator<string, void, undefined> {
  caller?.throwIfAborted()
  const scope = new CallScope(settings.timeoutMs, caller)
  const attempts = new Attempts(settings, scope, caller)
  let pieces: AsyncIterator<string> | undefined
  try {
    const opened = await firstPiece(scope, attempts, open)
    pieces = opened.pieces
    let next: IteratorResult<string> = { done: false, value: opened.first }
    while (next.done !== true) {
      scope.stopClock()
      yield next.value
      scope.restartClock()
      next = await scope.race(pieces.next()).catch((error: unknown) => {
        throw attempts.final(error)
      })
    }
  } finally {
    scope.close()
    // Not awaited: it may wait for a piece that never comes.
    pieces?.return?.()?.catch(() => {})
  }
}

async function firstPiece(
  scope: CallScope,
  attempts: Attempts,
  open: (signal: AbortSignal) => AsyncIterable<string>,
): Promise<{ pieces: AsyncIterator<string>; first: string }> {
  for (;;) {
    try {
      const pieces = open(scope.signal)[Symbol.asyncIterator]()
      const first = await scope.race(pieces.next())
      if (first.done === true) throw emptyAnswer()
      return { pieces, first: first.value }
    } catch (error) {
      await attempts.next(error)
    }
  }
}
