import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { manyUsers, startTestServer, type TestServer } from './test-server.ts'

const FORM = { username: 'user-0', password: 'password of user 0' }
const PROOF = { 'x-requested-by': 'webui' }

describe('the session of a browser', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(manyUsers(2), { TRUST_PROXY: '1', LIGHTRAG_API_PREFIX: '/rag' })
  })
  afterAll(() => server.close())

  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: string) =>
    fetch(`${server.url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
  const signIn = (headers: Record<string, string> = PROOF, form: Record<string, string> = FORM) =>
    fetch(`${server.url}/auth/session`, {
      method: 'POST',
      headers,
      body: new URLSearchParams(form),
    })
  /** The pair that a browser sends back. */
  const cookieOf = (reply: Response) => reply.headers.get('set-cookie')?.split(';')[0] ?? ''
  const signedIn = async () => ({ cookie: cookieOf(await signIn()) })

  it('is kept in a cookie that no script sees, and in nothing else', async () => {
    const reply = await signIn({ ...PROOF, 'x-forwarded-proto': 'https' })
    expect(reply.status).toBe(200)
    const cookie = reply.headers.get('set-cookie') ?? ''
    for (const part of ['HttpOnly', 'SameSite=Strict', 'Secure', 'Path=/rag']) {
      expect(cookie.split('; ')).toContain(part)
    }
    const text = await reply.text()
    expect(JSON.parse(text)).toEqual({ username: 'user-0', expires_at: expect.any(String) })
    expect(text).not.toContain('eyJ')
    expect((await signIn()).headers.get('set-cookie')).not.toContain('Secure')
  })

  it('lets its user in, to their own workspace', async () => {
    const cookie = await signedIn()
    const explained = await ask('GET', '/auth/explain', cookie)
    expect(await explained.json()).toMatchObject({ username: 'user-0', workspace: 'space-0' })
  })

  it('changes nothing without the header that only our pages send', async () => {
    const cookie = await signedIn()
    const json = { 'content-type': 'application/json' }
    const body = JSON.stringify({ text: 'The pump house opens at six.' })
    for (const headers of [
      {},
      { 'x-requested-by': 'other' },
      { ...PROOF, 'sec-fetch-site': 'cross-site' },
    ]) {
      const sent = { ...cookie, ...json, ...headers } as Record<string, string>
      const refused = await ask('POST', '/documents/text', sent, body)
      expect(refused.status).toBe(403)
      expect(await refused.json()).toMatchObject({ error: { code: 'page_unproved' } })
    }
    const counts = await ask('GET', '/documents/status_counts', cookie)
    expect(await counts.json()).toMatchObject({ status_counts: { all: 0 } })
    const taken = await ask('POST', '/documents/text', { ...cookie, ...json, ...PROOF }, body)
    expect(taken.status).toBe(200)
    await ask('DELETE', '/documents', { ...cookie, ...PROOF })
  })

  it('reads for no page of another site', async () => {
    const headers = { ...(await signedIn()), 'sec-fetch-site': 'cross-site' }
    expect((await ask('GET', '/documents/status_counts', headers)).status).toBe(403)
  })

  it('cannot be begun by a page of another site, nor with a wrong password', async () => {
    expect((await signIn({})).status).toBe(403)
    const wrong = await signIn(PROOF, { ...FORM, password: 'wrong' })
    expect(wrong.status).toBe(401)
    expect(wrong.headers.get('set-cookie')).toBeNull()
    expect((await signIn(PROOF, { username: 'user-0' })).status).toBe(422)
  })

  it('is not looked at beside a credential', async () => {
    const headers = { ...(await signedIn()), 'x-api-key': 'key-of-user-1' }
    const explained = await ask('GET', '/auth/explain', headers)
    expect(await explained.json()).toMatchObject({ username: 'user-1' })
    const bad = { ...headers, 'x-api-key': 'a wrong key' }
    expect((await ask('GET', '/auth/explain', bad)).status).toBe(401)
  })

  it('is none when two cookies say different things, or it is no token', async () => {
    const { cookie } = await signedIn()
    const two = { cookie: `${cookie}; tenantrag_session=eyJh.b.c` }
    expect((await ask('GET', '/auth/explain', two)).status).toBe(400)
    const forged = { cookie: 'tenantrag_session=eyJhbGciOiJub25lIn0.e30.' }
    expect((await ask('GET', '/auth/explain', forged)).status).toBe(401)
    const others = { cookie: `theme=dark; ${cookie}; lang="de"` }
    expect((await ask('GET', '/auth/explain', others)).status).toBe(200)
  })

  it('is renewed by itself or a token, and by no key', async () => {
    const cookie = await signedIn()
    const renewed = await ask('PUT', '/auth/session', { ...cookie, ...PROOF })
    expect(renewed.status).toBe(200)
    const again = { cookie: cookieOf(renewed) }
    expect((await ask('GET', '/auth/explain', again)).status).toBe(200)
    const login = await fetch(`${server.url}/login`, {
      method: 'POST',
      body: new URLSearchParams(FORM),
    })
    const { access_token } = (await login.json()) as { access_token: string }
    const bearer = { authorization: `Bearer ${access_token}` }
    expect(cookieOf(await ask('PUT', '/auth/session', bearer))).toMatch(/^tenantrag_session=eyJ/)
    const byKey = await ask('PUT', '/auth/session', { 'x-api-key': 'key-of-user-0' })
    expect([byKey.status, byKey.headers.get('set-cookie')]).toEqual([403, null])
  })

  it('ends when it is asked to', async () => {
    const reply = await ask('DELETE', '/auth/session', PROOF)
    expect(reply.status).toBe(204)
    expect(reply.headers.get('set-cookie')).toMatch(
      /^tenantrag_session=; Path=\/rag; Expires=Thu, 01 Jan 1970 00:00:00 GMT/,
    )
    expect((await ask('GET', '/auth/explain', { cookie: 'tenantrag_session=' })).status).toBe(401)
  })
})

it('is not needed where nobody signs in', async () => {
  const server = await startTestServer(null)
  try {
    const body = new URLSearchParams(FORM)
    const reply = await fetch(`${server.url}/auth/session`, {
      method: 'POST',
      headers: PROOF,
      body,
    })
    expect(await reply.json()).toEqual({ username: null, expires_at: null })
    expect(reply.headers.get('set-cookie')).toBeNull()
  } finally {
    await server.close()
  }
})
