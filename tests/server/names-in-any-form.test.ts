import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  InsertResponse,
  PaginatedDocuments,
} from '../../src/engine/documents/document-calls.ts'
import type { QueryData } from '../../src/engine/retrieve/query-calls.ts'
import { NAME_FORMS } from '../engine/name-forms.ts'
import { RestClient } from '../routes/rest-client.ts'
import { startTestServer, type TestServer } from './test-server.ts'

const FILE = 'Prüfplan Azúl.md'
const TAG = 'grün'
const ID = 'Ä-1'
const NAME = 'Café Azúl'
const FORMS = Object.entries(NAME_FORMS)

let server: TestServer
let rest: RestClient
beforeAll(async () => {
  server = await startTestServer(null)
  rest = new RestClient({ baseUrl: server.url, headers: {}, close: server.close })
})
afterAll(() => server.close())

async function names(): Promise<string[]> {
  const { body } = await rest.post<PaginatedDocuments>('/documents/paginated', {})
  return body.documents.map(({ file_path }) => file_path)
}

describe('over HTTP, a file', () => {
  // Half a surrogate pair cannot be sent as a file name: it is no UTF-8.
  it.each(FORMS.filter(([form]) => !/surrogate/.test(form)))(
    'is one file when its name is sent %s',
    async (_, form) => {
      await rest.clear()
      expect(await rest.upload(FILE, 'The crane lifts forty tonnes.')).toMatchObject({
        body: { status: 'success' },
      })
      expect(await rest.upload(form(FILE), 'The crane lifts fifty tonnes.')).toMatchObject({
        body: { status: 'duplicated' },
      })
      expect(await names()).toEqual([FILE])
    },
  )

  it.each(['a..b.txt', `${'Of long titles, '.repeat(40)}and no paths.txt`])(
    'is called by its title: %s',
    async (title) => {
      await rest.clear()
      expect(await rest.upload(title, 'Some words.')).toMatchObject({ body: { status: 'success' } })
      expect(await names()).toEqual([title])
    },
  )
})

describe('over HTTP, a text', () => {
  it.each(FORMS)('is found by its names %s', async (_, form) => {
    await rest.clear()
    const { status, body } = await rest.post<InsertResponse>('/documents/texts', {
      texts: ['The crane lifts forty tonnes.'],
      file_sources: [form(FILE)],
      external_ids: [form(ID)],
      tags: [[form(TAG)]],
    })
    expect(status).toBe(200)
    await rest.settled(body.track_id)
    expect(await names()).toEqual([FILE])
    const filters = [{ tags: [TAG] }, { external_ids: [ID] }, { file_paths: [FILE] }]
    const decomposed = JSON.parse(JSON.stringify(filters).normalize('NFD')) as typeof filters
    for (const filter of [...filters, ...decomposed]) {
      const query = { query: 'crane', mode: 'naive', filters: filter }
      const answer = await rest.post<QueryData>('/query/data', query)
      expect(answer.body.data).toMatchObject({ chunks: [{ file_path: FILE }] })
    }
  })
})

describe('over HTTP, an entity', () => {
  it.each(FORMS)('is one when its name is sent %s', async (_, form) => {
    await rest.clear()
    const create = (entity_name: string) =>
      rest.post('/graph/entity/create', { entity_name, entity_data: { description: 'd' } })
    expect(await create(form(NAME))).toMatchObject({
      status: 200,
      body: { data: { entity_name: NAME } },
    })
    expect((await create(NAME)).status).toBe(400)
    // In a URL there is no half of a pair.
    const asked = new URLSearchParams({ name: form(NAME).replace(/\p{Cs}/u, '') })
    expect(await rest.get(`/graph/entity/exists?${asked}`)).toMatchObject({
      body: { exists: true },
    })
    expect((await rest.get('/graph/label/list')).body).toEqual([NAME])
  })
})
