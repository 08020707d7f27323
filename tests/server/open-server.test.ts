import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { startServer } from '../../src/main.ts'
import { ROUTE_PERMISSIONS } from '../contract/route-permissions.ts'
import { tempFolder } from './temp-folder.ts'
import { TEST_HOSTS } from './test-hosts.ts'
import { manyUsers, startTestServer, type TestServer } from './test-server.ts'

const EVIL = 'https://evil.example'

/** Every way in which a browser tells that a page of somebody else sent the request. */
const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { origin: EVIL },
  { origin: EVIL, 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
  { 'sec-fetch-site': 'same-site' },
  { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-site' },
  { origin: 'null' },
  { origin: 'null', 'sec-fetch-site': 'cross-site' },
  { origin: 'file://' },
  { origin: 'not an origin' },
  { origin: '' },
  { 'sec-fetch-site': 'none, cross-site' },
]

async function serverWith(
  users: Parameters<typeof startTestServer>[0],
  env: Record<string, string> = {},
): Promise<TestServer> {
  const server = await startTestServer(users, env)
  onTestFinished(() => server.close())
  return server
}

/** The status line's number of a request as it goes over the wire. */
function rawStatus(url: string, text: string): Promise<number> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text))
    let answer = ''
    socket.setEncoding('utf8').on('data', (piece) => {
      answer += piece
      const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]
      if (status === undefined) return
      socket.destroy()
      resolve(Number(status))
    })
    socket.once('error', reject)
  })
}

describe('an open server', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(null)
  })
  afterAll(() => server.close())

  const statusOf = async (url: string, headers: Record<string, string>) =>
    (await server.app.inject({ url, headers })).statusCode
  const counts = '/documents/status_counts'

  it('does nothing that a page of somebody else asks for, on no route', async () => {
    const own = Object.keys(ROUTE_PERMISSIONS).filter((row) => !/\/(api\/v1|tenants)\b/.test(row))
    const tried: string[] = []
    for (const row of own) {
      const [method = '', pattern = ''] = row.split(' ')
      const url = pattern.replaceAll(/:\w+/g, 'x')
      if (!server.app.hasRoute({ method: method as 'GET', url: pattern })) continue
      for (const headers of FOREIGN) {
        const reply = await server.app.inject({ method: method as 'GET', url, headers })
        tried.push(row)
        expect([row, headers, reply.statusCode]).toEqual([row, headers, 403])
        expect(reply.json().detail).toMatch(/CORS_ORIGINS/)
      }
    }
    expect(tried.length).toBeGreaterThan(40 * FOREIGN.length)
  })

  it('takes no document from such a page, and deletes none', async () => {
    const insert = (headers: Record<string, string>, text: string) =>
      fetch(`${server.url}/documents/text`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ text, file_source: `${text}.txt` }),
      }).then(({ status }) => status)
    expect(await insert({}, 'mine')).toBe(200)
    expect(await insert({ origin: EVIL }, 'planted')).toBe(403)
    const deleted = await fetch(`${server.url}/documents`, {
      method: 'DELETE',
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(deleted.status).toBe(403)
    const listed = await (await fetch(`${server.url}/documents`)).text()
    expect(listed).toContain('mine.txt')
    expect(listed).not.toContain('planted')
  })

  it.each([
    ['a program without any such header', {}],
    ['Node’s fetch', { 'sec-fetch-mode': 'cors' }],
    ['its own page', { origin: 'http://127.0.0.1:80', 'sec-fetch-site': 'same-origin' }],
    ['its own page in a browser without Sec-Fetch', { origin: 'http://127.0.0.1' }],
    ['its own page without a referrer', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
    ['a person who types the address', { 'sec-fetch-site': 'none' }],
  ])('serves %s', async (_who, headers) => {
    expect(await statusOf(counts, { host: '127.0.0.1', ...headers })).toBe(200)
  })

  it('shows its description to who follows a link to it', async () => {
    const linked = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
    expect(await statusOf('/docs', linked)).toBe(200)
    expect(await statusOf('/openapi.json', linked)).toBe(200)
  })

  it.each([
    'localhost',
    'localhost:9621',
    'LocalHost',
    'localhost.',
    'app.localhost:9621',
    '127.0.0.1:9621',
    '192.0.2.17',
    '[::1]:9621',
    '[2001:db8::1]',
    'tenantrag:9621',
    'rag_server',
    'host.docker.internal:9621',
  ])('answers to the host %s, which no stranger can lead here', async (host) => {
    expect(await statusOf(counts, { host })).toBe(200)
  })

  it.each([
    'rebind.evil.example',
    'rebind.evil.example:9621',
    'rebind.evil.example.',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    'evil.local',
    '[::1].evil.example',
    'localhost@evil.example',
    'localhost, evil.example',
    'localhost:9621.evil.example',
    'evil.example:80:80',
    '[::1',
    '127.1.evil',
  ])('does not answer to the host %s', async (host) => {
    const reply = await server.app.inject({ url: counts, headers: { host } })
    expect(reply.statusCode).toBe(403)
    expect(reply.json().detail).toMatch(/ALLOWED_HOSTS/)
  })

  it.each([
    ['a second host', 'GET /documents HTTP/1.1\r\nHost: localhost\r\nHost: evil.example', 400],
    ['the same in another order', 'GET /documents HTTP/1.1\r\nHost: evil.example\r\nhost: a', 400],
    ['no host', 'GET /documents HTTP/1.1\r\nX: y', 400],
    ['another host in its target', 'GET http://evil.example/documents HTTP/1.1\r\nHost: a', 403],
    ['the host in its target', 'GET http://localhost/documents HTTP/1.1\r\nHost: localhost', 200],
    ['no host, as HTTP/1.0 allows', 'GET /documents HTTP/1.0', 200],
    ['a foreign host over HTTP/1.0', 'GET /documents HTTP/1.0\r\nHost: evil.example', 403],
    [
      'a foreign page that wants a WebSocket',
      `GET /documents HTTP/1.1\r\nHost: localhost\r\nOrigin: ${EVIL}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==`,
      403,
    ],
  ])('answers a request with %s with its status', async (_what, head, status) => {
    expect(await rawStatus(server.url, `${head}\r\n\r\n`)).toBe(status)
  })
})

describe('what an open server is told to allow', () => {
  it('are pages of CORS_ORIGINS, and no others', async () => {
    const { app } = await serverWith(null, { CORS_ORIGINS: 'https://chat.example, null' })
    const status = async (origin: string, site = 'cross-site') =>
      (await app.inject({ url: '/documents', headers: { origin, 'sec-fetch-site': site } }))
        .statusCode
    expect(await status('https://chat.example')).toBe(200)
    expect(await status('https://CHAT.example')).toBe(403)
    expect(await status('http://chat.example')).toBe(403)
    expect(await status('https://chat.example.evil.example')).toBe(403)
    expect(await status('null')).toBe(200)
  })

  it('are all pages with CORS_ORIGINS=*', async () => {
    const { app } = await serverWith(null, { CORS_ORIGINS: '*' })
    const headers = { origin: EVIL, 'sec-fetch-site': 'cross-site' }
    expect((await app.inject({ url: '/documents', headers })).statusCode).toBe(200)
  })

  it('are hosts of ALLOWED_HOSTS, and those below one that begins with a dot', async () => {
    const { app } = await serverWith(null, { ALLOWED_HOSTS: 'Rag.example.com,.rag.test' })
    const status = async (host: string) =>
      (await app.inject({ url: '/documents', headers: { host } })).statusCode
    expect(await status('rag.example.com:8080')).toBe(200)
    expect(await status('RAG.example.com.')).toBe(200)
    expect(await status('a.rag.example.com')).toBe(403)
    expect(await status('a.b.rag.test')).toBe(200)
    expect(await status('rag.test')).toBe(200)
    expect(await status('evilrag.test')).toBe(403)
    expect(await status('localhost')).toBe(200)
  })

  it('are no hosts that are none', () => {
    for (const ALLOWED_HOSTS of ['https://a.example', 'a.example:80', 'a.*', 'a b', '..']) {
      expect(() => loadConfig({ ALLOWED_HOSTS })).toThrow(/ALLOWED_HOSTS must name hosts/)
    }
    expect(loadConfig({ ALLOWED_HOSTS: '*' }).ALLOWED_HOSTS).toEqual(['*'])
  })
})

describe('a server that asks for keys', () => {
  it('serves pages of everybody who has one, under any name', async () => {
    const { app } = await serverWith(manyUsers(1))
    const headers = {
      host: 'rag.example.com',
      origin: EVIL,
      'sec-fetch-site': 'cross-site',
      'x-api-key': 'key-of-user-0',
    }
    expect((await app.inject({ url: '/documents', headers })).statusCode).toBe(200)
    const { 'x-api-key': _, ...without } = headers
    expect((await app.inject({ url: '/documents', headers: without })).statusCode).toBe(401)
  })

  it('answers to the names of ALLOWED_HOSTS alone where it is set', async () => {
    const { app } = await serverWith(manyUsers(1), { ALLOWED_HOSTS: 'rag.example.com' })
    const status = async (host: string) =>
      (await app.inject({ url: '/health', headers: { host } })).statusCode
    expect(await status('rag.example.com')).toBe(200)
    expect(await status('other.example.com')).toBe(403)
    expect(await status('127.0.0.1')).toBe(200)
  })
})

describe('the address that is listened on', () => {
  async function started(env: Record<string, string>) {
    const folder = await tempFolder()
    const lines: string[] = []
    const config = loadConfig({
      PORT: '0',
      WORKING_DIR: `${folder.path}/rag_storage`,
      INPUT_DIR: `${folder.path}/inputs`,
      USERS_FILE: '',
      LOG_LEVEL: 'info',
      ...TEST_HOSTS,
      ...env,
    })
    // Not whatever lies in the folder that the tests run in.
    const quiet = { ...config, usersFile: `${folder.path}/users.json` }
    const server = await startServer(quiet, { logStream: { write: (line) => lines.push(line) } })
    onTestFinished(async () => {
      await server.close()
      await folder.remove()
    })
    const log = lines.map((line) => JSON.parse(line) as { level: number; msg: string })
    return { address: server.app.server.address(), log }
  }

  it('is of this machine alone when nobody needs a key', async () => {
    const { address, log } = await started({})
    expect(address).toMatchObject({ address: '127.0.0.1' })
    expect(log[0]?.msg).toMatch(/only this machine.*HOST/)
  })

  it('is every one when keys are asked for', async () => {
    const { address, log } = await started({ LIGHTRAG_API_KEY: 'a key that nobody guesses' })
    expect(address).toMatchObject({ address: '0.0.0.0' })
    expect(log.map(({ msg }) => msg).join()).not.toMatch(/open/i)
  })

  it('is the one of HOST, and the first lines tell what is open and how to close it', async () => {
    const { address, log } = await started({ HOST: '0.0.0.0', CORS_ORIGINS: '*' })
    expect(address).toMatchObject({ address: '0.0.0.0' })
    const [what, how, pages] = log
    expect([what?.level, how?.level, pages?.level]).toEqual([40, 40, 40])
    expect(what?.msg).toMatch(/^OPEN: .*read, change and delete/)
    expect(how?.msg).toMatch(/LIGHTRAG_API_KEY.*AUTH_ACCOUNTS.*USERS_FILE.*127\.0\.0\.1/)
    expect(pages?.msg).toMatch(/CORS_ORIGINS.*every web page/)
  })
})
