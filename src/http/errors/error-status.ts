import type { EngineErrorCode } from '../../engine/ports/engine-error.ts'
import type { RequestErrorCode } from './request-error.ts'

/** The HTTP status of every error code; the compiler refuses a code that has none. */
export const ERROR_STATUS = {
  invalid_argument: 400,
  document_not_found: 404,
  scan_not_found: 404,
  entity_not_found: 404,
  // Named in a request about another thing, or in an edit; LightRAG answers 400.
  unknown_entity: 400,
  entity_exists: 400,
  relation_not_found: 404,
  unknown_relation: 400,
  relation_exists: 400,
  graph_full: 403,
  unsupported_file_type: 400,
  invalid_file_name: 400,
  file_too_large: 413,
  page_refused: 400,
  page_unavailable: 424,
  pipeline_busy: 409,
  model_unavailable: 503,
  model_rejected: 502,
  // Deletions make room, and so can an operator.
  storage_full: 507,
  // The caller can do nothing about these four; an operator or time can.
  dimension_mismatch: 503,
  workspace_locked: 503,
  store_unavailable: 503,
  engine_closed: 503,
  upload_too_large: 413,
  upload_malformed: 400,
  upload_interrupted: 400,
  cursor_invalid: 400,
  nothing_to_repair: 409,
  unconfirmed: 400,
  overloaded: 503,
  host_repeated: 400,
  unknown_host: 403,
  foreign_page: 403,
  body_too_large: 413,
  body_encoded: 415,
  body_interrupted: 400,
  length_required: 411,
  caller_sends_too_much: 429,
  server_holds_too_much: 503,
  host_lost: 503,
} satisfies Record<EngineErrorCode | RequestErrorCode, number>
