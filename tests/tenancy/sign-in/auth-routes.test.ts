import { hashSync } from 'bcryptjs'
import { describe, expect, it } from 'vitest'
import { authRoutes } from '../../../src/tenancy/sign-in/auth-routes.ts'
import { listen, startNotes } from '../app.ts'
import { settle } from '../fixtures.ts'
import { acmeUser, techstartUser } from '../users.ts'

const about = {
  core_version: '1.0.0',
  api_version: '0001',
  webui_title: null,
  webui_description: null,
}

function login(fields: Record<string, string>) {
  return {
    method: 'POST' as const,
    url: '/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  }
}

function start(...more: object[]) {
  const disabled = { ...techstartUser, username: 'off', api_key: 'off-key', disabled: true }
  const plain = { ...acmeUser, username: 'plain', password: 'in the open', api_key: 'plain-key' }
  return startNotes(
    [acmeUser, techstartUser, disabled, plain, ...more],
    {},
    (scope, parts) => void scope.register(authRoutes, { ...parts, about }),
  )
}

describe('login', () => {
  it('gives a token that opens the workspace of its user', async () => {
    const { app } = await start()
    const fields = { username: 'ann@acme', password: 'correct horse', grant_type: 'password' }
    const reply = await app.inject(login(fields))
    expect(reply.json()).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      auth_mode: 'enabled',
      ...about,
    })
    const headers = { authorization: `Bearer ${reply.json().access_token}` }
    expect((await app.inject({ url: '/whoami', headers })).json()).toEqual({ workspace: 'acme' })
  })

  it('reads multipart forms, as browsers send them', async () => {
    const { app } = await start()
    const body = new FormData()
    body.set('username', 'plain')
    body.set('password', 'in the open')
    const url = `http://127.0.0.1:${await listen(app)}/login`
    const reply = await fetch(url, { method: 'POST', body })
    expect(reply.status).toBe(200)
    expect(await reply.json()).toMatchObject({ auth_mode: 'enabled' })
  })

  it.each([
    ['ann@acme', 'wrong'],
    ['plain', 'wrong'],
    ['off', 'battery staple'],
    ['nobody', 'correct horse'],
    ['ann@acme', acmeUser.password],
  ])('answers %s with %s as it answers everybody', async (username, password) => {
    const { app } = await start()
    const reply = await app.inject(login({ username, password }))
    expect(reply.statusCode).toBe(401)
    expect(reply.json()).toMatchObject({ detail: 'Incorrect credentials' })
  })

  it.each([
    [
      'a JSON body',
      { 'content-type': 'application/json' },
      '{"username":"a","password":"b"}',
      'Field required: send a form, as application/x-www-form-urlencoded',
    ],
    [
      'an empty form',
      { 'content-type': 'application/x-www-form-urlencoded' },
      '',
      'Field required',
    ],
  ])('answers %s with what is missing', async (_what, headers, payload, msg) => {
    const { app } = await start()
    const reply = await app.inject({ method: 'POST', url: '/login', headers, payload })
    const missing = (field: string) => ({
      type: 'missing',
      loc: ['body', field],
      msg,
      input: null,
    })
    expect(reply.statusCode).toBe(422)
    expect(reply.json()).toEqual({ detail: [missing('username'), missing('password')] })
  })

  it('refuses another grant type', async () => {
    const { app } = await start()
    const fields = { username: 'ann@acme', password: 'correct horse', grant_type: 'refresh' }
    const reply = await app.inject(login(fields))
    expect(reply.statusCode).toBe(422)
    expect(reply.json().detail).toMatchObject([{ loc: ['body', 'grant_type'], input: 'refresh' }])
  })

  it('leaves the event loop free while it checks a password', async () => {
    const slow = { ...acmeUser, username: 'slow', password: hashSync('x', 11), api_key: 'slow-key' }
    const { app } = await start(slow)
    /** Whether a login is answered before a request that comes while its password is checked. */
    const isFirst = async () => {
      let answered = false
      const checked = app.inject(login({ username: 'slow', password: 'wrong' })).then(() => {
        answered = true
      })
      for (let turn = 0; turn < 20; turn += 1) await settle()
      expect((await app.inject({ url: '/public' })).statusCode).toBe(200)
      const first = answered
      await checked
      return first
    }
    // Every time, if the check held the loop. A busy machine may make it so now and then.
    for (let round = 1; await isFirst(); round += 1) expect(round).toBeLessThan(20)
  })

  it('sends logins away when too many are being checked', async () => {
    // Slow enough that none is done before all are there.
    const steady = {
      ...acmeUser,
      username: 'steady',
      password: hashSync('calm', 7),
      api_key: 's-k',
    }
    const { app } = await start(steady)
    const logins = await Promise.all(
      Array.from({ length: 80 }, () => app.inject(login({ username: 'steady', password: 'calm' }))),
    )
    const busy = logins.filter((reply) => reply.statusCode === 429)
    expect(busy.length).toBeGreaterThan(0)
    expect(busy[0]?.headers['retry-after']).toBe('5')
    expect(logins.filter((reply) => reply.statusCode === 200)).toHaveLength(80 - busy.length)
  })
})

describe('auth status', () => {
  it('tells clients to log in, and hands out nothing', async () => {
    const { app } = await start()
    expect((await app.inject({ url: '/auth-status' })).json()).toEqual({
      auth_configured: true,
      auth_mode: 'enabled',
      multi_tenant_enabled: true,
      ...about,
    })
  })
})
