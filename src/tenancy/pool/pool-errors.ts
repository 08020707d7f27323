import { TenancyError } from '../tenancy-error.ts'

export function exhaustedError(waitedMs: number): TenancyError {
  return new TenancyError('pool_exhausted', 'The server is busy; try again shortly', {
    retryAfterSeconds: Math.max(1, Math.ceil(waitedMs / 1000)),
  })
}

export function closedError(): TenancyError {
  return new TenancyError('pool_closed', 'The server is shutting down', { retryAfterSeconds: 5 })
}

/** Two spellings of one name would be one folder where the file system ignores case. */
export function spellingError(): TenancyError {
  return new TenancyError(
    'invalid_workspace',
    'This workspace name differs only in case from one that is in use',
  )
}
