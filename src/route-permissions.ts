import type { FastifyRequest } from 'fastify'
import { AUTH_PERMISSIONS } from './tenancy/auth-routes.ts'
import type { Permission, PermissionTable } from './tenancy/permissions.ts'

/** What each route needs. A route without a row stops the server from starting. */
export const ROUTE_PERMISSIONS: PermissionTable = {
  ...AUTH_PERMISSIONS,
  'GET /health': 'optional',

  'POST /documents/text': { access: 'document:create', alsoNeeds: replacement },
  'POST /documents/texts': { access: 'document:create', alsoNeeds: replacement },
  'POST /documents/upload': { access: 'document:create', alsoNeeds: replacement },
  'GET /documents': 'document:read',
  'POST /documents/paginated': 'document:read',
  'GET /documents/status_counts': 'document:read',
  'GET /documents/pipeline_status': 'document:read',
  'GET /documents/track_status/:track_id': 'document:read',
  'DELETE /documents/delete_document': 'document:delete',
  'DELETE /documents': 'kb:manage',
  'POST /documents/clear_cache': 'kb:manage',
  'POST /documents/reprocess_failed': 'document:update',
  'POST /documents/cancel_pipeline': 'document:update',

  'POST /query': { access: 'query:run', alsoNeeds: rawDocuments },
  'POST /query/stream': { access: 'query:run', alsoNeeds: rawDocuments },
  'POST /query/data': { access: 'query:run', alsoNeeds: () => ['document:read'] },

  'GET /graphs': 'document:read',
  'GET /graph/label/list': 'document:read',
  'GET /graph/label/popular': 'document:read',
  'GET /graph/label/search': 'document:read',
  'GET /graph/entity/exists': 'document:read',
}

/** A query that shows what was retrieved shows documents; the query-only role may not see those. */
function rawDocuments(request: FastifyRequest): readonly Permission[] {
  const body = request.body
  if (typeof body !== 'object' || body === null) return []
  const wants = ['only_need_context', 'only_need_prompt', 'include_chunk_content']
  return wants.some((name) => Reflect.get(body, name)) ? ['document:read'] : []
}

/** Putting a text in the place of another changes a document. */
function replacement(request: FastifyRequest): readonly Permission[] {
  const { query } = request
  const replaces = typeof query === 'object' && query !== null && 'on_conflict' in query
  return replaces && query.on_conflict === 'replace' ? ['document:update'] : []
}
