import { describe, expect, it } from 'vitest'
import { ApiError } from '../../../src/web/api/api-error.ts'
import { type Credential, HttpClient, SINGLE_TENANT } from '../../../src/web/api/http-client.ts'

interface Asked {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal | undefined
}

/** A client whose requests are written down; each is answered by `answer`. */
function clientOf(
  answer: () => Promise<Response> | Response,
  credential: Credential = { kind: 'none' },
) {
  const asked: Asked[] = []
  const tokens: string[] = []
  let refused = 0
  const http = new HttpClient({
    base: 'http://server.example/x/y/',
    credential: () => credential,
    onNewToken: (token) => tokens.push(token),
    onRefused: () => {
      refused += 1
    },
    fetch: (async (url: URL, init: RequestInit) => {
      asked.push({
        url: String(url),
        headers: init.headers as Record<string, string>,
        signal: init.signal ?? undefined,
      })
      return answer()
    }) as typeof fetch,
  })
  return { http, asked, tokens, refused: () => refused }
}

const ok = () => Response.json({ fine: true })

describe('a request', () => {
  it('names its tenant in headers alone, below the path that the server is served at', async () => {
    const { http, asked } = clientOf(ok, { kind: 'token', token: 't' })
    const place = { tenantId: 'tenant-7', kb: 'manuals' }
    await http.json('documents/a%2Fb', { place, query: { page: 2, search: undefined } })
    expect(asked[0]?.url).toBe('http://server.example/x/y/documents/a%2Fb?page=2')
    expect(asked[0]?.headers).toEqual({
      authorization: 'Bearer t',
      'x-tenant-id': 'tenant-7',
      'x-kb-id': 'manuals',
    })
  })

  it('names none on a server that has none', async () => {
    const { http, asked } = clientOf(ok, { kind: 'key', key: 'k' })
    await http.json('documents', { place: { tenantId: SINGLE_TENANT, kb: 'default' }, json: {} })
    expect(asked[0]?.headers).toEqual({ 'content-type': 'application/json', 'x-api-key': 'k' })
  })

  it('ends when its tenant is left, unless it is to outlive that', async () => {
    const { http, asked } = clientOf(ok)
    const own = new AbortController()
    await http.json('a', { place: { tenantId: 'one' } })
    await http.json('b', { place: { tenantId: 'two' } })
    await http.json('c', { place: { tenantId: 'one' }, signal: own.signal, outlivesTenant: true })
    await http.json('d', { place: { tenantId: 'one' }, signal: own.signal })
    http.leave('one')
    expect(asked.map(({ signal }) => signal?.aborted)).toEqual([true, false, false, true])
    await http.json('e', { place: { tenantId: 'one' } })
    expect(asked[4]?.signal?.aborted).toBe(false)
  })

  it('brings a new token along, and the end of the session', async () => {
    const renewed = clientOf(() => Response.json({}, { headers: { 'x-new-token': 'next' } }))
    await renewed.http.json('a')
    expect(renewed.tokens).toEqual(['next'])
    const over = clientOf(() => Response.json({ detail: 'expired' }, { status: 401 }))
    await expect(over.http.json('a')).rejects.toThrow('expired')
    expect(over.refused()).toBe(1)
    await expect(over.http.json('a', { credential: { kind: 'key', key: 'x' } })).rejects.toThrow()
    expect(over.refused()).toBe(1)
  })
})

describe('an error of the server', () => {
  it.each([
    [
      { detail: 'no', error: { code: 'quota_exceeded', message: 'full' } },
      'quota_exceeded',
      'full',
    ],
    [{ detail: 'gone' }, 'http_418', 'gone'],
    [{ detail: [{ msg: 'too short' }, { msg: 'too old' }] }, 'http_418', 'too short; too old'],
    ['<html>', 'http_418', 'HTTP 418'],
  ])('told as %j has a code and a sentence', async (body, code, message) => {
    const headers = { 'x-request-id': 'r1', 'retry-after': '7' }
    const answer = () =>
      typeof body === 'string'
        ? new Response(body, { status: 418, headers })
        : Response.json(body, { status: 418, headers })
    const error = await clientOf(answer)
      .http.json('a')
      .catch((one: unknown) => one)
    expect(error).toBeInstanceOf(ApiError)
    expect(error).toMatchObject({
      status: 418,
      code,
      message,
      requestId: 'r1',
      retryAfterSeconds: 7,
    })
  })

  it('that does not come at all says that the server is away', async () => {
    const away = clientOf(() => Promise.reject(new TypeError('Failed to fetch')))
    await expect(away.http.json('a')).rejects.toMatchObject({ status: 0, code: 'offline' })
  })
})
