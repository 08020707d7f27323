import { readdir } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { LightRag } from '../../src/engine/light-rag.ts'
import { RAG_METHODS, RAG_STREAMS, type Rag } from '../../src/engine/rag.ts'
import { httpConventions, httpServerOptions } from '../../src/http/http-conventions.ts'
import { registerRoutes } from '../../src/routes/register-routes.ts'
import { NO_PAGES } from '../../src/server/engines/web-pages-of.ts'
import { context } from '../../src/tenancy/context.ts'
import { EnginePool } from '../../src/tenancy/pool/pool.ts'
import { createProxy } from '../../src/tenancy/proxy/proxy.ts'
import { TENANCY_STATUS } from '../../src/tenancy/tenancy-error.ts'
import { OLLAMA, SERVER_INFO } from '../routes/fake-server.ts'
import { manyUsers, startTestServer, type TestServer } from './test-server.ts'

const USERS = 20
/** A word that stands in the documents of one user and nowhere else. */
const wordOf = (user: number) => `Zanzibar${'abcdefghijklmnopqrst'[user]}quux`
const textOf = (user: number, topic: string) =>
  `The code name in the ${topic} report is ${wordOf(user)}. Doctor Livingstone met ${wordOf(user)}.`

interface Caller {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/** Ways of calling the server; each resolves to the status and all that was read. */
const CALLS: Record<string, (caller: Caller, user: number) => Promise<[number, string]>> = {
  async json({ url, headers }, user) {
    const response = await fetch(`${url}/documents/text`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ text: textOf(user, 'json'), file_source: 'json.txt' }),
    })
    return [response.status, await response.text()]
  },
  'chunked body': ({ url, headers }, user) =>
    new Promise((resolve, reject) => {
      const call = httpRequest(
        `${url}/documents/texts`,
        { method: 'POST', headers: { ...headers, 'content-type': 'application/json' } },
        (response) => {
          let read = ''
          response.setEncoding('utf8').on('data', (piece: string) => {
            read += piece
          })
          response.on('end', () => resolve([response.statusCode ?? 0, read]))
        },
      )
      call.on('error', reject)
      const body = JSON.stringify({
        texts: [textOf(user, 'chunked')],
        file_sources: ['chunked.txt'],
      })
      const send = async () => {
        for (let i = 0; i < body.length; i += 20) {
          call.write(body.slice(i, i + 20))
          await sleep(2)
        }
        call.end()
      }
      send().catch(reject)
    }),
  async multipart({ url, headers }, user) {
    const form = new FormData()
    form.append('file', new Blob([textOf(user, 'multipart')]), 'multipart.txt')
    const response = await fetch(`${url}/documents/upload`, { method: 'POST', headers, body: form })
    return [response.status, await response.text()]
  },
  'stream read slowly': async ({ url, headers }) => {
    const response = await fetch(`${url}/query/stream`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'Who met Doctor Livingstone?' }),
    })
    let read = ''
    const decoder = new TextDecoder()
    for await (const piece of response.body ?? []) {
      read += decoder.decode(piece, { stream: true })
      await sleep(10)
    }
    return [response.status, read]
  },
  data: async ({ url, headers }) => {
    const response = await fetch(`${url}/query/data`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'What is the code name in the report?' }),
    })
    return [response.status, await response.text()]
  },
  'client that leaves': async ({ url, headers }) => {
    const leave = new AbortController()
    const response = fetch(`${url}/query/stream`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'Who met Doctor Livingstone?' }),
      signal: leave.signal,
    })
    const status = response.then(({ status }) => status).catch(() => 0)
    await sleep(Math.random() * 20)
    leave.abort()
    return [await status, '']
  },
}

/** Everything at once: each user calls in each way, some twice. */
function allAtOnce(server: { url: string }, headersOf: (user: number) => Record<string, string>) {
  const kinds = Object.keys(CALLS)
  return Promise.all(
    Array.from({ length: 200 }, async (_, i) => {
      const user = i % USERS
      const kind = kinds[Math.floor(i / USERS) % kinds.length] ?? ''
      const [status, read] =
        (await CALLS[kind]?.({ url: server.url, headers: headersOf(user) }, user)) ?? []
      return { user, kind, status: status ?? 0, read: read ?? '' }
    }),
  )
}

describe('200 concurrent requests of 20 users', () => {
  let server: TestServer
  beforeAll(async () => {
    // Fewer engines than users, so that workspaces close and open in between.
    server = await startTestServer(manyUsers(USERS), {
      POOL_MAX_ENGINES: '8',
      // A busy machine is no reason for a test to be refused.
      POOL_ACQUIRE_TIMEOUT_SECONDS: '300',
    })
  })
  afterAll(() => server.close())

  const headersOf = (user: number) => ({ 'x-api-key': `key-of-user-${user}` })
  const foreignWords = (user: number) =>
    Array.from({ length: USERS }, (_, other) => wordOf(other)).filter((_, i) => i !== user)

  async function get(user: number, path: string): Promise<string> {
    const response = await fetch(`${server.url}${path}`, { headers: headersOf(user) })
    expect(response.status).toBe(200)
    return response.text()
  }

  it('touch the workspace of their caller and no other', async () => {
    for (const { user, kind, status, read } of await allAtOnce(server, headersOf)) {
      if (kind !== 'client that leaves') expect(status, `${kind}: ${read}`).toBe(200)
      for (const word of foreignWords(user)) expect(read).not.toContain(word)
    }
  }, 300_000)

  it('leave each user with their own words, also through work that went on afterwards', async () => {
    for (let user = 0; user < USERS; user++) {
      for (;;) {
        const { status_counts } = JSON.parse(await get(user, '/documents/status_counts'))
        if (status_counts.processed === status_counts.all) break
        await sleep(20)
      }
      const documents = await get(user, '/documents')
      for (const name of ['json.txt', 'chunked.txt', 'multipart.txt']) {
        expect(documents).toContain(name)
      }
      const [, found] =
        (await CALLS.data?.({ url: server.url, headers: headersOf(user) }, user)) ?? []
      const labels = await get(user, '/graph/label/list')
      expect(found).toContain(wordOf(user))
      expect(labels).toContain(wordOf(user))
      for (const word of foreignWords(user)) {
        for (const text of [documents, found, labels]) expect(text).not.toContain(word)
      }
    }
  }, 300_000)

  it('never touch the workspace `default`', async () => {
    await allAtOnce(server, headersOf)
    const own = Array.from({ length: USERS }, (_, user) => `space-${user}`).sort()
    for (const folder of ['rag_storage', 'inputs']) {
      const found = await readdir(join(server.folder, folder))
      expect([folder, found.filter((name) => !name.startsWith('_')).sort()]).toEqual([folder, own])
    }
  }, 300_000)
})

it('fails every request when the tenancy hook is missing, and opens no workspace', async () => {
  const opened: string[] = []
  const pool = new EnginePool<LightRag>({
    open: async (workspace) => {
      opened.push(workspace)
      throw new Error('opened')
    },
    close: async () => undefined,
    maxEngines: 4,
    maxBytes: 1e9,
    idleMs: 0,
    acquireTimeoutMs: 100,
  })
  const app = Fastify(httpServerOptions)
  await app.register(httpConventions, { errorStatuses: TENANCY_STATUS })
  await registerRoutes(app, {
    pages: NO_PAGES,
    rag: createProxy<Rag>({ methods: RAG_METHODS, streams: RAG_STREAMS, pool, context }),
    health: { info: SERVER_INFO, details: () => true },
    ollama: OLLAMA,
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const results = await allAtOnce({ url }, (user) => ({ 'x-api-key': `key-of-user-${user}` }))
  await app.close()
  await pool.drain(100)
  for (const { kind, status, read } of results) {
    if (kind !== 'client that leaves') expect(status, `${kind}: ${read}`).toBe(500)
    expect(read).not.toContain('Zanzibar')
  }
  expect(opened).toEqual([])
})
