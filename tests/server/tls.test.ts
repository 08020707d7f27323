import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { boundConnections } from '../../src/http/guards/bound-connections.ts'
import { startTestServer } from './test-server.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url))
const CERT = fixture('server.crt')
const FILES = { SSL: 'true', SSL_CERTFILE: CERT, SSL_KEYFILE: fixture('server.key') }

interface Answer {
  readonly status: number | undefined
  readonly body: string
}

async function ask(url: string, body?: string): Promise<Answer> {
  const ca = await readFile(CERT)
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const asked = request(
      url,
      { ca, headers, method: body === undefined ? 'GET' : 'POST' },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8').on('data', (piece) => {
          text += piece
        })
        answer.on('end', () => resolve({ status: answer.statusCode, body: text }))
      },
    )
    asked.on('error', reject)
    asked.end(body)
  })
}

describe('a server with a certificate', () => {
  it('speaks HTTPS and nothing else', async () => {
    const server = await startTestServer(null, FILES)
    onTestFinished(() => server.close())
    expect(server.url).toMatch(/^https:/)
    expect(await ask(`${server.url}/health`)).toMatchObject({ status: 200 })
    const text = JSON.stringify({ text: 'x'.repeat(300_000), file_source: 'x.txt' })
    expect(await ask(`${server.url}/documents/text`, text)).toMatchObject({ status: 200 })
    await expect(fetch(server.url.replace('https:', 'http:'))).rejects.toThrow()
  })

  it('closes the idlest connection when there are too many, and none that is being answered', async () => {
    const [cert, key] = await Promise.all([readFile(CERT), readFile(FILES.SSL_KEYFILE)])
    const waiting: ServerResponse[] = []
    const server = createServer({ cert, key }, (_request, response) => waiting.push(response))
    const told: number[] = []
    boundConnections(server, {
      most: 100,
      mostOfAddress: 2,
      partyOf: (address) => address,
      isProxy: () => false,
      onClosed: (count) => told.push(count),
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const asked = ask(`https://127.0.0.1:${port}/`)
    await expect.poll(() => waiting.length).toBe(1)
    const idle = Array.from({ length: 4 }, () => {
      const socket = connect({ port, host: '127.0.0.1', ca: cert })
      onTestFinished(() => void socket.destroy())
      return socket.on('error', () => undefined)
    })
    await expect.poll(() => idle.filter(({ closed }) => closed).length).toBe(3)
    expect(told).toEqual([1])
    waiting[0]?.end('at last')
    expect(await asked).toEqual({ status: 200, body: 'at last' })
  })

  it.each([
    [{ SSL_KEYFILE: fixture('other.key') }, /do not go together: key values mismatch/],
    [{ SSL_KEYFILE: fixture('none.key') }, /SSL_KEYFILE cannot be read: ENOENT/],
    [{ SSL_CERTFILE: fixture('server.key') }, /do not go together/],
  ])('does not start with files that cannot serve: %j', async (env, words) => {
    await expect(startTestServer(null, { ...FILES, ...env })).rejects.toThrow(words)
  })
})
