import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type {
  DocStatusResponse,
  InsertResponse,
  PaginatedDocuments,
} from '../../src/engine/documents/document-calls.ts'
import type { DocumentChunks } from '../../src/engine/documents/reading/reading-calls.ts'
import type { QueryData } from '../../src/engine/retrieve/query-calls.ts'
import { type Invalid, type Reply, RestClient } from '../routes/rest-client.ts'
import { startTestServer, type TestServer } from './test-server.ts'

interface Coded {
  readonly error: { readonly code: string }
}

const CURIE = 'Marie Curie discovered radium together with Pierre Curie in Paris.'
const TURING = 'Alan Turing described the universal machine at Princeton University.'
const user = { password: 'a password of some length', workspace: 'shared' }

let server: TestServer
let rest: RestClient
let reader: RestClient
beforeAll(async () => {
  server = await startTestServer([
    { ...user, username: 'writer', api_key: 'key-of-the-writer' },
    { ...user, username: 'reader', api_key: 'key-of-the-reader', role: 'viewer' },
  ])
  const as = (key: string) =>
    new RestClient({ baseUrl: server.url, headers: { 'x-api-key': key }, close: server.close })
  rest = as('key-of-the-writer')
  reader = as('key-of-the-reader')
})
afterAll(() => server.close())
beforeEach(() => rest.clear())

async function documents(): Promise<readonly DocStatusResponse[]> {
  const { body } = await rest.post<PaginatedDocuments>('/documents/paginated', {
    sort_field: 'file_path',
    sort_direction: 'asc',
  })
  return body.documents
}

function patch<Body = DocStatusResponse>(client: RestClient, id: string, body: unknown) {
  return client.send<Body>(`/documents/${id}`, {
    method: 'PATCH',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  })
}

async function insertBoth(): Promise<void> {
  const { status, body } = await rest.post<InsertResponse>('/documents/texts', {
    texts: [CURIE, TURING],
    file_sources: ['curie.txt', 'turing.txt'],
    external_ids: ['c-1', ''],
    metadata: [{ year: 1898 }, null],
    tags: [['physics'], ['logic']],
  })
  expect(status).toBe(200)
  await rest.settled(body.track_id)
}

describe('annotations over the wire', () => {
  it('come with texts and are listed', async () => {
    await insertBoth()
    expect((await documents()).map(({ metadata }) => metadata)).toMatchObject([
      { external_id: 'c-1', year: 1898, tags: ['physics'], enabled: true },
      { external_id: null, tags: ['logic'], enabled: true },
    ])
    const { body } = await rest.post<InsertResponse>('/documents/text', {
      text: 'Another text.',
      external_id: 'c-1',
      tags: null,
    })
    expect(body.status).toBe('duplicated')
  })

  it('come with a file, in fields before it', async () => {
    const form = new FormData()
    form.append('external_id', 'f-1')
    form.append('tags', 'a, b')
    form.append('tags', '["c,d"]')
    form.append('metadata', '{"year": 1936}')
    form.append('chunking', '{"strategy": "markdown"}')
    form.append('file', new Blob([TURING]), 'turing.md')
    const { status, body } = await rest.send<InsertResponse>('/documents/upload', {
      method: 'POST',
      body: form,
    })
    expect(status).toBe(200)
    const [document] = await rest.settled(body.track_id)
    expect(document?.metadata).toMatchObject({
      external_id: 'f-1',
      tags: ['a', 'b', 'c,d'],
      year: 1936,
      chunking: { strategy: 'markdown' },
    })
  })

  it.each([
    ['behind the file', (form: FormData) => form.append('tags', 'late'), true],
    ['that hold no JSON', (form: FormData) => form.append('metadata', '{year'), false],
    ['of the wrong kind', (form: FormData) => form.append('chunking', '{"size": 1}'), false],
  ])('are refused in fields %s', async (_name, add, behind) => {
    const form = new FormData()
    if (!behind) add(form)
    form.append('file', new Blob([TURING]), 'turing.txt')
    if (behind) add(form)
    const reply = await rest.send<Invalid>('/documents/upload', { method: 'POST', body: form })
    expect(reply.status).toBe(422)
    expect(reply.body.detail[0]?.loc[0]).toBe('body')
    expect(await documents()).toEqual([])
  })

  it('are changed by those who may, with codes for what goes wrong', async () => {
    await insertBoth()
    const id = (await documents())[0]?.id ?? ''
    const { status, body } = await patch(rest, id, { tags: ['chemistry'], enabled: false })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id,
      metadata: { tags: ['chemistry'], enabled: false, year: 1898 },
    })
    expect((await patch(reader, id, { tags: [] })).status).toBe(403)
    const unknown: Reply<Coded> = await patch(rest, 'doc-none', { tags: [] })
    expect(unknown.status).toBe(404)
    expect(unknown.body.error.code).toBe('document_not_found')
    expect((await patch(rest, id, { metadata: { tags: 1 } })).status).toBe(400)
    expect((await patch(rest, id, { enabled: 'perhaps' })).status).toBe(422)
  })
})

describe('filters over the wire', () => {
  const ask = (filters: unknown) =>
    reader.post<QueryData>('/query/data', { query: 'Curie and Turing', filters })
  const files = async (filters: unknown) => {
    const { body } = await ask(filters)
    return (body.data.references ?? []).map(({ file_path }) => file_path)
  }

  it('choose what a question may draw from', async () => {
    await insertBoth()
    expect(await files({ tags: ['logic'] })).toEqual(['turing.txt'])
    expect(await files({ external_ids: ['c-1'] })).toEqual(['curie.txt'])
    expect(await files({ metadata: { year: [1897, 1898] } })).toEqual(['curie.txt'])
    expect(await files(null)).toHaveLength(2)
    const { status, body } = await ask({ tags: ['none'] })
    expect([status, body.status]).toEqual([200, 'failure'])
  })

  it.each([[{ tag: ['logic'] }], [{ tags: 'logic' }], [{ metadata: { year: { from: 1 } } }]])(
    'are refused when they would filter nothing: %j',
    async (filters) => {
      const { status } = await rest.post('/query', { query: 'Curie and Turing', filters })
      expect(status).toBe(422)
    },
  )
})

describe('chunks over the wire', () => {
  it('are cut as asked for, and listed', async () => {
    const { body } = await rest.post<InsertResponse>('/documents/text', {
      text: `${CURIE}|${TURING}`,
      chunking: { strategy: 'fixed_token', params: { split_by_character: '|' } },
    })
    const [document] = await rest.settled(body.track_id)
    const path = `/documents/${document?.id}/chunks`
    const list = await reader.get<DocumentChunks>(path)
    expect(list.body.chunks.map(({ content, status }) => [content, status])).toEqual([
      [CURIE, 'extracted'],
      [TURING, 'extracted'],
    ])
    const none = await reader.get<DocumentChunks>(`${path}?status=set_aside`)
    expect(none.body).toMatchObject({ total_count: 0, chunks: [] })
    const retry = await rest.post(`/documents/${document?.id}/retry_chunks`, {})
    expect(retry.body).toMatchObject({ status: 'nothing_to_retry' })
    const missing = await rest.post<Coded>('/documents/doc-none/retry_chunks', {})
    expect(missing.body.error.code).toBe('document_not_found')
  })

  it.each([
    [{ strategy: 'semantic_vector' }],
    [{ strategy: 'fixed_token', params: { chunk_size: 5 } }],
    [{ strategy: 'fixed_token', params: { chunk_token_size: 0 } }],
    [{ params: {} }],
  ])('are not cut by %j', async (chunking) => {
    const { status } = await rest.post('/documents/text', { text: CURIE, chunking })
    expect(status).toBe(422)
  })
})
