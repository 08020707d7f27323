import { RequestError } from '../http/errors/request-error.ts'

const SOON_MS = 1000

/** What a caller is told whose host has ended, or is not there. */
export function hostLost(message: string, { cause, waitMs = SOON_MS }: LostOptions = {}): Error {
  return new RequestError('host_lost', message, {
    retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)),
    cause,
  })
}

interface LostOptions {
  readonly cause?: unknown
  /** When it may be there again, in milliseconds. */
  readonly waitMs?: number
}
