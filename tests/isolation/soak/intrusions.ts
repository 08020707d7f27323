import type { SoakCall } from './client.ts'
import { get, type Operation, post } from './operation.ts'
import { QUERY_ROUTES } from './questions.ts'
import type { SeededRandom } from './random.ts'
import type { Space } from './space.ts'

export const HOST_SUFFIX = 'rag.test'
const q = encodeURIComponent

type Headers = Readonly<Record<string, string>>

/** Reaches for what is another's: by naming its workspace, or by using its ids and words. */
export function intrusion(own: Space, other: Space, random: SeededRandom): Operation {
  return random.chance(0.4) ? refused(own, other, random) : unseen(other, random)
}

function refused(own: Space, other: Space, random: SeededRandom): Operation {
  const [what, status, headers] = random.pick(attempts(own, other))
  const call = random.pick(desires(other))
  return {
    kind: `refused: ${what}`,
    call: { ...call, headers },
    statuses: [status],
    intrudes: true,
  }
}

/** Headers that choose the other's workspace, each with its refusal. */
function attempts(
  own: Space,
  other: Space,
): [[string, number, Headers], ...[string, number, Headers][]] {
  const key = { 'x-api-key': own.key }
  const named = { 'lightrag-workspace': other.workspace }
  return [
    ['workspace', 403, { ...key, ...named }],
    ['tenant', 403, { ...key, 'x-tenant-id': other.workspace }],
    ['knowledge base', 404, { ...key, 'x-kb-id': other.workspace }],
    ['host', 403, { ...key, host: `${other.workspace}.${HOST_SUFFIX}` }],
    ['both workspaces', 400, { ...key, ...named, 'x-tenant-id': own.workspace }],
    ['two credentials', 403, { ...key, authorization: `Bearer ${other.token ?? other.key}` }],
    ['no credential', 401, named],
    ['wrong key', 401, { ...named, 'x-api-key': `${other.key}0` }],
    ['wrong token', 401, { ...named, authorization: `Bearer ${other.token?.slice(0, -4)}AAAA` }],
  ]
}

/** What somebody who got in would do. */
function desires(other: Space): [SoakCall, ...SoakCall[]] {
  const [one, two] = other.names
  const ids = other.documents.map(({ id }) => id)
  const anchors = other.anchors.map(({ id }) => id)
  return [
    get('/documents'),
    get('/graph/label/list'),
    get('/graphs?label=*'),
    post('/query', { query: `What is said of ${one}?` }),
    post('/query/stream', { query: `What is said of ${two}?` }),
    post('/documents/text', { text: `Never to be seen by ${one}.`, file_source: 'never.txt' }),
    post('/graph/entity/edit', { entity_name: one, updated_data: { description: 'never' } }),
    post('/graph/entity/create', { entity_name: `${other.hand} never`, entity_data: {} }),
    { method: 'DELETE', path: '/graph/entity/delete', body: { entity_name: two } },
    {
      method: 'DELETE',
      path: '/documents/delete_document',
      body: { doc_ids: [...anchors, ...ids], delete_file: true },
    },
    { method: 'DELETE', path: '/documents' },
  ]
}

/** In the caller's own workspace there is nothing by the other's ids and words. */
function unseen(other: Space, random: SeededRandom): Operation {
  const [one, two] = other.names
  const anchor = random.pick(other.anchors)
  const entity = random.pick(other.entities) ?? one
  const none = (
    kind: string,
    call: SoakCall,
    statuses: readonly number[],
    held = '',
  ): Operation => ({
    kind: `foreign ${kind}`,
    call,
    statuses,
    intrudes: true,
    heed: (text) => (text.includes(held) ? undefined : `did not hold ${held}`),
  })
  const inQuestion = { query: `What is said of ${one} and ${two}?`, ll_keywords: [other.hand] }
  const filters = { document_ids: [anchor?.id] }
  const choices: [() => Operation, ...(() => Operation)[]] = [
    () => none('track', get(`/documents/track_status/${anchor?.trackId}`), [200], '"documents":[]'),
    () => none('chunks', get(`/documents/${anchor?.id}/chunks`), [404]),
    () =>
      none(
        'patch',
        { method: 'PATCH', path: `/documents/${anchor?.id}`, body: { metadata: { seen: true } } },
        [404],
      ),
    () => none('retry', post(`/documents/${anchor?.id}/retry_chunks`), [404]),
    () =>
      none(
        'deletion',
        {
          method: 'DELETE',
          path: '/documents/delete_document',
          body: { doc_ids: [anchor?.id], delete_file: true },
        },
        [200],
      ),
    () => none('graph', get(`/graphs?label=${q(entity)}`), [200], '"nodes":[]'),
    () => none('label', get(`/graph/label/search?q=${q(entity)}`), [200]),
    () => none('entity', get(`/graph/entity/exists?name=${q(entity)}`), [200], 'false'),
    () =>
      none(
        'edit',
        post('/graph/entity/edit', { entity_name: entity, updated_data: { description: 'seen' } }),
        [400],
      ),
    () =>
      none(
        'entity deletion',
        { method: 'DELETE', path: '/graph/entity/delete', body: { entity_name: entity } },
        [404],
      ),
    () => none('words', post(random.pick(QUERY_ROUTES), inQuestion), [200]),
    () => none('filter', post('/query/data', { ...inQuestion, filters }), [200], '"failure"'),
  ]
  return random.pick(choices)()
}
