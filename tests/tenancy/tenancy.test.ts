import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify, { type FastifyInstance } from 'fastify'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { context } from '../../src/tenancy/context.ts'
import type { PermissionTable } from '../../src/tenancy/permissions.ts'
import { tenancy } from '../../src/tenancy/tenancy.ts'
import { TenancyError } from '../../src/tenancy/tenancy-error.ts'
import { listen, ROWS, send, startNotes } from './app.ts'
import { settle, until } from './fixtures.ts'
import { ACME_KEY, acmeUser, TECHSTART_KEY, techstartUser } from './users.ts'

const users = [acmeUser, techstartUser]
const asAcme = { 'x-api-key': ACME_KEY }
const asTechstart = { 'x-api-key': TECHSTART_KEY }
const UNKNOWN_TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'

function startWith(rows: PermissionTable, addRoutes: (scope: FastifyInstance) => void) {
  return startNotes(users, { permissions: { ...ROWS, ...rows } }, addRoutes)
}

describe('tenancy around an app', () => {
  it('gives each caller an engine of their own behind the same handlers', async () => {
    const { app } = await startNotes(users)
    const url = `http://127.0.0.1:${await listen(app)}/notes`
    const post = (key: string, note: string) =>
      fetch(url, {
        method: 'POST',
        headers: { 'x-api-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ note }),
      })
    await Promise.all([post(ACME_KEY, 'of acme'), post(TECHSTART_KEY, 'of techstart')])
    const bearer = { authorization: `Bearer ${TECHSTART_KEY}` }
    expect(await (await fetch(url, { headers: asAcme })).json()).toEqual(['of acme'])
    expect(await (await fetch(url, { headers: bearer })).json()).toEqual(['of techstart'])
    const stream = await fetch(`${url}/stream`, { headers: asAcme })
    expect(await stream.text()).toBe('of acme')
  })

  it('keeps callers apart who share one connection, and forgets them at once', async () => {
    const { app } = await startNotes(users)
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const port = await listen(app)
    const sockets = new Set()
    const seen: unknown[] = []
    for (const headers of [asAcme, {}, asTechstart, {}, asAcme, { 'x-api-key': 'bad' }, {}]) {
      const reply = await send({ port, host: '127.0.0.1', path: '/whoami', agent, headers })
      sockets.add(reply.socket)
      seen.push(reply.status === 200 ? JSON.parse(reply.text).workspace : reply.status)
    }
    agent.destroy()
    expect(sockets.size).toBe(1)
    expect(seen).toEqual(['acme', null, 'techstart', null, 'acme', 401, null])
  })

  it('holds the context through awaits of many interleaved requests', async () => {
    const { app } = await startWith({ 'GET /slow': 'signed-in' }, (scope) => {
      scope.get('/slow', async () => {
        const seen = [context.current()?.workspace]
        for (let step = 0; step < 3; step += 1) {
          await sleep(Math.random() * 4)
          seen.push(context.current()?.workspace)
        }
        return [...new Set(seen)]
      })
    })
    const url = `http://127.0.0.1:${await listen(app)}/slow`
    const asked = Array.from({ length: 60 }, async (_, position) => {
      const headers = position % 2 ? asAcme : asTechstart
      const seen = await (await fetch(url, { headers })).json()
      expect(seen).toEqual([position % 2 ? 'acme' : 'techstart'])
    })
    await Promise.all(asked)
  })

  it('holds the context in the handler of a JSON body, in onSend and in the error handler', async () => {
    const seen: Record<string, string | undefined> = {}
    const { app } = await startWith({ 'POST /seen': 'signed-in' }, (scope) => {
      scope.addHook('onSend', async () => {
        seen.onSend = context.current()?.workspace
      })
      const errorHandler = async () => {
        seen.errorHandler = context.current()?.workspace
        return 'caught'
      }
      scope.post('/seen', { errorHandler }, async () => {
        seen.handler = context.current()?.workspace
        throw new Error('for the error handler')
      })
    })
    await app.inject({ method: 'POST', url: '/seen', headers: asAcme, payload: { a: 1 } })
    expect(seen).toEqual({ handler: 'acme', errorHandler: 'acme', onSend: 'acme' })
  })

  it('enters the context after every other preHandler, and leaves it with the request', async () => {
    const seen: unknown[] = []
    const { app } = await startWith({ 'GET /hooked': 'signed-in' }, (scope) => {
      scope.addHook('preHandler', async () => {
        seen.push(context.current())
      })
      const preHandler = async () => {
        seen.push(context.current())
      }
      scope.get('/hooked', { preHandler }, async () => context.current()?.workspace)
    })
    expect((await app.inject({ url: '/hooked', headers: asAcme })).body).toBe('acme')
    expect(seen).toEqual([undefined, undefined])
    expect(context.current()).toBeUndefined()
  })

  it('serves the right workspace to work that a handler leaves behind', async () => {
    const left: Promise<unknown>[] = []
    const { app, notes } = await startWith({ 'POST /later': 'signed-in' }, (scope) => {
      scope.post('/later', async () => {
        const { add } = notes
        left.push(sleep(10).then(() => context.exit(() => add('late'))))
        return 'accepted'
      })
    })
    await app.inject({ method: 'POST', url: '/later', headers: asTechstart })
    await Promise.all(left)
    expect((await app.inject({ url: '/notes', headers: asTechstart })).json()).toEqual(['late'])
    expect((await app.inject({ url: '/notes', headers: asAcme })).json()).toEqual([])
  })

  it('makes the proxy refuse in a handler that runs without it', async () => {
    const { notes } = await startNotes(users)
    const bare = Fastify()
    bare.get('/notes', () => notes.list())
    const reply = await bare.inject({ url: '/notes', headers: asAcme })
    expect(reply.statusCode).toBe(500)
    expect(reply.json()).toMatchObject({ code: 'missing_context' })
  })

  it('gives the lease back when a client leaves in the middle of a stream', async () => {
    const { app, pool } = await startNotes(users)
    const socket = connect(await listen(app), '127.0.0.1')
    socket.write(`GET /ticks HTTP/1.1\r\nHost: a\r\nX-API-Key: ${ACME_KEY}\r\n\r\n`)
    await once(socket, 'data')
    expect(pool.stats().leases).toBe(1)
    socket.destroy()
    await until(() => pool.stats().leases === 0)
  })
})

describe('a credential', () => {
  it.each([
    [{}, 401, 'missing_credential', 'No credentials provided. Please login.'],
    [{ 'x-api-key': 'unknown' }, 401, 'bad_api_key', 'Invalid API Key'],
    [{ authorization: 'Bearer unknown' }, 401, 'bad_api_key', 'Invalid API Key'],
    [{ authorization: `Bearer ${UNKNOWN_TOKEN}` }, 401, 'bad_token', 'Invalid token'],
    [{ ...asAcme, authorization: 'Bearer unknown' }, 401, 'bad_api_key', 'Invalid API Key'],
    [{ ...asAcme, authorization: `Bearer ${UNKNOWN_TOKEN}` }, 401, 'bad_token', 'Invalid token'],
    [
      { ...asAcme, authorization: `Bearer ${TECHSTART_KEY}` },
      403,
      'credentials_disagree',
      'The credentials belong to different users',
    ],
  ])('as in %j is refused with %i', async (headers, status, code, detail) => {
    const { app, refusals } = await startNotes(users)
    const reply = await app.inject({ url: '/notes', headers })
    expect(reply.statusCode).toBe(status)
    expect(reply.json()).toEqual({
      detail,
      error: { code, message: detail, request_id: expect.any(String) },
    })
    expect(refusals.map((refusal) => refusal.error.code)).toEqual([code])
  })

  it('may come twice when both are the same user', async () => {
    const { app, tokens, directory } = await startNotes(users)
    const account = await directory.findByUsername(acmeUser.username)
    const token = tokens.forUser(account!)
    for (const bearer of [ACME_KEY, token]) {
      const headers = { ...asAcme, authorization: `Bearer ${bearer}` }
      expect((await app.inject({ url: '/me', headers })).body).toBe('ann@acme')
    }
  })

  it('is checked before any of the body is read', async () => {
    const { app } = await startNotes(users)
    const port = await listen(app)
    const socket = connect(port, '127.0.0.1')
    // The body never comes: an answer can only be given without it.
    socket.write(
      'POST /notes HTTP/1.1\r\nHost: a\r\nX-API-Key: bad\r\nContent-Type: application/json\r\n' +
        'Content-Length: 1000000\r\n\r\n',
    )
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1.1 401/)
    socket.destroy()
  })

  it('that is a guest token proves nothing, and counts as absent beside a good key', async () => {
    const { app, tokens } = await startNotes(users)
    const authorization = `Bearer ${tokens.forGuest()}`
    expect((await app.inject({ url: '/notes', headers: { authorization } })).statusCode).toBe(401)
    const both = await app.inject({ url: '/me', headers: { authorization, ...asAcme } })
    expect(both.body).toBe('ann@acme')
  })
})

describe('a token', () => {
  async function login() {
    const started = await startNotes(users)
    const account = await started.directory.findByUsername(acmeUser.username)
    const headers = { authorization: `Bearer ${started.tokens.forUser(account!)}` }
    const status = async () => (await started.app.inject({ url: '/notes', headers })).statusCode
    expect(await status()).toBe(200)
    return { ...started, status, headers }
  }

  it.each([
    ['has a new password', [{ ...acmeUser, password: techstartUser.password }, techstartUser]],
    ['is disabled', [{ ...acmeUser, disabled: true }, techstartUser]],
    ['is removed', [techstartUser]],
  ])('ends with the next request after its user %s', async (_what, next) => {
    const { setUsers, status } = await login()
    await setUsers(next)
    expect(await status()).toBe(401)
    await setUsers(users)
    expect(await status()).toBe(200)
  })

  it('carries no role: a change holds from the next request on', async () => {
    const { setUsers, app, headers } = await login()
    const clear = () => app.inject({ method: 'DELETE', url: '/notes', headers })
    expect((await clear()).statusCode).toBe(200)
    await setUsers([{ ...acmeUser, role: 'viewer' }, techstartUser])
    expect((await clear()).statusCode).toBe(403)
  })

  it('ends with its hours, also when it was seen before', async () => {
    const { app, status, headers } = await login()
    const claims = app.jwt.decode<{ exp: number }>(headers.authorization.slice('Bearer '.length))
    vi.useFakeTimers({ toFake: ['Date'], now: claims!.exp * 1000 - 1 })
    onTestFinished(() => void vi.useRealTimers())
    expect(await status()).toBe(200)
    vi.setSystemTime(claims!.exp * 1000 + 1000)
    expect(await status()).toBe(401)
  })

  it('is refused when it is expired, unsigned, of another secret or algorithm, or lacks exp', async () => {
    const { app, directory, tokens } = await login()
    const account = await directory.findByUsername(acmeUser.username)
    const good = tokens.forUser(account!)
    const [head, body, signature] = good.split('.')
    const claims = JSON.parse(Buffer.from(body!, 'base64url').toString())
    expect(claims).toEqual({
      sub: 'ann@acme',
      exp: expect.any(Number),
      role: 'user',
      metadata: { auth_mode: 'enabled' },
      ver: expect.any(String),
    })
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const { exp: _exp, ...lasting } = claims
    const { ver: _ver, ...unbound } = claims
    const foreign = Fastify()
    const { registerTokens } = await import('../../src/tenancy/sign-in/token.ts')
    const others = await registerTokens(foreign, {
      secret: 'another secret of more than thirty-two bytes',
      userHours: 1,
      guestHours: 1,
    })
    const bad = {
      expired: app.jwt.sign({ ...claims, exp: Math.floor(Date.now() / 1000) - 1 }),
      lasting: app.jwt.sign(lasting),
      unbound: app.jwt.sign(unbound),
      unsigned: `${encode({ alg: 'none', typ: 'JWT' })}.${body}.`,
      changed: `${head}.${encode({ ...claims, sub: 'tom@techstart' })}.${signature}`,
      algorithm: app.jwt.sign(claims, { algorithm: 'HS512' }),
      secret: others.forUser(account!),
    }
    for (const [name, token] of Object.entries(bad)) {
      const headers = { authorization: `Bearer ${token}` }
      const reply = await app.inject({ url: '/notes', headers })
      expect([name, reply.statusCode, reply.json().detail]).toEqual([name, 401, 'Invalid token'])
    }
  })
})

describe('the workspace header', () => {
  const twoSpaces = [{ ...acmeUser, workspaces: ['acme_hr'] }, techstartUser]
  const choose = (workspace: string) => ({ ...asAcme, 'lightrag-workspace': workspace })

  it('chooses among what the caller holds', async () => {
    const { app } = await startNotes(twoSpaces)
    for (const [header, workspace] of [
      ['acme_hr', 'acme_hr'],
      ['acme', 'acme'],
      ['', 'acme'],
    ] as const) {
      const reply = await app.inject({ url: '/whoami', headers: choose(header) })
      expect(reply.json()).toEqual({ workspace })
    }
  })

  it('is refused alike for a foreign workspace, warm or cold, and for one that nobody has', async () => {
    const { app, refusals } = await startNotes(twoSpaces)
    const ask = async (name: string) => {
      const reply = await app.inject({ url: '/notes', headers: choose(name) })
      const { error, detail } = reply.json()
      return { status: reply.statusCode, detail, code: error.code }
    }
    const cold = await ask('techstart')
    await app.inject({ url: '/notes', headers: asTechstart })
    const refused = { status: 403, code: 'workspace_denied', detail: 'No access to this workspace' }
    expect([cold, await ask('techstart'), await ask('nobody'), await ask('ACME')]).toEqual(
      Array(4).fill(refused),
    )
    expect(refusals).toHaveLength(4)
    expect(refusals[0]?.principal?.username).toBe('ann@acme')
  })

  it.each(['../techstart', 'a/b', '_control', 'nul', 'acme,acme_hr', 'é'])(
    'is refused with 400 when it is malformed: %s',
    async (name) => {
      const { app } = await startNotes(twoSpaces)
      const reply = await app.inject({ url: '/notes', headers: choose(name) })
      expect([reply.statusCode, reply.json().error.code]).toEqual([400, 'invalid_workspace'])
    },
  )

  it('must agree with every other selector', async () => {
    const { workspaceHeader } = await import('../../src/tenancy/request/workspace-choice.ts')
    const fromQuery = (request: { query: unknown }) =>
      (request.query as { workspace?: string }).workspace
    const selectors = [workspaceHeader, fromQuery]
    const { app } = await startNotes(twoSpaces, { selectors })
    const get = async (query: string) =>
      (await app.inject({ url: `/whoami?workspace=${query}`, headers: choose('acme_hr') })).json()
    expect(await get('acme_hr')).toEqual({ workspace: 'acme_hr' })
    expect(await get('acme')).toMatchObject({ error: { code: 'selectors_disagree' } })
  })
})

describe('permissions', () => {
  const ASKED = [
    ['GET', '/notes'],
    ['POST', '/notes'],
    ['DELETE', '/notes'],
    ['POST', '/ask'],
    ['GET', '/admin'],
    ['GET', '/me'],
  ] as const
  const statusesOf = async (more: object) => {
    const { app } = await startNotes([{ ...acmeUser, ...more }])
    const statuses: number[] = []
    for (const [method, url] of ASKED) {
      const payload = method === 'POST' ? { note: 'n' } : undefined
      const reply = await app.inject({ method, url, headers: asAcme, ...(payload && { payload }) })
      statuses.push(reply.statusCode)
    }
    return statuses
  }

  it.each([
    [{ role: 'owner' }, [200, 200, 200, 200, 403, 200]],
    [{ role: 'admin' }, [200, 200, 200, 200, 403, 200]],
    [{}, [200, 200, 200, 200, 403, 200]],
    [{ role: 'editor' }, [200, 200, 403, 200, 403, 200]],
    [{ role: 'viewer' }, [200, 403, 403, 200, 403, 200]],
    [{ role: 'viewer:read-only' }, [403, 403, 403, 200, 403, 200]],
    [{ role: 'viewer', super_admin: true }, [200, 403, 403, 200, 200, 200]],
  ])('of %j are %j', async (more, statuses) => {
    expect(await statusesOf(more)).toEqual(statuses)
  })

  it('may depend on the body', async () => {
    const { app, refusals } = await startNotes([{ ...acmeUser, role: 'viewer:read-only' }])
    const ask = (payload: object) =>
      app.inject({ method: 'POST', url: '/ask', headers: asAcme, payload })
    expect((await ask({ raw: false })).statusCode).toBe(200)
    const refused = await ask({ raw: true })
    expect([refused.statusCode, refused.json().error.code]).toEqual([403, 'permission_denied'])
    expect(refusals).toHaveLength(1)
  })

  it('stop the start when a route has none', async () => {
    const { authenticator } = await startNotes(users)
    const app = Fastify()
    await app.register(tenancy, { authenticator, context, permissions: { 'GET /a': 'public' } })
    app.get('/a', async () => 'a')
    expect(() => app.post('/a', async () => 'a')).toThrow('No permission is declared: POST /a')
    expect(() => app.get('/b', async () => 'b')).toThrow(TenancyError)
    const listed = () => app.route({ method: ['GET', 'PUT'], url: '/a/', handler: async () => '' })
    expect(listed).toThrow('GET /a/')
  })

  it('are those that a route states itself', async () => {
    const { app } = await startNotes(users, {}, (scope) => {
      scope.get('/stated', { config: { access: 'super-admin' } }, async () => 'stated')
      const alsoNeeds = () => ['document:read'] as const
      const config = { access: { access: 'query:run', alsoNeeds } } as const
      scope.get('/stated/more', { config }, async () => 'more')
    })
    const statusOf = async (url: string, headers = {}) =>
      (await app.inject({ url, headers })).statusCode
    expect(await statusOf('/stated')).toBe(401)
    expect(await statusOf('/stated', asAcme)).toBe(403)
    expect(await statusOf('/stated/more', asAcme)).toBe(200)
    expect((await app.inject({ method: 'HEAD', url: '/stated' })).statusCode).toBe(401)
  })

  it('stop the start when they are declared twice', async () => {
    const { authenticator } = await startNotes(users)
    const app = Fastify()
    await app.register(tenancy, { authenticator, context, permissions: { 'GET /a': 'public' } })
    const config = { access: 'document:read' } as const
    expect(() => app.get('/a', { config }, async () => 'a')).toThrow('declared twice: GET /a')
    app.get('/b', { config }, async () => 'b')
    const other = { config: { access: 'public' }, constraints: { version: '2.0.0' } } as const
    expect(() => app.get('/b', other, async () => 'b')).toThrow('declared twice: GET /b')
  })

  it('reach into plugins of the scope, and cover HEAD by its GET', async () => {
    const { authenticator } = await startNotes(users)
    const app = Fastify()
    await app.register(tenancy, {
      authenticator,
      context,
      permissions: { 'GET /x/a': 'signed-in' },
    })
    app.register(
      async (child) => {
        child.get('/a', async () => 'a')
      },
      { prefix: '/x' },
    )
    expect((await app.inject({ method: 'HEAD', url: '/x/a' })).statusCode).toBe(401)
    expect((await app.inject({ method: 'HEAD', url: '/x/a', headers: asAcme })).statusCode).toBe(
      200,
    )
    const forgetful = Fastify()
    await forgetful.register(tenancy, { authenticator, context, permissions: {} })
    forgetful.register(async (child) => {
      child.get('/b', async () => 'b')
    })
    await expect(forgetful.ready()).rejects.toMatchObject({ code: 'route_without_permission' })
  })

  it('close a route that was registered before the plugin', async () => {
    const { authenticator } = await startNotes(users)
    const app = Fastify()
    app.get('/early', async () => 'early')
    await app.register(tenancy, { authenticator, context, permissions: {} })
    const reply = await app.inject({ url: '/early', headers: asAcme })
    expect([reply.statusCode, reply.json().code]).toEqual([500, 'route_without_permission'])
  })

  it('leave public routes without a context, and unknown paths to the 404 handler', async () => {
    const { app } = await startNotes(users)
    const open = await app.inject({ url: '/public', headers: asAcme })
    expect(open.json()).toEqual({ workspace: null })
    expect((await app.inject({ url: '/public', headers: { 'x-api-key': 'bad' } })).statusCode).toBe(
      200,
    )
    expect((await app.inject({ url: '/nowhere' })).statusCode).toBe(404)
  })
})

describe('errors', () => {
  it('that are not refusals go to the handler of before', async () => {
    const { authenticator } = await startNotes(users)
    const app = Fastify()
    app.setErrorHandler((_error, _request, reply) => reply.code(418).send('mine'))
    await app.register(async (scope) => {
      await scope.register(tenancy, { authenticator, context, permissions: { 'GET /a': 'public' } })
      scope.get('/a', async () => {
        throw new Error('of the handler')
      })
    })
    const reply = await app.inject({ url: '/a' })
    expect([reply.statusCode, reply.body]).toEqual([418, 'mine'])
  })

  it('of a full pool say when to come back', async () => {
    const { app, pool } = await startNotes(users)
    await pool.drain(0)
    await settle()
    const reply = await app.inject({ url: '/notes', headers: asAcme })
    expect([reply.statusCode, reply.headers['retry-after']]).toEqual([503, '5'])
    expect(reply.json()).toMatchObject({ error: { code: 'pool_closed' } })
  })
})
