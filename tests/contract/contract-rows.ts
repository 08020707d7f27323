/** A request of the table: a path with its query, and what is sent. */
export interface Ask {
  readonly path: string
  readonly json?: unknown
  readonly form?: Readonly<Record<string, string>>
  readonly file?: { readonly name: string; readonly text: string }
  readonly headers?: Readonly<Record<string, string>>
}

export interface Expected {
  readonly status: number
  /** Of the reply's `status` field, where it says what became of the request. */
  readonly word?: string
}

/** Why a cell of the table cannot apply. */
export interface NotApplicable {
  readonly never: string
}

export type Cell = NotApplicable | (Ask & Expected)

/** What holds of one endpoint; credentials follow from its description. */
export interface Row {
  readonly success: Ask & Partial<Expected>
  readonly invalid: Cell
  readonly unknown: Cell
  /** The answer to the request of `success` while the pipeline is busy. */
  readonly busy: Expected | NotApplicable
}

/** What the workspace holds before each request. */
export interface Seed {
  readonly documentId: string
  readonly chunkId: string
  /** Of a document that came as a file. */
  readonly fileId: string
  readonly trackId: string
  readonly scanId: string
}

const NO_INPUT: NotApplicable = { never: 'it takes no input' }
const NO_ID: NotApplicable = { never: 'it names nothing that could be missing' }
const OPEN: NotApplicable = { never: 'it has nothing to do with a workspace' }
const fine: Expected = { status: 200 }

const question = { query: 'Who met Clara Whitfield?' }
const chat = (content: string) => ({ model: 'x', messages: [{ role: 'user', content }] })

function read(path: string, more: Partial<Row> = {}): Row {
  return { success: { path }, invalid: NO_INPUT, unknown: NO_ID, busy: fine, ...more }
}

/** An act for several documents, by their ids or a filter. */
function chosenRow(path: string, documentId: string, more: object = {}): Row {
  return {
    success: { path, json: { doc_ids: [documentId], ...more } },
    invalid: { path, json: { filter: { tag: 'a' }, ...more }, status: 422 },
    unknown: { path, json: { doc_ids: ['doc-x'], ...more }, status: 200 },
    busy: fine,
  }
}

/** The endpoints that take in, list and remove documents. */
function documentRows({ documentId, chunkId, fileId, trackId, scanId }: Seed): Record<string, Row> {
  return {
    'POST /documents/upload': {
      success: { path: '/documents/upload', file: { name: 'new.txt', text: 'A new file.' } },
      invalid: { path: '/documents/upload', form: { other: 'x' }, status: 422 },
      unknown: NO_ID,
      busy: { status: 200, word: 'success' },
    },
    'POST /documents/text': {
      success: { path: '/documents/text', json: { text: 'Something new.' }, word: 'success' },
      invalid: { path: '/documents/text', json: { text: 3 }, status: 422 },
      unknown: NO_ID,
      busy: { status: 200, word: 'success' },
    },
    'POST /documents/texts': {
      success: { path: '/documents/texts', json: { texts: ['One more.'] }, word: 'success' },
      invalid: { path: '/documents/texts', json: { texts: [] }, status: 422 },
      unknown: NO_ID,
      busy: { status: 200, word: 'success' },
    },
    'POST /documents/url': {
      // Nothing else is there to be fetched; tests/outbound fetches pages.
      success: { path: '/documents/url', json: { url: 'http://127.0.0.1/' }, status: 400 },
      invalid: { path: '/documents/url', json: { url: 3 }, status: 422 },
      unknown: NO_ID,
      busy: { status: 400 },
    },
    'POST /documents/custom_kg': {
      success: {
        path: '/documents/custom_kg',
        json: { entities: [{ entity_name: 'Port Alder' }], chunks: [{ content: 'Port Alder.' }] },
      },
      invalid: { path: '/documents/custom_kg', json: { entities: 'all' }, status: 422 },
      unknown: NO_ID,
      busy: fine,
    },
    'GET /documents': read('/documents'),
    'POST /documents/paginated': {
      success: { path: '/documents/paginated', json: {} },
      invalid: { path: '/documents/paginated', json: { page: 0 }, status: 422 },
      unknown: NO_ID,
      busy: fine,
    },
    'GET /documents/facets': read('/documents/facets?tags=a&tags=b', {
      invalid: { path: '/documents/facets?status=lost', status: 422 },
    }),
    'GET /documents/{document_id}/file': read(`/documents/${fileId}/file`, {
      invalid: { path: `/documents/${fileId}/file?inline=perhaps`, status: 422 },
      unknown: { path: '/documents/doc-x/file', status: 404 },
    }),
    'GET /documents/status_counts': read('/documents/status_counts'),
    'GET /documents/pipeline_status': read('/documents/pipeline_status'),
    'GET /documents/supported_file_types': read('/documents/supported_file_types'),
    'GET /documents/track_status/{track_id}': read(`/documents/track_status/${trackId}`, {
      invalid: { path: '/documents/track_status/%20', status: 400 },
      // LightRAG knows no missing track: it has no documents.
      unknown: { path: '/documents/track_status/insert_x', status: 200 },
    }),
    'GET /documents/{document_id}': read(`/documents/${documentId}`, {
      unknown: { path: '/documents/doc-x', status: 404 },
    }),
    'GET /documents/{document_id}/text': read(`/documents/${documentId}/text`, {
      invalid: { path: `/documents/${documentId}/text?from=-1`, status: 422 },
      unknown: { path: '/documents/doc-x/text', status: 404 },
    }),
    'GET /documents/chunks/{chunk_id}': read(`/documents/chunks/${chunkId}`, {
      invalid: { path: `/documents/chunks/${chunkId}?around=6`, status: 422 },
      unknown: { path: '/documents/chunks/chunk-x', status: 404 },
    }),
    'PATCH /documents/{document_id}': {
      success: { path: `/documents/${documentId}`, json: { tags: ['a'] } },
      invalid: { path: `/documents/${documentId}`, json: { enabled: 'perhaps' }, status: 422 },
      unknown: { path: '/documents/doc-x', json: {}, status: 404 },
      busy: fine,
    },
    'GET /documents/{document_id}/chunks': read(`/documents/${documentId}/chunks`, {
      invalid: { path: `/documents/${documentId}/chunks?page=0`, status: 422 },
      unknown: { path: '/documents/doc-x/chunks', status: 404 },
    }),
    'POST /documents/{document_id}/retry_chunks': read(`/documents/${documentId}/retry_chunks`, {
      unknown: { path: '/documents/doc-x/retry_chunks', status: 404 },
      busy: { status: 200, word: 'nothing_to_retry' },
    }),
    'DELETE /documents/delete_document': {
      success: {
        path: '/documents/delete_document',
        json: { doc_ids: [documentId] },
        word: 'deletion_started',
      },
      invalid: { path: '/documents/delete_document', json: { doc_ids: [] }, status: 422 },
      // Reported in the history of the pipeline only, as in LightRAG.
      unknown: { path: '/documents/delete_document', json: { doc_ids: ['doc-x'] }, status: 200 },
      busy: { status: 200, word: 'deletion_started' },
    },
    'DELETE /documents': read('/documents', { busy: { status: 200, word: 'success' } }),
    'POST /documents/clear_cache': {
      success: { path: '/documents/clear_cache', json: {}, word: 'success' },
      invalid: { path: '/documents/clear_cache', json: 'all', status: 422 },
      unknown: NO_ID,
      busy: { status: 200, word: 'success' },
    },
    'POST /documents/reprocess_failed': read('/documents/reprocess_failed', {
      busy: { status: 200, word: 'reprocessing_started' },
    }),
    'POST /documents/precheck': {
      success: { path: '/documents/precheck', json: { files: [{ name: 'a.txt', size: 1 }] } },
      invalid: { path: '/documents/precheck', json: { files: [] }, status: 422 },
      unknown: NO_ID,
      busy: fine,
    },
    'POST /documents/retry': chosenRow('/documents/retry', documentId),
    'POST /documents/delete': chosenRow('/documents/delete', documentId),
    'PATCH /documents': chosenRow('/documents', documentId, { change: { add_tags: ['a'] } }),
    'POST /documents/reset_status': {
      success: {
        path: '/documents/reset_status',
        json: { doc_ids: [documentId] },
        word: 'success',
      },
      invalid: {
        path: '/documents/reset_status',
        json: { doc_ids: ['a'], target_status: 'processed' },
        status: 422,
      },
      unknown: {
        path: '/documents/reset_status',
        json: { doc_ids: ['doc-x'] },
        status: 200,
      },
      busy: { status: 200, word: 'success' },
    },
    'POST /documents/cancel_pipeline': read('/documents/cancel_pipeline', {
      busy: { status: 200, word: 'cancellation_requested' },
    }),
    'GET /events': read('/events'),
    'POST /documents/scan': read('/documents/scan', {
      busy: { status: 200, word: 'scanning_started' },
    }),
    'GET /documents/scan/status/{track_id}': read(`/documents/scan/status/${scanId}`, {
      unknown: { path: '/documents/scan/status/scan_x', status: 404 },
    }),
    'GET /documents/source_conflicts': read('/documents/source_conflicts', {
      invalid: { path: '/documents/source_conflicts?limit=0', status: 422 },
      unknown: { path: '/documents/source_conflicts?cursor=x', status: 400 },
    }),
    'POST /documents/source_conflicts/repair': {
      // Nothing can share a name here, so the best answer is that there is nothing to do.
      success: {
        path: '/documents/source_conflicts/repair',
        json: { canonical_source_key: 'seed.txt', primary_doc_id: documentId },
        status: 409,
      },
      invalid: { path: '/documents/source_conflicts/repair', json: {}, status: 422 },
      unknown: {
        path: '/documents/source_conflicts/repair',
        json: { canonical_source_key: 'x', primary_doc_id: 'doc-x' },
        status: 409,
      },
      busy: { status: 409 },
    },
    'POST /documents/recovery/force_reset': {
      success: { path: '/documents/recovery/force_reset', json: { confirm: true } },
      invalid: { path: '/documents/recovery/force_reset', json: {}, status: 400 },
      unknown: NO_ID,
      busy: { status: 200, word: 'no_recovery_required' },
    },
  }
}

/** The seed has the entities Ada Byron and Bob Stone with a relation, and Eve Moss alone. */
function graphRows(): Record<string, Row> {
  const pair = { source_entity: 'Ada Byron', target_entity: 'Bob Stone' }
  const strangers = { source_entity: 'Ada Byron', target_entity: 'Nobody' }
  const deleteEntity = (path: string): Row => ({
    success: { path, json: { entity_name: 'Eve Moss' }, word: 'success' },
    invalid: { path, json: { entity_name: ' ' }, status: 422 },
    unknown: { path, json: { entity_name: 'Nobody' }, status: 404 },
    busy: { status: 200, word: 'success' },
  })
  const deleteRelation = (path: string): Row => ({
    success: { path, json: pair, word: 'success' },
    invalid: { path, json: { source_entity: 'Ada Byron' }, status: 422 },
    unknown: { path, json: strangers, status: 404 },
    busy: { status: 200, word: 'success' },
  })
  const write = (path: string, good: unknown, bad: unknown, unknown: unknown): Row => ({
    success: { path, json: good, word: 'success' },
    invalid: { path, json: bad, status: 422 },
    unknown: unknown === null ? NO_ID : { path, json: unknown, status: 400 },
    busy: { status: 200, word: 'success' },
  })
  return {
    'GET /graphs': read('/graphs?label=*', {
      invalid: { path: '/graphs', status: 422 },
      // LightRAG shows an empty graph.
      unknown: { path: '/graphs?label=Nobody', status: 200 },
    }),
    'GET /graph/overview': read('/graph/overview', {
      invalid: { path: '/graph/overview?limit=75001', status: 422 },
    }),
    'GET /graph/neighbors': read('/graph/neighbors?name=Ada%20Byron', {
      invalid: { path: '/graph/neighbors?name=Ada%20Byron&limit=0', status: 422 },
      unknown: { path: '/graph/neighbors?name=Nobody', status: 404 },
    }),
    'GET /graph/entity': read('/graph/entity?name=Ada%20Byron', {
      invalid: { path: '/graph/entity', status: 422 },
      unknown: { path: '/graph/entity?name=Nobody', status: 404 },
    }),
    'GET /graph/path': read('/graph/path?from=Ada%20Byron&to=Bob%20Stone', {
      invalid: { path: '/graph/path?from=Ada%20Byron', status: 422 },
      unknown: { path: '/graph/path?from=Ada%20Byron&to=Nobody', status: 404 },
    }),
    'GET /graph/stats': read('/graph/stats'),
    'GET /graph/label/list': read('/graph/label/list'),
    'GET /graph/label/popular': read('/graph/label/popular', {
      invalid: { path: '/graph/label/popular?limit=0', status: 422 },
    }),
    'GET /graph/label/search': read('/graph/label/search?q=Ada', {
      invalid: { path: '/graph/label/search', status: 422 },
      unknown: { path: '/graph/label/search?q=Nobody', status: 200 },
    }),
    'GET /graph/entity/exists': read('/graph/entity/exists?name=Ada%20Byron', {
      invalid: { path: '/graph/entity/exists', status: 422 },
      unknown: { path: '/graph/entity/exists?name=Nobody', status: 200 },
    }),
    'GET /graph/export': read('/graph/export', {
      invalid: { path: '/graph/export?format=pdf', status: 422 },
    }),
    'POST /graph/entity/create': write(
      '/graph/entity/create',
      { entity_name: 'New One', entity_data: {} },
      { entity_name: '' },
      null,
    ),
    'POST /graph/entity/edit': write(
      '/graph/entity/edit',
      { entity_name: 'Ada Byron', updated_data: { description: 'A reader.' } },
      { entity_name: 'Ada Byron' },
      { entity_name: 'Nobody', updated_data: { description: 'x' } },
    ),
    'POST /graph/relation/create': write(
      '/graph/relation/create',
      { source_entity: 'Ada Byron', target_entity: 'Eve Moss', relation_data: {} },
      { source_entity: '' },
      { ...strangers, relation_data: {} },
    ),
    'POST /graph/relation/edit': write(
      '/graph/relation/edit',
      { source_id: 'Ada Byron', target_id: 'Bob Stone', updated_data: { keywords: 'work' } },
      { source_id: 'Ada Byron' },
      { source_id: 'Ada Byron', target_id: 'Nobody', updated_data: { keywords: 'work' } },
    ),
    'POST /graph/entities/merge': write(
      '/graph/entities/merge',
      { entities_to_change: ['Eve Moss'], entity_to_change_into: 'Ada Byron' },
      { entities_to_change: [] },
      { entities_to_change: ['Nobody'], entity_to_change_into: 'Ada Byron' },
    ),
    'DELETE /graph/entity/delete': deleteEntity('/graph/entity/delete'),
    'DELETE /documents/delete_entity': deleteEntity('/documents/delete_entity'),
    'DELETE /graph/relation/delete': deleteRelation('/graph/relation/delete'),
    'DELETE /documents/delete_relation': deleteRelation('/documents/delete_relation'),
  }
}

function answerRows(): Record<string, Row> {
  const answer = (path: string, good: unknown, bad: unknown, status: number): Row => ({
    success: { path, json: good },
    invalid: { path, json: bad, status },
    unknown: NO_ID,
    busy: fine,
  })
  return {
    'POST /query': answer('/query', question, {}, 422),
    'POST /query/stream': answer('/query/stream', question, {}, 422),
    'POST /query/data': answer('/query/data', question, {}, 400),
    'POST /api/chat': answer('/api/chat', { ...chat('Who?'), stream: false }, {}, 400),
    'POST /api/generate': answer('/api/generate', { model: 'x', prompt: 'Go' }, {}, 400),
    'GET /api/version': read('/api/version'),
    'GET /api/tags': read('/api/tags'),
    'GET /api/ps': read('/api/ps'),
  }
}

function serverRows(): Record<string, Row> {
  return {
    'GET /health': read('/health', { busy: { status: 200, word: 'healthy' } }),
    'GET /auth-status': read('/auth-status', { busy: OPEN }),
    'GET /ui/config': read('/ui/config', { busy: OPEN }),
    'GET /auth/verify': read('/auth/verify'),
    'GET /auth/explain': read('/auth/explain', { busy: OPEN }),
    'POST /auth/session': {
      success: {
        path: '/auth/session',
        form: { username: 'user-1', password: 'password of user 1' },
        headers: { 'x-requested-by': 'webui' },
      },
      invalid: {
        path: '/auth/session',
        form: { username: 'user-1' },
        headers: { 'x-requested-by': 'webui' },
        status: 422,
      },
      unknown: {
        path: '/auth/session',
        form: { username: 'nobody', password: 'x' },
        headers: { 'x-requested-by': 'webui' },
        status: 401,
      },
      busy: OPEN,
    },
    // A key, by which the table calls, is no session.
    'PUT /auth/session': {
      success: { path: '/auth/session', status: 403 },
      invalid: NO_INPUT,
      unknown: NO_ID,
      busy: OPEN,
    },
    'DELETE /auth/session': {
      success: {
        path: '/auth/session',
        headers: { 'x-requested-by': 'webui' },
        status: 204,
      },
      invalid: NO_INPUT,
      unknown: NO_ID,
      busy: OPEN,
    },
    'POST /login': {
      success: { path: '/login', form: { username: 'user-1', password: 'password of user 1' } },
      invalid: { path: '/login', form: { username: 'user-1' }, status: 422 },
      unknown: { path: '/login', form: { username: 'nobody', password: 'x' }, status: 401 },
      busy: OPEN,
    },
  }
}

/** One row for every endpoint of the description. */
export function contractRows(seed: Seed): Record<string, Row> {
  return { ...documentRows(seed), ...graphRows(), ...answerRows(), ...serverRows() }
}
