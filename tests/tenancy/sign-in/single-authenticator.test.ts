import { hashSync } from 'bcryptjs'
import Fastify from 'fastify'
import { describe, expect, it, onTestFinished } from 'vitest'
import { context } from '../../../src/tenancy/context.ts'
import { authRoutes } from '../../../src/tenancy/sign-in/auth-routes.ts'
import { SingleAccounts } from '../../../src/tenancy/sign-in/single-accounts.ts'
import {
  SingleAuthenticator,
  type SingleOptions,
} from '../../../src/tenancy/sign-in/single-authenticator.ts'
import { registerTokens } from '../../../src/tenancy/sign-in/token.ts'
import { tenancy } from '../../../src/tenancy/tenancy.ts'
import { SECRET } from '../app.ts'

const KEY = 'the-only-key'
const ACCOUNTS = `ann:secret:with colon, bob:{bcrypt}${hashSync('hashed', 4)}`
const about = { core_version: '1', api_version: '1', webui_title: null, webui_description: null }

async function start(options: Omit<SingleOptions, 'tokens' | 'workspace'>) {
  const app = Fastify()
  const tokens = await registerTokens(app, { secret: SECRET, userHours: 1, guestHours: 1 })
  const authenticator = new SingleAuthenticator({ workspace: 'default', tokens, ...options })
  await app.register(tenancy, { authenticator, context })
  await app.register(authRoutes, { authenticator, tokens, about })
  app.get(
    '/data',
    { config: { access: 'document:read' } },
    async () => context.current()?.workspace,
  )
  onTestFinished(() => app.close())
  const get = async (headers: Record<string, string> = {}) => {
    const reply = await app.inject({ url: '/data', headers })
    return reply.statusCode === 200 ? reply.body : [reply.statusCode, reply.json().detail]
  }
  const login = async (username: string, password: string) =>
    app.inject({
      method: 'POST',
      url: '/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ username, password }).toString(),
    })
  const tokenOf = async (username: string, password: string): Promise<string> =>
    (await login(username, password)).json().access_token
  return { app, tokens, get, login, tokenOf }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const BAD_TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'

describe('a server with nothing configured', () => {
  it('is open, in the default workspace', async () => {
    const { app, get } = await start({})
    expect(await get()).toBe('default')
    expect(await get({ 'x-api-key': 'any' })).toBe('default')
    expect(await get(bearer('ollama'))).toBe('default')
    const status = (await app.inject({ url: '/auth-status' })).json()
    expect(status).toMatchObject({
      auth_configured: false,
      auth_mode: 'disabled',
      multi_tenant_enabled: false,
      token_type: 'bearer',
      message: expect.any(String),
      ...about,
    })
    expect(await get(bearer(status.access_token))).toBe('default')
  })

  it('still refuses a bad token, as clients rely on it', async () => {
    const { get } = await start({})
    expect(await get(bearer(BAD_TOKEN))).toEqual([401, 'Invalid token'])
  })

  it('answers every login with a guest token', async () => {
    const { login } = await start({})
    const reply = await login('any', 'thing')
    expect(reply.json()).toMatchObject({ auth_mode: 'disabled', message: expect.any(String) })
  })

  it('serves no other workspace', async () => {
    const { get } = await start({})
    expect(await get({ 'lightrag-workspace': 'default' })).toBe('default')
    const refused = [403, 'No access to this workspace']
    expect(await get({ 'lightrag-workspace': 'acme' })).toEqual(refused)
  })
})

describe('a server with one API key', () => {
  it('wants the key, as a header or as Bearer', async () => {
    const { get } = await start({ apiKey: KEY })
    expect(await get({ 'x-api-key': KEY })).toBe('default')
    expect(await get(bearer(KEY))).toBe('default')
    expect(await get()).toEqual([403, 'API Key required'])
    expect(await get({ 'x-api-key': 'wrong' })).toEqual([403, 'Invalid API Key'])
    expect(await get(bearer('wrong'))).toEqual([403, 'Invalid API Key'])
    expect((await get({ 'x-api-key': KEY, ...bearer('wrong') }))[0]).toBe(401)
  })

  it('takes no guest token in its place, and minds none beside it', async () => {
    const { tokens, get } = await start({ apiKey: KEY })
    const guest = bearer(tokens.forGuest())
    expect(await get(guest)).toEqual([403, 'API Key required'])
    expect(await get({ ...guest, 'x-api-key': KEY })).toBe('default')
    expect(await get({ ...bearer(BAD_TOKEN), 'x-api-key': KEY })).toEqual([401, 'Invalid token'])
  })
})

describe('a server with accounts', () => {
  it('wants a login', async () => {
    const { app, get, login, tokenOf } = await start({ accounts: ACCOUNTS })
    expect(await get(bearer(await tokenOf('ann', 'secret:with colon')))).toBe('default')
    expect(await get(bearer(await tokenOf('bob', 'hashed')))).toBe('default')
    expect(await get()).toEqual([401, 'No credentials provided. Please login.'])
    expect(await get({ 'x-api-key': 'x' })).toEqual([401, 'No credentials provided. Please login.'])
    expect(await get(bearer('opaque'))).toEqual([401, 'Invalid token'])
    expect((await login('ann', 'wrong')).json().detail).toBe('Incorrect credentials')
    expect((await login('eve', 'hashed')).json().detail).toBe('Incorrect credentials')
    const status = (await app.inject({ url: '/auth-status' })).json()
    expect(status).toEqual({
      auth_configured: true,
      auth_mode: 'enabled',
      multi_tenant_enabled: false,
      ...about,
    })
  })

  it('refuses guests, and tokens of accounts that changed', async () => {
    const { tokens, get } = await start({ accounts: ACCOUNTS })
    expect(await get(bearer(tokens.forGuest()))).toEqual([
      401,
      'No credentials provided. Please login.',
    ])
    const before = new SingleAccounts('ann:another', 'default').find('ann')
    const gone = new SingleAccounts('eve:secret', 'default').find('eve')
    for (const account of [before, gone]) {
      const refused = [401, 'Invalid token. Please login again.']
      expect(await get(bearer(tokens.forUser(account!)))).toEqual(refused)
    }
  })

  it('takes the key too when there is one', async () => {
    const { get, tokenOf } = await start({ accounts: ACCOUNTS, apiKey: KEY })
    expect(await get({ 'x-api-key': KEY })).toBe('default')
    expect(await get(bearer(await tokenOf('bob', 'hashed')))).toBe('default')
    expect(await get()).toEqual([401, 'No credentials provided. Please login.'])
  })

  it.each(['ann', ':x', 'ann:', 'ann:a,ann:b', 'ann:{argon2}x', 'ann:$2b$10$short'])(
    'does not start with %j',
    (accounts) => {
      expect(() => new SingleAccounts(accounts, 'default')).toThrow(
        expect.objectContaining({ code: 'accounts_invalid' }),
      )
    },
  )
})
