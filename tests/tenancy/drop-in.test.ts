import Fastify, { type FastifyInstance } from 'fastify'
import { expect, it } from 'vitest'
import { context } from '../../src/tenancy/context.ts'
import { EnginePool } from '../../src/tenancy/pool/pool.ts'
import { createProxy } from '../../src/tenancy/proxy/proxy.ts'
import { DirectoryAuthenticator } from '../../src/tenancy/sign-in/directory-authenticator.ts'
import { registerTokens } from '../../src/tenancy/sign-in/token.ts'
import { tenancy } from '../../src/tenancy/tenancy.ts'
import { SECRET } from './app.ts'
import { temporaryFolder } from './fixtures.ts'
import { ACME_KEY, acmeUser, openUsers, TECHSTART_KEY, techstartUser, writeUsers } from './users.ts'

/** Somebody's service for one user: an engine of five methods, and handlers that use it. */
class NoteBook {
  readonly #notes: string[] = []
  add = async (text: string) => this.#notes.push(text)
  list = async () => [...this.#notes]
  find = async (word: string) => this.#notes.filter((note) => note.includes(word))
  count = async () => this.#notes.length
  clear = async () => this.#notes.splice(0).length
}

async function noteRoutes(app: FastifyInstance, { book }: { book: NoteBook }) {
  app.get('/notes', () => book.list())
  app.get<{ Querystring: { word: string } }>('/find', (request) => book.find(request.query.word))
  app.get('/count', async () => ({ count: await book.count() }))
  app.post<{ Body: { text: string } }>('/notes', (request) => book.add(request.body.text))
  app.delete('/notes', () => book.clear())
}

it('makes a service for one user serve many, its handlers unchanged', async () => {
  const path = `${await temporaryFolder()}/users.json`
  await writeUsers(path, [acmeUser, techstartUser])
  const { directory } = openUsers(path)

  // From here on: all that it takes.
  const app = Fastify()
  const tokens = await registerTokens(app, { secret: SECRET, userHours: 48, guestHours: 24 })
  const pool = new EnginePool<NoteBook>({
    open: async () => new NoteBook(),
    close: async () => undefined,
    maxEngines: 100,
    maxBytes: 1e9,
    idleMs: 0,
    acquireTimeoutMs: 1000,
  })
  const methods = ['add', 'list', 'find', 'count', 'clear'] as const
  const book = createProxy<NoteBook>({ methods, pool, context })
  await app.register(async (scope) => {
    await scope.register(tenancy, {
      authenticator: new DirectoryAuthenticator(directory, tokens),
      context,
      permissions: {
        'GET /notes': 'document:read',
        'GET /find': 'query:run',
        'GET /count': 'document:read',
        'POST /notes': 'document:create',
        'DELETE /notes': 'document:delete',
      },
    })
    await scope.register(noteRoutes, { book })
  })

  const as = (key: string) => ({ headers: { 'x-api-key': key } })
  for (const [key, text] of [
    [ACME_KEY, 'anvils of acme'],
    [TECHSTART_KEY, 'laptops of techstart'],
  ] as const) {
    await app.inject({ method: 'POST', url: '/notes', ...as(key), payload: { text } })
  }
  expect((await app.inject({ url: '/notes', ...as(ACME_KEY) })).json()).toEqual(['anvils of acme'])
  expect((await app.inject({ url: '/find?word=of', ...as(TECHSTART_KEY) })).json()).toEqual([
    'laptops of techstart',
  ])
  await app.inject({ method: 'DELETE', url: '/notes', ...as(ACME_KEY) })
  expect((await app.inject({ url: '/count', ...as(TECHSTART_KEY) })).json()).toEqual({ count: 1 })
  expect((await app.inject({ url: '/notes' })).statusCode).toBe(401)
  await app.close()
})

it('serves the same handlers without tenancy, around one engine', async () => {
  const app = Fastify()
  await app.register(noteRoutes, { book: new NoteBook() })
  await app.inject({ method: 'POST', url: '/notes', payload: { text: 'mine' } })
  expect((await app.inject({ url: '/notes' })).json()).toEqual(['mine'])
})
