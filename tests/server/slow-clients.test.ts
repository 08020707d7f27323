import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { boundConnections } from '../../src/http/guards/bound-connections.ts'
import { manyUsers, startTestServer, type TestServer } from './test-server.ts'

/** A second each: what a client keeps back then has not come in time. */
const QUICK = {
  REQUEST_HEADERS_SECONDS: '1',
  REQUEST_BODY_SECONDS: '1',
  REQUEST_SILENCE_SECONDS: '1',
  KEEP_ALIVE_SECONDS: '1',
}
const KEY = 'X-API-Key: key-of-user-0\r\n'
const JSON_TYPE = 'Content-Type: application/json\r\n'

interface Client {
  readonly socket: Socket
  /** All that came until the server hung up. */
  readonly ended: Promise<string>
}

function open(url: string, text = ''): Client {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  if (text !== '') socket.write(text)
  let received = ''
  socket.setEncoding('utf8').on('data', (piece) => {
    received += piece
  })
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(received)))
  return { socket, ended }
}

const head = (target: string, rest: string) => `${target} HTTP/1.1\r\nHost: a\r\n${rest}`
const form = (length: number) =>
  `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${length}\r\n\r\n`

describe.concurrent('a client that keeps back', () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer(manyUsers(1), QUICK)
  })
  afterAll(() => server.close())

  it.each([
    ['everything', '', '408'],
    ['half of its head', 'POST /login HTTP/1.1\r\nHost: a\r\n', '408'],
    ['the body of a login', `${head('POST /login', form(100))}user`, '408'],
    ['the body of what is not there', `${head('POST /nothing', form(100))}x`, '404'],
    ['the body of what it may not do', `${head('POST /documents/text', form(100))}x`, '401'],
    [
      'a piece of what it announced in pieces',
      `${head('POST /login', 'Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n')}4\r\nuser\r\n`,
      '408',
    ],
    [
      'the rest of a text',
      `${head('POST /documents/text', `${KEY}${JSON_TYPE}Content-Length: 100\r\n\r\n`)}{"text":`,
      '408',
    ],
    [
      'the rest of a file',
      `${head('POST /documents/upload', `${KEY}Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n`)}--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nword`,
      '',
    ],
    ['the next request', head('GET /health', '\r\n'), '200'],
  ])('%s loses its connection', async (_what, text, status) => {
    const { ended } = open(server.url, text)
    expect((await ended).slice(0, 12)).toBe(status === '' ? '' : `HTTP/1.1 ${status}`)
  })

  it('bit by bit loses it as well when the body is a small one', async () => {
    const { socket, ended } = open(server.url, head('POST /login', form(10_000)))
    const trickle = setInterval(() => socket.write('a'), 100)
    expect(await ended).toMatch(/^HTTP\/1\.1 408 [\s\S]*\{"detail":"Request Timeout"\}$/)
    clearInterval(trickle)
  })

  it('bit by bit is heard out when the body may be large', async () => {
    const body = JSON.stringify({ text: 'a text that takes its time', file_source: 'slow.txt' })
    const length = `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`
    const rest = `${KEY}${JSON_TYPE}${length}`
    const { socket, ended } = open(server.url, head('POST /documents/text', rest))
    for (let sent = 0; sent < body.length; sent += 4) {
      socket.write(body.slice(sent, sent + 4))
      await sleep(200)
    }
    expect(await ended).toMatch(/^HTTP\/1\.1 200 [\s\S]*"status":"success"/)
  })
})

describe('the connections of a server', () => {
  async function serverWith(env: Record<string, string>) {
    const server = await startTestServer(null, env)
    onTestFinished(() => server.close())
    return server
  }

  /** Which of these connections the server has kept, once it has dealt with them all. */
  async function kept(server: TestServer, count: number) {
    const clients: Client[] = []
    for (let i = 0; i < count; i += 1) {
      const client = open(server.url, 'GET /health HTTP/1.1\r\n')
      clients.push(client)
      await once(client.socket, 'connect')
    }
    onTestFinished(() => {
      for (const { socket } of clients) socket.destroy()
    })
    const gone = new Set<Client>()
    for (const client of clients) void client.ended.then(() => gone.add(client))
    let before = -1
    // Until the number no longer changes.
    while (before !== gone.size) {
      before = gone.size
      await sleep(200)
    }
    return clients.map((client) => !gone.has(client))
  }

  it('are bounded for each address: the one that waits longest gives way', async () => {
    const server = await serverWith({ MAX_CONNECTIONS_PER_ADDRESS: '5' })
    const open = await kept(server, 12)
    expect(open.filter(Boolean)).toHaveLength(5)
    expect(open.at(-1)).toBe(true)
    expect((await fetch(`${server.url}/health`)).status).toBe(200)
  })

  it('are bounded in all', async () => {
    const server = await serverWith({ MAX_CONNECTIONS: '7', MAX_CONNECTIONS_PER_ADDRESS: '100' })
    expect((await kept(server, 12)).filter(Boolean)).toHaveLength(7)
  })

  it('of a trusted proxy are bounded in all alone', async () => {
    const server = await serverWith({ MAX_CONNECTIONS_PER_ADDRESS: '5', TRUST_PROXY: 'loopback' })
    expect((await kept(server, 12)).filter(Boolean)).toHaveLength(12)
  })

  it('stay while they are answered, and nobody else is let in then', async () => {
    const server = createServer((_request, response) => void response.write('begun'))
    onTestFinished(() => server.closeAllConnections())
    const closed: number[] = []
    boundConnections(server, {
      most: 10,
      mostOfAddress: 3,
      partyOf: (address) => address,
      isProxy: () => false,
      onClosed: (count) => closed.push(count),
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const answered = Array.from({ length: 3 }, () => open(url, head('GET /', '\r\n')))
    await Promise.all(answered.map(({ socket }) => once(socket, 'data')))
    expect(await open(url, head('GET /', '\r\n')).ended).toBe('')
    expect(closed).toEqual([1])
    answered[1]?.socket.destroy()
    await answered[1]?.ended
    const { socket } = open(url, head('GET /', '\r\n'))
    expect(String(await once(socket, 'data'))).toContain('begun')
    for (const client of answered) client.socket.destroy()
    socket.destroy()
    server.close()
  })
})
