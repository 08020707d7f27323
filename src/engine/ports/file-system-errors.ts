import { EngineError } from './engine-error.ts'

const FULL = new Set(['ENOSPC', 'EDQUOT'])
const TOO_MANY = new Set(['EMFILE', 'ENFILE'])

/**
 * Gives failures of the file system that pass by themselves, or by an operator's hand, their meaning;
 * anything else is returned as it came. Messages go to callers, so they name no file.
 */
export function asStorageError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (FULL.has(code)) {
    const message = 'The disk of the server is full; nothing of this was kept'
    return new EngineError('storage_full', message, { cause: error })
  }
  if (TOO_MANY.has(code)) {
    const message = 'The server has too many files open at the moment'
    return new EngineError('store_unavailable', message, { cause: error })
  }
  return error
}
