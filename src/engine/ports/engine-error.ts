/** What can go wrong in the engine; each code has exactly one HTTP status, given at the edge. */
export type EngineErrorCode =
  | 'invalid_argument'
  | 'document_not_found'
  | 'chunk_not_found'
  | 'file_not_found'
  | 'scan_not_found'
  | 'entity_not_found'
  | 'unknown_entity'
  | 'entity_exists'
  | 'relation_not_found'
  | 'unknown_relation'
  | 'relation_exists'
  | 'graph_full'
  | 'unsupported_file_type'
  | 'invalid_file_name'
  | 'file_too_large'
  | 'page_refused'
  | 'page_unavailable'
  | 'pipeline_busy'
  | 'model_unavailable'
  | 'model_rejected'
  | 'dimension_mismatch'
  | 'workspace_locked'
  | 'store_unavailable'
  | 'storage_full'
  | 'engine_closed'

/**
 * A failure with a code that callers can branch on.
 *
 * Comes out of a thread (`threads/`) with its code and details, which a structured clone alone would
 * lose. `message` is safe to show to a caller.
 */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: EngineErrorCode
  readonly details: Readonly<Record<string, string | number | boolean>>

  constructor(
    code: EngineErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, string | number | boolean> } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
  }
}

/**
 * How a model did not answer: `unreachable` when the call never came to it, `busy` when it asked for
 * a slower pace; what was asked is then not to blame, or hardly. `silent` when the time was over, and
 * `failed` in all other ways.
 */
export type OutageKind = 'unreachable' | 'busy' | 'silent' | 'failed'

/**
 * A model did not answer, or answered "later". The work is worth doing again.
 *
 * `retryAfterSeconds` is what the provider asked for, when it did.
 */
export class ModelUnavailable extends EngineError {
  readonly retryAfterSeconds: number | undefined
  readonly kind: OutageKind

  constructor(
    message: string,
    options: { cause?: unknown; retryAfterSeconds?: number; kind?: OutageKind } = {},
  ) {
    super('model_unavailable', message, options)
    this.retryAfterSeconds = options.retryAfterSeconds
    this.kind = options.kind ?? 'failed'
  }
}
