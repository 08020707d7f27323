import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tempFolder } from '../temp-folder.ts'
import { startTestServer, type TestServer } from '../test-server.ts'

const PAGE =
  '<!doctype html><html><head><base href="/webui/"></head><body><script type="module" src="./assets/main-1.js"></script></body></html>'
const HTML = { accept: 'text/html' }

let built: Awaited<ReturnType<typeof tempFolder>>
const servers: TestServer[] = []

/** As a build leaves it, by hand. */
beforeAll(async () => {
  built = await tempFolder()
  await mkdir(join(built.path, 'assets'))
  await writeFile(join(built.path, 'index.html'), PAGE)
  await writeFile(join(built.path, 'manifest.json'), '{}')
  await writeFile(join(built.path, 'assets/main-1.js'), 'plain')
  await writeFile(join(built.path, 'assets/main-1.js.br'), 'brotli')
  await writeFile(join(built.path, 'assets/main-1.js.gz'), 'gzip')
  await writeFile(join(built.path, 'assets/style-1.css'), 'p{}')
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await built.remove()
})

async function serve(env: Readonly<Record<string, string>> = {}) {
  const server = await startTestServer(null, env, { webUi: { folder: built.path } })
  servers.push(server)
  return server
}

describe('the web UI', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await serve({ TRUST_PROXY: '127.0.0.1' })
  })
  const get = (url: string, headers: Readonly<Record<string, string>> = HTML) =>
    server.app.inject({ url, headers })

  it('is where the server leads', async () => {
    const root = await get('/')
    expect([root.statusCode, root.headers.location]).toEqual([307, '/webui/'])
    const bare = await get('/webui?page=2')
    expect([bare.statusCode, bare.headers.location]).toEqual([308, '/webui/?page=2'])
  })

  it('has one page for all its addresses, which is asked for anew each time', async () => {
    for (const url of ['/webui/', '/webui/documents?page=2', '/webui/documents/d/x']) {
      const page = await get(url)
      expect([page.statusCode, page.body]).toEqual([200, PAGE])
      expect(page.headers['cache-control']).toBe('no-cache')
      const again = await get(url, { ...HTML, 'if-none-match': String(page.headers.etag) })
      expect([again.statusCode, again.body]).toEqual([304, ''])
    }
  })

  it('answers a program, and a file that is not there, with 404', async () => {
    expect((await get('/webui/documents', { accept: '*/*' })).statusCode).toBe(404)
    expect((await get('/webui/documents', { 'sec-fetch-mode': 'cors' })).statusCode).toBe(404)
    for (const path of [
      'assets/gone.js',
      'assets/../index.html',
      'assets/%2e%2e/index.html',
      'manifest.json',
    ]) {
      const { statusCode, body } = await get(`/webui/${path}`, { accept: '*/*' })
      expect([path, statusCode, body]).toEqual([path, 404, '{"detail":"Not Found"}'])
    }
  })

  it('keeps its files for ever, in the smallest form that is taken', async () => {
    const file = (accepted: string) =>
      get('/webui/assets/main-1.js', { 'accept-encoding': accepted })
    for (const [accepted, body, encoding] of [
      ['gzip, deflate, br', 'brotli', 'br'],
      ['gzip', 'gzip', 'gzip'],
      ['br;q=0, gzip', 'gzip', 'gzip'],
      ['', 'plain', undefined],
    ] as const) {
      const answer = await file(accepted)
      expect([accepted, answer.body, answer.headers['content-encoding']]).toEqual([
        accepted,
        body,
        encoding,
      ])
      expect(answer.headers['content-length']).toBe(String(body.length))
      expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable')
      expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8')
      expect(answer.headers.vary).toBe('accept-encoding')
    }
    const style = await get('/webui/assets/style-1.css', { 'accept-encoding': 'br' })
    expect([style.body, style.headers['content-type']]).toEqual(['p{}', 'text/css; charset=utf-8'])
  })

  it('allows no script or style but its own', async () => {
    for (const url of ['/webui/', '/webui/assets/main-1.js', '/webui/assets/gone.js']) {
      const { headers } = await get(url)
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';")
      expect(policy).toContain("require-trusted-types-for 'script'")
      expect(policy).not.toMatch(/unsafe|https?:|\*/)
      expect(headers['referrer-policy']).toBe('no-referrer')
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
    const { headers } = await get('/health')
    expect(headers['content-security-policy']).not.toContain('trusted-types')
  })

  it('knows the path that a proxy serves it below', async () => {
    const forwarded = { ...HTML, 'x-forwarded-prefix': '/x/y' }
    expect((await get('/', forwarded)).headers.location).toBe('/x/y/webui/')
    expect((await get('/webui', forwarded)).headers.location).toBe('/x/y/webui/')
    const page = await get('/webui/documents', forwarded)
    expect(page.body).toContain('<base href="/x/y/webui/">')
    expect(page.headers.etag).not.toBe((await get('/webui/documents')).headers.etag)
  })

  it('takes a tenant out of an address, and hands it on once', async () => {
    const answer = await get('/webui/documents?page=2&tenant=Acme')
    expect([answer.statusCode, answer.headers.location]).toEqual([303, '/webui/documents?page=2'])
    expect(answer.headers['set-cookie']).toBe(
      'webui-tenant=acme; Path=/webui/; Max-Age=60; SameSite=Strict',
    )
    const odd = await get('/webui/t/a%0d%0ab/documents')
    expect([odd.headers.location, odd.headers['set-cookie']]).toEqual([
      '/webui/documents',
      'webui-tenant=-; Path=/webui/; Max-Age=60; SameSite=Strict',
    ])
  })
})

describe('a server', () => {
  it('whose hosts stand for tenants tells the page which one', async () => {
    const server = await serve({
      TENANT_HOST_SUFFIX: 'rag.example.com',
      ALLOWED_HOSTS: 'rag.example.com',
    })
    const page = (host: string) => server.app.inject({ url: '/webui/', headers: { ...HTML, host } })
    expect((await page('acme.rag.example.com')).body).toContain(
      '<meta name="locked-tenant" content="acme">',
    )
    for (const host of ['rag.example.com', 'a"b.rag.example.com', 'localhost']) {
      expect((await page(host)).body, host).not.toContain('locked-tenant')
    }
  })

  it('without a built web UI says how to get it', async () => {
    const server = await startTestServer(null, {}, { webUi: { folder: undefined } })
    servers.push(server)
    const page = await server.app.inject({ url: '/webui/', headers: HTML })
    expect([page.statusCode, page.headers['content-type']]).toEqual([
      404,
      'text/html; charset=utf-8',
    ])
    expect(page.body).toContain('npm run build:web')
    expect((await server.app.inject('/')).headers.location).toBe('/docs')
  })

  it('has none where WEBUI says so', async () => {
    const server = await serve({ WEBUI: 'false' })
    expect((await server.app.inject({ url: '/webui/', headers: HTML })).statusCode).toBe(404)
    expect((await server.app.inject('/')).headers.location).toBe('/docs')
  })
})
