import { once } from 'node:events'
import { request as httpRequest, type RequestOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { onTestFinished } from 'vitest'
import { context } from '../../src/tenancy/context.ts'
import type { PermissionTable } from '../../src/tenancy/permissions.ts'
import { EnginePool } from '../../src/tenancy/pool/pool.ts'
import { createProxy } from '../../src/tenancy/proxy/proxy.ts'
import type { Authenticator } from '../../src/tenancy/sign-in/authenticator.ts'
import { DirectoryAuthenticator } from '../../src/tenancy/sign-in/directory-authenticator.ts'
import { registerTokens, type Tokens } from '../../src/tenancy/sign-in/token.ts'
import { type Refusal, type TenancyOptions, tenancy } from '../../src/tenancy/tenancy.ts'
import { temporaryFolder } from './fixtures.ts'
import { openUsers, writeUsers } from './users.ts'

export const SECRET = 'a secret of more than thirty-two bytes'

/** The engine of these tests: one list of notes. */
export class Notes {
  readonly #notes: string[] = []
  async add(note: string): Promise<number> {
    return this.#notes.push(note)
  }
  async list(): Promise<string[]> {
    return [...this.#notes]
  }
  async *stream(): AsyncGenerator<string, void, undefined> {
    yield* this.#notes
  }
  async *ticks(): AsyncGenerator<string, void, undefined> {
    for (;;) {
      yield 'tick '
      await sleep(1)
    }
  }
}

export const ROWS: PermissionTable = {
  'GET /notes': 'document:read',
  'POST /notes': 'document:create',
  'GET /notes/stream': 'document:read',
  'GET /ticks': 'signed-in',
  'GET /whoami': 'optional',
  'GET /public': 'public',
  'POST /ask': {
    access: 'query:run',
    alsoNeeds: (request) =>
      JSON.stringify(request.body).includes('"raw":true') ? ['document:read'] : [],
  },
  'DELETE /notes': 'kb:manage',
  'GET /admin': 'super-admin',
  'GET /me': 'signed-in',
}

interface Parts {
  readonly authenticator: Authenticator
  readonly tokens: Tokens
}

/** An app with tenancy around a notes service, and what a test needs to look behind it. */
export async function startNotes(
  users: readonly object[],
  more: Partial<TenancyOptions> = {},
  addRoutes: (scope: FastifyInstance, parts: Parts) => void | Promise<void> = () => undefined,
) {
  const path = join(await temporaryFolder(), 'users.json')
  await writeUsers(path, users)
  const { directory } = openUsers(path)
  const app = Fastify()
  const tokens = await registerTokens(app, { secret: SECRET, userHours: 1, guestHours: 1 })
  const authenticator = new DirectoryAuthenticator(directory, tokens)
  const pool = new EnginePool<Notes>({
    open: async () => new Notes(),
    close: async () => undefined,
    maxEngines: 10,
    maxBytes: 1e9,
    idleMs: 0,
    acquireTimeoutMs: 60_000,
  })
  const notes = createProxy<Notes>({
    methods: ['add', 'list'],
    streams: ['stream', 'ticks'],
    pool,
    context,
  })
  const refusals: Refusal[] = []
  await app.register(async (scope) => {
    await scope.register(tenancy, {
      authenticator,
      permissions: ROWS,
      context,
      onRefusal: (refusal) => refusals.push(refusal),
      ...more,
    })
    addNoteRoutes(scope, notes)
    await addRoutes(scope, { authenticator, tokens })
  })
  onTestFinished(async () => {
    await app.close()
    await pool.drain(0)
  })
  const setUsers = async (next: readonly object[]) => {
    await writeUsers(path, next)
    await directory.reloadNow()
  }
  return { app, pool, notes, tokens, directory, authenticator, refusals, setUsers }
}

function addNoteRoutes(scope: FastifyInstance, notes: Notes): void {
  scope.get('/notes', () => notes.list())
  scope.post<{ Body: { note: string } }>('/notes', (request) => notes.add(request.body.note))
  scope.delete('/notes', async () => 'cleared')
  scope.get('/notes/stream', (_request, reply) => reply.send(Readable.from(notes.stream())))
  scope.get('/ticks', (_request, reply) => reply.send(Readable.from(notes.ticks())))
  scope.get('/whoami', async () => ({ workspace: context.current()?.workspace ?? null }))
  scope.get('/public', async () => ({ workspace: context.current()?.workspace ?? null }))
  scope.post('/ask', async () => 'answer')
  scope.get('/admin', async () => 'admin')
  scope.get('/me', async () => context.current()?.principal.username)
}

export async function listen(app: FastifyInstance): Promise<number> {
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

/** One request over an agent's own socket, body and all. */
export async function send(options: RequestOptions, body?: string) {
  const sent = httpRequest(options)
  sent.end(body)
  const [response] = await once(sent, 'response')
  let text = ''
  for await (const piece of response) text += piece
  return { status: response.statusCode as number, text, socket: response.socket }
}
