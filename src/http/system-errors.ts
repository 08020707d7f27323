import type { PublicError } from './public-error.ts'

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

/** Their own messages name files, so these stand in their place. */
export function systemError(code: string): PublicError | undefined {
  // Extended codes such as `SQLITE_IOERR_WRITE` count as their primary code.
  const primary = /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code
  return Object.hasOwn(SYSTEM_ERRORS, primary) ? SYSTEM_ERRORS[primary] : undefined
}
