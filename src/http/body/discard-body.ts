import type { IncomingMessage } from 'node:http'
import { cutOffSilent } from './cut-off-silent.ts'

const MAX_BYTES = 1024 ** 3
const MAX_SILENCE_MS = 10_000

/**
 * Reads what is left of a request's body and drops it.
 *
 * Many clients look for an answer only when they are done with sending; closed earlier, they see a
 * broken pipe in place of the reason. One that goes on for a gigabyte, or falls silent, loses its
 * connection all the same.
 */
export function discardBody(request: IncomingMessage): void {
  if (request.readableEnded || request.destroyed) return
  let left = MAX_BYTES
  request.unpipe()
  cutOffSilent(request, MAX_SILENCE_MS)
  request.on('data', (chunk: Buffer) => {
    left -= chunk.length
    if (left < 0) request.destroy()
  })
  request.resume()
}
