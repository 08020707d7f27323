import { describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../../src/config/config.ts'
import { startTestServer } from '../../server/test-server.ts'

async function serverWith(env: Record<string, string>) {
  const server = await startTestServer(null, env)
  onTestFinished(() => server.close())
  const get = (url: string, headers: Record<string, string> = {}) =>
    server.app.inject({ url, headers })
  return {
    get,
    /** Where the page for people finds its parts. */
    parts: async (url: string, headers: Record<string, string> = {}) => {
      const { body } = await get(url, headers)
      return [...body.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path = '']) => path)
    },
    servers: async (url: string, headers: Record<string, string> = {}) =>
      (await get(url, headers)).json().servers,
  }
}

const NO_PATHS = [
  '//evil.example',
  '/\\evil.example',
  'https://evil.example',
  'rag',
  '/a/../b',
  '/./a',
  '/a//b',
  '/a"><script>',
  '/a b',
  '/a?x',
  '/a#x',
  '/%2e%2e',
  '/a, /b',
  `/${'a'.repeat(300)}`,
]

const forwarded = { 'x-forwarded-prefix': '/rag' }

describe('a server below a path of its proxy', () => {
  it('names it in its description when a trusted proxy tells it', async () => {
    const { get, parts, servers } = await serverWith({ TRUST_PROXY: 'loopback' })
    const found = await parts('/docs', forwarded)
    expect(found.length).toBeGreaterThan(4)
    for (const path of found) expect(path).toMatch(/^\/rag\/docs\/static\/[\w.-]+$/)
    for (const url of ['/openapi.json', '/docs/json']) {
      expect(await servers(url, forwarded)).toEqual([{ url: '/rag' }])
      expect(await servers(url)).toEqual([{ url: '/' }])
    }
    expect((await get('/', forwarded)).headers.location).toBe('/rag/docs')
    expect((await get('/documents/', forwarded)).headers.location).toBe('/rag/documents')
  })

  it('names it when LIGHTRAG_API_PREFIX does, and answers with and without it', async () => {
    const { get, parts, servers } = await serverWith({ LIGHTRAG_API_PREFIX: '/team/rag/' })
    for (const url of ['/docs', '/team/rag/docs']) {
      for (const path of await parts(url)) expect(path).toMatch(/^\/team\/rag\/docs\/static\//)
    }
    expect(await servers('/team/rag/openapi.json')).toEqual([{ url: '/team/rag' }])
    expect((await get('/team/rag')).headers.location).toBe('/team/rag/docs')
    expect((await get('/team/rag/health?x=1')).json()).toMatchObject({ status: 'healthy' })
    expect((await get('/health')).json()).toMatchObject({ status: 'healthy' })
    expect((await get('/team/ragged/health')).statusCode).toBe(404)
    expect((await get('/team/rag/team/rag/health')).statusCode).toBe(404)
    expect((await get('/team/rag//example.org/')).statusCode).toBe(404)
  })

  it('finds the parts of its page below any path when nobody tells it', async () => {
    const { get, parts } = await serverWith({})
    for (const [url, base] of [
      ['/docs', 'http://proxy.example/any/path/docs'],
      ['/docs/', 'http://proxy.example/any/path/docs/'],
    ] as const) {
      for (const path of await parts(url)) {
        const { pathname } = new URL(path, base)
        expect(pathname).toMatch(/^\/any\/path\/docs\/static\//)
        expect((await get(pathname.slice('/any/path'.length))).statusCode).toBe(200)
      }
    }
  })

  it('does not hear who is not trusted', async () => {
    const { parts, servers } = await serverWith({ TRUST_PROXY: '10.0.0.0/8' })
    expect((await parts('/docs', forwarded)).join()).not.toContain('/rag')
    expect(await servers('/openapi.json', forwarded)).toEqual([{ url: '/' }])
  })

  it('takes none that is no plain path', async () => {
    const { get, servers } = await serverWith({ TRUST_PROXY: 'loopback' })
    for (const prefix of NO_PATHS) {
      const headers = { 'x-forwarded-prefix': prefix }
      expect([prefix, await servers('/openapi.json', headers)]).toEqual([prefix, [{ url: '/' }]])
      expect((await get('/', headers)).headers.location).toBe('/docs')
      expect(() => loadConfig({ LIGHTRAG_API_PREFIX: prefix })).toThrow(/LIGHTRAG_API_PREFIX must/)
    }
  })

  it('is not so with the prefix "/"', () => {
    expect(loadConfig({ LIGHTRAG_API_PREFIX: '/' }).LIGHTRAG_API_PREFIX).toBe('')
  })
})
