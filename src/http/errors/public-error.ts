import { STATUS_CODES } from 'node:http'

/** What a caller may learn of a failure. */
export interface PublicError {
  readonly status: number
  readonly code: string
  readonly message: string
  /** When to try again, where that is known. */
  readonly retryAfterSeconds?: number
}

const FULL: PublicError = {
  status: 507,
  code: 'storage_full',
  message:
    'The disk of the server is full; nothing of this was kept. Delete something, or ask whoever runs the server for more room.',
}
const TOO_MANY_FILES: PublicError = {
  status: 503,
  code: 'overloaded',
  message: 'The server has too many files open; try again in a moment.',
}
const UNAVAILABLE: PublicError = {
  status: 503,
  code: 'store_unavailable',
  message: 'The storage of the server cannot be read or written at the moment.',
}

/** Failures of the system and of SQLite that are nobody's fault, however deep they were met. */
const SYSTEM_ERRORS: Readonly<Record<string, PublicError>> = {
  ENOSPC: FULL,
  EDQUOT: FULL,
  SQLITE_FULL: FULL,
  EMFILE: TOO_MANY_FILES,
  ENFILE: TOO_MANY_FILES,
  EIO: UNAVAILABLE,
  EROFS: UNAVAILABLE,
  SQLITE_IOERR: UNAVAILABLE,
  SQLITE_CANTOPEN: UNAVAILABLE,
  SQLITE_READONLY: UNAVAILABLE,
  SQLITE_BUSY: UNAVAILABLE,
}

/**
 * Reads an error by its shape, so that one which crossed a thread as plain data counts as well.
 *
 * @param statuses HTTP status of each known code
 * @returns undefined for an error that nobody foresaw; its text must not be shown
 */
export function publicError(
  error: unknown,
  statuses: ReadonlyMap<string, number>,
): PublicError | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if (!('code' in error) || typeof error.code !== 'string') return undefined
  const message = 'message' in error ? String(error.message) : ''
  const status = statuses.get(error.code)
  if (status !== undefined) return { status, code: error.code, message, ...retryAfter(error) }
  const known = systemError(error.code)
  if (known !== undefined) return known
  // Fastify's own refusals (body too large, bad length, …) carry their status and a fixed text.
  if (!error.code.startsWith('FST_') || !('statusCode' in error)) return undefined
  const { statusCode } = error
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode > 499) return undefined
  return { status: statusCode, code: codeOf(statusCode), message }
}

function codeOf(status: number): string {
  return (STATUS_CODES[status] ?? 'error').toLowerCase().replaceAll(/\W+/g, '_')
}

/** The delay stands on the error itself, or among its details once it has been cloned. */
function retryAfter(error: object): { retryAfterSeconds?: number } {
  const own = secondsIn(error)
  const seconds = own ?? ('details' in error ? secondsIn(error.details) : undefined)
  return seconds === undefined ? {} : { retryAfterSeconds: Math.max(1, Math.ceil(seconds)) }
}

function secondsIn(holder: unknown): number | undefined {
  if (typeof holder !== 'object' || holder === null) return undefined
  const seconds = 'retryAfterSeconds' in holder ? holder.retryAfterSeconds : undefined
  return typeof seconds === 'number' && Number.isFinite(seconds) ? seconds : undefined
}

/** Their own messages name files, so these stand in their place. */
function systemError(code: string): PublicError | undefined {
  // Extended codes such as `SQLITE_IOERR_WRITE` count as their primary code.
  const primary = /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code
  return Object.hasOwn(SYSTEM_ERRORS, primary) ? SYSTEM_ERRORS[primary] : undefined
}
