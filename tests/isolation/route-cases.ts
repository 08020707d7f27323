import { createHash } from 'node:crypto'

/** Things that belong to one caller, to be used by another. */
export interface Ids {
  readonly documentId: string
  readonly chunkId: string
  readonly trackId: string
  readonly entity: string
  readonly otherEntity: string
  readonly file: string
  readonly text: string
}

export interface Call {
  readonly path: string
  readonly body?: unknown
  /** Sent as one file of a form instead of a body. */
  readonly upload?: { readonly name: string; readonly content: string }
  /** Beside those of the caller. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface RouteCase {
  readonly call: (ids: Ids) => Call
  /** The statuses with which the route answers the owner of the ids. */
  readonly owner?: readonly number[]
  /** Public routes look at no credential and so refuse none. */
  readonly access?: 'public' | 'optional'
  /** Takes away what other cases need; runs after them. */
  readonly destroys?: true
  /** Stores what the ids name, which is then the caller's own; runs last but for those. */
  readonly inserts?: true
}

const get = (path: string): RouteCase => ({ call: () => ({ path }) })
const open = (path: string): RouteCase => ({
  ...get(path),
  access: 'public',
  owner: [200, 302, 307, 404],
})
const q = encodeURIComponent
/** No page of another origin can send it. */
const OWN_PAGE = { 'x-requested-by': 'webui' }

/** A change of the graph: what it changes may be gone already by another one. */
const change = (path: string, body: (ids: Ids) => unknown): RouteCase => ({
  call: (ids) => ({ path, body: body(ids) }),
  owner: [200, 400, 404],
  destroys: true,
})

/** How each route is called in somebody else's name. A route without a case fails the suite. */
export const ROUTE_CASES: Readonly<Record<string, RouteCase>> = {
  'GET /': open('/'),
  'GET /docs': open('/docs'),
  'GET /docs/': open('/docs/'),
  'GET /docs/*': open('/docs/swagger-ui.css'),
  'GET /docs/json': open('/docs/json'),
  'GET /docs/yaml': open('/docs/yaml'),
  'GET /docs/static/index.html': open('/docs/static/index.html'),
  'GET /docs/static/swagger-initializer.js': open('/docs/static/swagger-initializer.js'),
  'GET /openapi.json': open('/openapi.json'),
  'GET /auth-status': open('/auth-status'),
  'GET /ui/config': open('/ui/config'),
  'POST /login': {
    call: () => ({ path: '/login', body: {} }),
    access: 'public',
    owner: [422],
  },
  'POST /auth/session': {
    call: () => ({ path: '/auth/session', body: {}, headers: OWN_PAGE }),
    access: 'public',
    owner: [422],
  },
  'PUT /auth/session': { ...get('/auth/session'), owner: [403] },
  'DELETE /auth/session': {
    call: () => ({ path: '/auth/session', headers: OWN_PAGE }),
    access: 'public',
    owner: [204],
  },
  'GET /health': { ...get('/health'), access: 'optional' },
  'GET /auth/explain': get('/auth/explain'),
  'GET /auth/verify': get('/auth/verify'),

  'GET /documents': get('/documents'),
  'POST /documents/paginated': {
    call: () => ({ path: '/documents/paginated', body: { page: 1, page_size: 10 } }),
  },
  'GET /events': get('/events'),
  'GET /documents/pipeline_status': get('/documents/pipeline_status'),
  'GET /documents/status_counts': get('/documents/status_counts'),
  'GET /documents/supported_file_types': get('/documents/supported_file_types'),
  'GET /documents/track_status/:track_id': {
    call: ({ trackId }) => ({ path: `/documents/track_status/${q(trackId)}` }),
  },
  'POST /documents/scan': { ...get('/documents/scan') },
  'GET /documents/scan/status/:track_id': {
    call: ({ trackId }) => ({ path: `/documents/scan/status/${q(trackId)}` }),
    owner: [200, 404],
  },
  'GET /documents/source_conflicts': get('/documents/source_conflicts'),
  'POST /documents/source_conflicts/repair': {
    call: ({ documentId, file }) => ({
      path: '/documents/source_conflicts/repair',
      body: { canonical_source_key: file, primary_doc_id: documentId },
    }),
    owner: [200, 404, 409],
  },
  'POST /documents/text': {
    call: ({ file, text }) => ({
      path: '/documents/text',
      body: { text: `${text} once more`, file_source: file },
    }),
    inserts: true,
  },
  'POST /documents/url': {
    call: () => ({ path: '/documents/url', body: { url: 'http://127.0.0.1/' } }),
    owner: [400],
  },
  'POST /documents/upload': {
    call: ({ file, text }) => ({
      path: '/documents/upload',
      upload: { name: file, content: text },
    }),
    inserts: true,
  },
  'GET /documents/:document_id': {
    call: ({ documentId }) => ({ path: `/documents/${q(documentId)}` }),
  },
  'GET /documents/:document_id/text': {
    call: ({ documentId }) => ({ path: `/documents/${q(documentId)}/text` }),
  },
  'GET /documents/:document_id/file': {
    call: ({ documentId }) => ({ path: `/documents/${q(documentId)}/file` }),
  },
  'GET /documents/facets': get('/documents/facets'),
  'GET /documents/chunks/:chunk_id': {
    call: ({ chunkId }) => ({ path: `/documents/chunks/${q(chunkId)}` }),
  },
  'PATCH /documents/:document_id': {
    call: ({ documentId }) => ({
      path: `/documents/${q(documentId)}`,
      body: { metadata: { seen: true } },
    }),
  },
  'GET /documents/:document_id/chunks': {
    call: ({ documentId }) => ({ path: `/documents/${q(documentId)}/chunks` }),
  },
  'POST /documents/:document_id/retry_chunks': {
    call: ({ documentId }) => ({ path: `/documents/${q(documentId)}/retry_chunks` }),
    owner: [200, 409],
  },
  'POST /documents/clear_cache': { call: () => ({ path: '/documents/clear_cache', body: {} }) },
  'POST /documents/reprocess_failed': get('/documents/reprocess_failed'),
  'POST /documents/precheck': {
    call: ({ file, text }) => ({
      path: '/documents/precheck',
      body: {
        files: [
          {
            name: file,
            size: Buffer.byteLength(text),
            sha256: createHash('sha256').update(text).digest('hex'),
          },
        ],
      },
    }),
  },
  'POST /documents/retry': {
    call: ({ documentId }) => ({ path: '/documents/retry', body: { doc_ids: [documentId] } }),
  },
  'PATCH /documents': {
    call: ({ documentId }) => ({
      path: '/documents',
      body: { doc_ids: [documentId], change: { add_tags: ['seen'] } },
    }),
  },
  'POST /documents/delete': {
    call: ({ documentId }) => ({ path: '/documents/delete', body: { doc_ids: [documentId] } }),
    destroys: true,
  },
  'POST /documents/reset_status': {
    call: ({ documentId }) => ({
      path: '/documents/reset_status',
      body: { doc_ids: [documentId], target_status: 'failed' },
    }),
    destroys: true,
  },
  'POST /documents/cancel_pipeline': get('/documents/cancel_pipeline'),
  'POST /documents/recovery/force_reset': {
    call: () => ({ path: '/documents/recovery/force_reset', body: { confirm: true } }),
  },

  'POST /query': {
    call: ({ entity, otherEntity }) => ({
      path: '/query',
      body: {
        query: `What does ${entity} do?`,
        ll_keywords: [otherEntity],
        include_chunk_content: true,
      },
    }),
  },
  'POST /query/stream': {
    call: ({ entity }) => ({ path: '/query/stream', body: { query: `What does ${entity} do?` } }),
  },
  'POST /query/data': {
    call: ({ entity }) => ({ path: '/query/data', body: { query: `What does ${entity} do?` } }),
  },
  'GET /graphs': {
    call: ({ entity }) => ({ path: `/graphs?label=${q(entity)}&max_depth=3` }),
  },
  'GET /graph/overview': get('/graph/overview'),
  'GET /graph/neighbors': {
    call: ({ entity }) => ({ path: `/graph/neighbors?name=${q(entity)}` }),
  },
  'GET /graph/entity': {
    call: ({ entity }) => ({ path: `/graph/entity?name=${q(entity)}` }),
  },
  'GET /graph/path': {
    call: ({ entity, otherEntity }) => ({
      path: `/graph/path?from=${q(entity)}&to=${q(otherEntity)}`,
    }),
  },
  'GET /graph/stats': get('/graph/stats'),
  'GET /graph/label/list': get('/graph/label/list'),
  'GET /graph/label/popular': get('/graph/label/popular'),
  'GET /graph/label/search': {
    call: ({ entity }) => ({ path: `/graph/label/search?q=${q(entity)}` }),
  },
  'GET /graph/entity/exists': {
    call: ({ entity }) => ({ path: `/graph/entity/exists?name=${q(entity)}` }),
  },

  'GET /api/version': get('/api/version'),
  'GET /api/tags': get('/api/tags'),
  'GET /api/ps': get('/api/ps'),
  'POST /api/chat': {
    call: ({ entity }) => ({
      path: '/api/chat',
      body: {
        model: 'lightrag:latest',
        stream: true,
        messages: [{ role: 'user', content: `/context What does ${entity} do?` }],
      },
    }),
  },
  'POST /api/generate': {
    call: ({ entity }) => ({
      path: '/api/generate',
      body: { model: 'lightrag:latest', prompt: `What does ${entity} do?`, stream: false },
    }),
    // Without a language model there is nobody to generate.
    owner: [200, 503],
  },

  'GET /graph/export': get('/graph/export'),
  'POST /graph/entity/create': change('/graph/entity/create', ({ entity }) => ({
    entity_name: entity,
    entity_data: { description: 'changed', entity_type: 'changed' },
  })),
  'POST /graph/relation/create': change('/graph/relation/create', ({ entity, otherEntity }) => ({
    source_entity: entity,
    target_entity: otherEntity,
    relation_data: { description: 'changed', keywords: 'changed', weight: 1 },
  })),
  'POST /graph/entity/edit': change('/graph/entity/edit', ({ entity }) => ({
    entity_name: entity,
    updated_data: { description: 'changed' },
  })),
  'POST /graph/relation/edit': change('/graph/relation/edit', ({ entity, otherEntity }) => ({
    source_id: entity,
    target_id: otherEntity,
    updated_data: { description: 'changed' },
  })),
  'POST /graph/entities/merge': change('/graph/entities/merge', ({ entity, otherEntity }) => ({
    entities_to_change: [entity],
    entity_to_change_into: otherEntity,
  })),
  'DELETE /graph/relation/delete': change('/graph/relation/delete', ({ entity, otherEntity }) => ({
    source_entity: entity,
    target_entity: otherEntity,
  })),
  'DELETE /documents/delete_relation': change(
    '/documents/delete_relation',
    ({ entity, otherEntity }) => ({ source_entity: entity, target_entity: otherEntity }),
  ),
  'DELETE /graph/entity/delete': change('/graph/entity/delete', ({ entity }) => ({
    entity_name: entity,
  })),
  'DELETE /documents/delete_entity': change('/documents/delete_entity', ({ otherEntity }) => ({
    entity_name: otherEntity,
  })),
  'POST /documents/custom_kg': change('/documents/custom_kg', ({ entity, otherEntity }) => ({
    entities: [{ entity_name: entity, entity_type: 'changed', description: 'changed' }],
    relationships: [
      { src_id: entity, tgt_id: otherEntity, description: 'changed', keywords: 'changed' },
    ],
  })),
  'POST /documents/texts': {
    call: ({ file, text }) => ({
      path: '/documents/texts?on_conflict=replace',
      body: { texts: [text], file_sources: [file] },
    }),
    destroys: true,
  },
  'DELETE /documents/delete_document': {
    call: ({ documentId }) => ({
      path: '/documents/delete_document',
      body: { doc_ids: [documentId], delete_file: true },
    }),
    destroys: true,
  },
  'DELETE /documents': { ...get('/documents'), destroys: true },
}
