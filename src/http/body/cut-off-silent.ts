import type { IncomingMessage } from 'node:http'

/** Closes the connection of a client that stops sending before its request is whole. */
export function cutOffSilent(request: IncomingMessage, maxSilenceMs: number): void {
  const silence = setTimeout(() => request.destroy(), maxSilenceMs)
  request.on('data', () => silence.refresh())
  request.once('close', () => clearTimeout(silence))
}
