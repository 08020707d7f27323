/** HTTP status of every refusal. The compiler keeps the table and the codes one and the same. */
export const TENANCY_STATUS = {
  missing_credential: 401,
  bad_api_key: 401,
  bad_token: 401,
  bad_login: 401,
  login_busy: 429,
  sign_in_locked: 429,
  rate_limited: 429,
  too_many_queries: 429,
  api_key_required: 403,
  api_key_refused: 403,
  credentials_disagree: 403,
  permission_denied: 403,
  workspace_denied: 403,
  no_workspace: 403,
  tenant_suspended: 403,
  access_ended: 403,
  acting_refused: 403,
  page_unproved: 403,
  credentials_repeated: 400,
  invalid_workspace: 400,
  selectors_disagree: 400,
  workspace_required: 400,
  kb_not_found: 404,
  route_without_permission: 500,
  missing_context: 500,
  foreign_context: 500,
  method_not_served: 500,
  stream_abandoned: 500,
  pool_exhausted: 503,
  pool_closed: 503,
  users_file_invalid: 500,
  users_file_missing: 500,
  token_secret_refused: 500,
  accounts_invalid: 500,
  users_edit_refused: 500,
  control_folder_busy: 500,
} as const

export type TenancyErrorCode = keyof typeof TENANCY_STATUS

export function isTenancyCode(code: string): code is TenancyErrorCode {
  return Object.hasOwn(TENANCY_STATUS, code)
}

interface TenancyErrorOptions extends ErrorOptions {
  /** What the client may wait before it tries again, in whole seconds. */
  readonly retryAfterSeconds?: number
}

/**
 * A refusal or failure of the tenancy layer.
 *
 * `message` is fit for the client: it never names a workspace or user other than the caller's own.
 * `statusCode` is what Fastify's own error handler sends, so that a refusal stays a refusal in an
 * app that installs no handler for these errors.
 */
export class TenancyError extends Error {
  override readonly name = 'TenancyError'
  readonly code: TenancyErrorCode
  readonly statusCode: number
  readonly retryAfterSeconds: number | undefined

  constructor(code: TenancyErrorCode, message: string, options: TenancyErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.statusCode = TENANCY_STATUS[code]
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}

/** Body of a refusal: LightRAG's `detail`, and a code that programs can rely on. */
export interface RefusalBody {
  readonly detail: string
  readonly error: { readonly code: TenancyErrorCode; message: string; request_id: string }
}

export function refusalBody(error: TenancyError, requestId: string): RefusalBody {
  return {
    detail: error.message,
    error: { code: error.code, message: error.message, request_id: requestId },
  }
}
