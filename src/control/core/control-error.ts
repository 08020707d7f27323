/** HTTP status of every refusal of the control plane; the compiler keeps table and codes one. */
export const CONTROL_STATUS = {
  not_found: 404,
  forbidden: 403,
  conflict: 409,
  stale_version: 409,
  slug_taken: 409,
  username_taken: 409,
  already_member: 409,
  last_owner: 409,
  default_kb: 409,
  invalid_input: 422,
  invitation_gone: 410,
  not_deleted: 409,
  tenant_not_active: 409,
  deletion_unverified: 500,
  quota_exceeded: 403,
  storage_exceeded: 403,
  calls_exhausted: 429,
  queries_at_once: 429,
  cpu_exhausted: 429,
  credit_exhausted: 402,
  budget_exhausted: 402,
  super_admin_only: 403,
  reason_required: 400,
  secret_unreadable: 500,
  database_unusable: 500,
} as const

export type ControlErrorCode = keyof typeof CONTROL_STATUS

export interface ControlErrorOptions extends ErrorOptions {
  /** Plain data for the client, such as the limit that was met. */
  readonly details?: Readonly<Record<string, string | number | boolean | null>>
  /** What the client may wait before it tries again, in whole seconds. */
  readonly retryAfterSeconds?: number
}

/**
 * A refusal or failure of the control plane.
 *
 * `message` is fit for the client. What a caller may not see is `not_found`, as if it did not exist.
 */
export class ControlError extends Error {
  override readonly name = 'ControlError'
  readonly code: ControlErrorCode
  readonly details: ControlErrorOptions['details']
  readonly retryAfterSeconds: number | undefined

  constructor(code: ControlErrorCode, message: string, options: ControlErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.details = options.details
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** The same for what does not exist and for what is somebody else's. */
export function notFound(what: string): ControlError {
  return new ControlError('not_found', `There is no such ${what}`)
}
