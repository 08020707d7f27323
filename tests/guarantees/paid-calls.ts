import type { ModelServer } from '../fixtures/model-server/model-server.ts'
import type { RecordedCall } from '../fixtures/model-server/recorded-call.ts'

/** What makes two requests the same: they ask for the same answer. */
export function askedOf(call: RecordedCall): string {
  return JSON.stringify(call.kind === 'chat' ? call.messages : call.texts)
}

/** Whether the caller got an answer that it could use. */
export function usable(call: RecordedCall): boolean {
  return call.finished && call.fault === null
}

/** Calls that asked for what a usable answer before them had given already. */
export function repeatedCalls(calls: readonly RecordedCall[]): RecordedCall[] {
  const answered = new Set<string>()
  return calls.filter((call) => {
    const asked = askedOf(call)
    const repeated = answered.has(asked)
    if (usable(call)) answered.add(asked)
    return repeated
  })
}

/** Texts that were embedded by a usable answer more than once. */
export function textsEmbeddedAgain(server: ModelServer): string[] {
  const seen = new Set<string>()
  return server
    .callsOf('embed')
    .filter(usable)
    .flatMap((call) => call.texts)
    .filter((text) => {
      const again = seen.has(text)
      seen.add(text)
      return again
    })
}
