import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type {
  InsertResponse,
  PipelineStatus,
  ScanStarted,
  ScanStatus,
} from '../../src/engine/documents/document-calls.ts'
import type { DocumentChunks } from '../../src/engine/documents/reading/reading-calls.ts'
import { type Reply, RestClient, sleep, type TestServer } from '../routes/rest-client.ts'
import { manyUsers, startTestServer } from '../server/test-server.ts'
import { type Ask, contractRows, type Row, type Seed } from './contract-rows.ts'
import { type GatedServer, startGatedServer } from './gated-server.ts'
import { describedEndpoints } from './openapi-document.ts'
import { replyCheck } from './reply-check.ts'

const KEY = { 'x-api-key': 'key-of-user-1' }
const NOWHERE: Seed = {
  documentId: 'doc-x',
  chunkId: 'chunk-x',
  fileId: 'doc-x',
  trackId: 'insert_x',
  scanId: 'scan_x',
}

// The API of tenants has a table of its own: roles × routes, in tests/control/routes.
const endpoints = (await describedEndpoints()).filter(({ path }) => !path.startsWith('/api/v1/'))
const check = await replyCheck()
const names = endpoints.map(({ method, path }) => `${method} ${path}`)
const accessOf = new Map<string, 'public' | 'optional' | 'required'>(
  endpoints.map(({ method, path, operation }) => {
    const ways = operation.security.map((way) => Object.keys(way).length)
    const access = ways.length === 0 ? 'public' : ways.includes(0) ? 'optional' : 'required'
    return [`${method} ${path}`, access] as const
  }),
)
const counts = { checked: 0, never: new Map<string, number>() }

function rowOf(name: string, seed: Seed): Row {
  const row = contractRows(seed)[name]
  if (row === undefined) throw new Error(`${name} has no row in the table`)
  return row
}

/** A cell that cannot apply is counted with its reason, not passed over. */
function never(reason: string): void {
  counts.never.set(reason, (counts.never.get(reason) ?? 0) + 1)
}

function ask(rest: RestClient, name: string, { path, json, form, file, ...own }: Ask, more = {}) {
  counts.checked++
  const headers = { ...own.headers, ...more }
  const method = name.split(' ')[0] ?? ''
  if (file !== undefined) {
    const body = new FormData()
    body.append('file', new Blob([file.text]), file.name)
    return rest.send<{ status?: string }>(path, { method, body, headers })
  }
  if (form !== undefined) {
    const body = name.endsWith('/upload') ? multipart(form) : new URLSearchParams(form)
    return rest.send<{ status?: string }>(path, { method, body, headers })
  }
  if (json === undefined) return rest.send<{ status?: string }>(path, { method, headers })
  return rest.send<{ status?: string }>(path, {
    method,
    body: JSON.stringify(json),
    headers: { 'content-type': 'application/json', ...headers },
  })
}

function multipart(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData()
  for (const [field, value] of Object.entries(fields)) form.append(field, value)
  return form
}

async function seeded(rest: RestClient): Promise<Seed> {
  await rest.clear()
  const { body } = await rest.post<InsertResponse>('/documents/text', {
    text: 'Clara Whitfield surveyed the coast near Port Alder. Max Power met Clara Whitfield.',
    file_source: 'seed.txt',
  })
  const documents = await rest.settled(body.track_id)
  for (const entity_name of ['Ada Byron', 'Bob Stone', 'Eve Moss']) {
    await rest.post('/graph/entity/create', { entity_name, entity_data: {} })
  }
  const pair = { source_entity: 'Ada Byron', target_entity: 'Bob Stone' }
  await rest.post('/graph/relation/create', { ...pair, relation_data: {} })
  const scan = await rest.send<ScanStarted>('/documents/scan', { method: 'POST' })
  const scanId = scan.body.track_id
  for (;;) {
    const { body } = await rest.get<ScanStatus>(`/documents/scan/status/${scanId}`)
    if (body.status !== 'running') break
    await sleep(5)
  }
  const documentId = documents[0]?.id ?? ''
  const chunks = await rest.get<DocumentChunks>(`/documents/${documentId}/chunks`)
  const form = new FormData()
  form.append('file', new Blob(['Two came as a file.']), 'seed-file.txt')
  const upload = { method: 'POST', body: form }
  const file = await rest.send<InsertResponse>('/documents/upload', upload)
  const [uploaded] = await rest.settled(file.body.track_id)
  return {
    documentId,
    fileId: uploaded?.id ?? '',
    chunkId: chunks.body.chunks[0]?.chunk_id ?? '',
    trackId: body.track_id,
    scanId,
  }
}

function expectError({ status, body }: Reply<unknown>, expected: number): void {
  expect(status).toBe(expected)
  if (status >= 400 && !(typeof body === 'object' && body !== null && 'metadata' in body)) {
    expect(body).toHaveProperty('detail')
  }
}

/** Called last. */
function reckon(): void {
  const inapplicable = [...counts.never.values()].reduce((sum, n) => sum + n, 0)
  const cells = `${counts.checked} cells checked, ${inapplicable} cannot apply`
  console.log(`Contract table: ${names.length} endpoints, ${cells}:`)
  for (const [reason, n] of counts.never) console.log(`  ${n} × ${reason}`)
  expect(counts.checked + inapplicable).toBe(names.length * 6)
}

describe('the contract', () => {
  let server: TestServer
  let rest: RestClient
  let anonymous: RestClient
  beforeAll(async () => {
    const started = await startTestServer(manyUsers(3))
    server = { baseUrl: started.url, headers: KEY, close: started.close }
    rest = new RestClient(server, check)
    anonymous = new RestClient({ ...server, headers: {} }, check)
  })
  afterAll(async () => {
    await server.close()
  })

  it('has a row for every endpoint, and for no other', () => {
    expect(Object.keys(contractRows(NOWHERE)).sort()).toEqual([...names].sort())
  })

  it.each(names)('%s does what it is for', async (name) => {
    const { success } = rowOf(name, await seeded(rest))
    const reply = await ask(rest, name, success)
    expect(reply.status, reply.text).toBe(success.status ?? 200)
    if (success.word !== undefined) expect(reply.body.status).toBe(success.word)
  })

  it.each(names)('%s refuses a malformed request', async (name) => {
    const { invalid } = rowOf(name, NOWHERE)
    if ('never' in invalid) return never(invalid.never)
    expectError(await ask(rest, name, invalid), invalid.status)
  })

  it.each(names)('%s asks for a credential where one is needed', async (name) => {
    const { success } = rowOf(name, NOWHERE)
    const reply = await ask(anonymous, name, success)
    if (accessOf.get(name) === 'required') expectError(reply, 401)
    else expect(reply.status).toBe(success.status ?? 200)
  })

  it.each(names)('%s keeps out of other workspaces', async (name) => {
    if (accessOf.get(name) === 'public') return never('it is open to everybody')
    const { success } = rowOf(name, NOWHERE)
    const reply = await ask(rest, name, success, { 'lightrag-workspace': 'space-2' })
    expectError(reply, 403)
    expect(reply.text).not.toContain('user-2')
  })

  it.each(names)('%s says so when a thing is not there', async (name) => {
    const { unknown } = rowOf(name, NOWHERE)
    if ('never' in unknown) return never(unknown.never)
    expectError(await ask(rest, name, unknown), unknown.status)
  })
})

describe('the contract while the pipeline is busy', () => {
  let server: GatedServer
  let rest: RestClient
  beforeAll(async () => {
    server = await startGatedServer()
    rest = new RestClient(server, check)
  })
  afterAll(() => server.close())

  const busy = async () => {
    const seed = await seeded(rest)
    server.shut()
    await rest.post('/documents/text', { text: 'This one is held up for a while.' })
    for (;;) {
      const { body } = await rest.get<PipelineStatus>('/documents/pipeline_status')
      if (body.busy) return seed
      await sleep(5)
    }
  }

  it.each(names)('%s', async (name) => {
    const expected = rowOf(name, NOWHERE).busy
    if ('never' in expected) return never(expected.never)
    const { success } = rowOf(name, await busy())
    try {
      const reply = await ask(rest, name, success)
      expect(reply.status, reply.text).toBe(expected.status)
      if (expected.word !== undefined) expect(reply.body.status).toBe(expected.word)
    } finally {
      server.open()
    }
  })
})

it('leaves no cell out', reckon)
