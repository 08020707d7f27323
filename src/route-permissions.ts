import type { FastifyRequest } from 'fastify'
import { RAGFLOW_PERMISSIONS } from './control/ragflow/ragflow-permissions.ts'
import { CONTROL_ALIASES, CONTROL_PERMISSIONS } from './control/routes/control-permissions.ts'
import { aliasedRows } from './control/routes/data-alias.ts'
import { INVITATION_PAGE_PERMISSIONS } from './control/routes/invitation-page-routes.ts'
import { SNAPSHOT_PERMISSIONS } from './control/routes/snapshot-routes.ts'
import type { Access } from './openapi/describe-operation.ts'
import { readChatQuery } from './routes/ollama-query.ts'
import { AUTH_PERMISSIONS } from './tenancy/auth-routes.ts'
import { type Permission, type PermissionTable, ruleOf } from './tenancy/permissions.ts'

/** What the handlers of the data need. */
const DATA_PERMISSIONS: PermissionTable = {
  'GET /health': { access: 'optional', unplaced: true },
  'GET /auth/verify': { access: 'signed-in', unplaced: true },

  'POST /documents/text': { access: 'document:create', alsoNeeds: insertion },
  'POST /documents/texts': { access: 'document:create', alsoNeeds: insertion },
  'POST /documents/custom_kg': { access: 'document:create', alsoNeeds: insertion },
  'POST /documents/upload': { access: 'document:create', alsoNeeds: insertion },
  'GET /documents': 'document:read',
  'POST /documents/paginated': 'document:read',
  'GET /documents/status_counts': 'document:read',
  'GET /documents/pipeline_status': 'document:read',
  'GET /documents/track_status/:track_id': 'document:read',
  'PATCH /documents/:document_id': 'document:update',
  'GET /documents/:document_id/chunks': 'document:read',
  'POST /documents/:document_id/retry_chunks': 'document:update',
  'POST /documents/scan': 'document:create',
  'GET /documents/scan/status/:track_id': 'document:read',
  'GET /documents/supported_file_types': 'document:read',
  'GET /documents/source_conflicts': 'document:read',
  'POST /documents/source_conflicts/repair': 'document:update',
  'POST /documents/recovery/force_reset': 'kb:manage',
  'DELETE /documents/delete_document': 'document:delete',
  'DELETE /documents': 'kb:manage',
  'POST /documents/clear_cache': 'kb:manage',
  'POST /documents/reprocess_failed': 'document:update',
  'POST /documents/reset_status': 'document:update',
  'POST /documents/cancel_pipeline': 'document:update',

  'POST /query': { access: 'query:run', alsoNeeds: rawDocuments },
  'POST /query/stream': { access: 'query:run', alsoNeeds: rawDocuments },
  'POST /query/data': { access: 'query:run', alsoNeeds: () => ['document:read'] },

  'GET /api/version': 'signed-in',
  'GET /api/tags': 'signed-in',
  'GET /api/ps': 'signed-in',
  'POST /api/generate': 'query:run',
  'POST /api/chat': { access: 'query:run', alsoNeeds: rawContext },

  'GET /graphs': 'document:read',
  'GET /graph/label/list': 'document:read',
  'GET /graph/label/popular': 'document:read',
  'GET /graph/label/search': 'document:read',
  'GET /graph/entity/exists': 'document:read',
  'GET /graph/export': 'document:read',
  'POST /graph/entity/create': 'document:create',
  'POST /graph/relation/create': 'document:create',
  'POST /graph/entity/edit': 'document:update',
  'POST /graph/relation/edit': 'document:update',
  'POST /graph/entities/merge': 'document:update',
  'DELETE /graph/entity/delete': 'document:delete',
  'DELETE /graph/relation/delete': 'document:delete',
  'DELETE /documents/delete_entity': 'document:delete',
  'DELETE /documents/delete_relation': 'document:delete',
}

/** The routes that the description of the API shows: each thing once. */
export const DESCRIBED_PERMISSIONS: PermissionTable = {
  ...AUTH_PERMISSIONS,
  ...DATA_PERMISSIONS,
  ...CONTROL_PERMISSIONS,
  ...SNAPSHOT_PERMISSIONS,
  ...RAGFLOW_PERMISSIONS,
}

/** What each route needs. A route without a row stops the server from starting. */
export const ROUTE_PERMISSIONS: PermissionTable = {
  ...DESCRIBED_PERMISSIONS,
  ...CONTROL_ALIASES,
  ...INVITATION_PAGE_PERMISSIONS,
  ...aliasedRows(DATA_PERMISSIONS),
}

/** The access of a route in a word, for its description. */
export function accessTo(method: string, url: string): Access {
  const access = ruleOf(ROUTE_PERMISSIONS, method, url)?.access
  const told = access === 'public' || access === 'optional' || access === 'account'
  return told ? access : 'required'
}

/** A query that shows what was retrieved shows documents; the query-only role may not see those. */
function rawDocuments(request: FastifyRequest): readonly Permission[] {
  const body = request.body
  if (typeof body !== 'object' || body === null) return []
  const wants = ['only_need_context', 'only_need_prompt', 'include_chunk_content']
  return wants.some((name) => Reflect.get(body, name)) ? ['document:read'] : []
}

/** A chat can ask for the context by the prefix of its last message. */
function rawContext({ body }: FastifyRequest): readonly Permission[] {
  if (typeof body !== 'object' || body === null || !('messages' in body)) return []
  const last: unknown = Array.isArray(body.messages) ? body.messages.at(-1) : undefined
  if (typeof last !== 'object' || last === null || !('content' in last)) return []
  return readChatQuery(String(last.content)).contextOnly ? ['document:read'] : []
}

/**
 * Putting a text in the place of another changes a document, and who waits for a document is shown
 * how far it came.
 */
function insertion({ query }: FastifyRequest): readonly Permission[] {
  if (typeof query !== 'object' || query === null) return []
  const needs: Permission[] = []
  if ('on_conflict' in query && query.on_conflict === 'replace') needs.push('document:update')
  if ('wait' in query && query.wait !== 0) needs.push('document:read')
  return needs
}
