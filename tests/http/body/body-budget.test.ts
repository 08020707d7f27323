import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import fc from 'fast-check'
import Fastify, { type FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { BodyBudget, budgetBodies } from '../../../src/http/body/body-budget.ts'
import { httpConventions, httpServerOptions } from '../../../src/http/http-conventions.ts'
import { manyUsers, startTestServer } from '../../server/test-server.ts'

const KB = 1024
const MB = KB * KB

describe('a budget of bodies', () => {
  it('is never exceeded, by all or by one, and whole again when all is given back', () => {
    const step = fc.record({
      body: fc.nat(9),
      caller: fc.constantFrom('ann', 'ben', 'cay'),
      bytes: fc.oneof(fc.nat(8 * MB), fc.constant(Number.NaN)),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const limits = { maxBytes: 8 * MB, maxBytesPerCaller: 5 * MB }
        const budget = new BodyBudget(limits)
        const bodies = new Map<string, { share: ReturnType<BodyBudget['share']>; bytes: number }>()
        for (const { body, caller, bytes } of steps) {
          const name = `${caller} ${body}`
          const known = bodies.get(name) ?? { share: budget.share(caller), bytes: 0 }
          bodies.set(name, known)
          if (Number.isNaN(bytes)) {
            known.share.release()
            bodies.delete(name)
          } else {
            try {
              known.share.growTo(bytes)
              known.bytes = Math.max(known.bytes, bytes)
            } catch (error) {
              expect(error).toHaveProperty('code', expect.stringMatching(/too_(much|large)/))
            }
          }
          const taken = [...bodies.values()].reduce((sum, { bytes: own }) => sum + own, 0)
          expect(budget.stats().bytes).toBe(taken)
          expect(taken).toBeLessThanOrEqual(limits.maxBytes)
          for (const who of ['ann', 'ben', 'cay']) {
            const own = [...bodies].filter(([key]) => key.startsWith(who))
            expect(own.reduce((sum, [, { bytes: of }]) => sum + of, 0)).toBeLessThanOrEqual(5 * MB)
          }
        }
        for (const { share } of bodies.values()) share.release()
        expect(budget.stats()).toMatchObject({ bytes: 0, callers: 0 })
      }),
    )
  })
})

describe('requests with bodies', () => {
  let app: FastifyInstance
  let budget: BodyBudget
  let url: URL
  const sockets: Socket[] = []
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await app.close()
  })

  const start = async (): Promise<void> => {
    budget = new BodyBudget({ maxBytes: 8 * MB, maxBytesPerCaller: 4 * MB })
    app = Fastify({ ...httpServerOptions, forceCloseConnections: true })
    await app.register(httpConventions)
    budgetBodies(app, budget, ({ headers }) => String(headers['x-caller'] ?? 'ann'))
    const a = Type.Unsafe<unknown>({
      type: ['string', 'array', 'number'],
      maxLength: 2 ** 24,
      maxItems: 2 ** 20,
      items: Type.Object({}),
      minimum: 0,
      maximum: 9,
    })
    const schema = { body: Type.Object({ a }) }
    app.post('/', { bodyLimit: 16 * MB, schema }, async ({ body }) => {
      const { a } = body as { a: unknown }
      if (a === 'fail') throw new Error('planted')
      if (a === 'wait') await new Promise((resolve) => setTimeout(resolve, 50))
      return { taken: budget.stats().bytes }
    })
    url = new URL(await app.listen({ port: 0, host: '127.0.0.1' }))
  }
  const open = (headers: Record<string, string | number>): Socket => {
    const socket = connect(Number(url.port), url.hostname)
    sockets.push(socket)
    socket.on('error', () => {})
    const lines = Object.entries({ host: 'x', 'content-type': 'application/json', ...headers })
    socket.write(`POST / HTTP/1.1\r\n${lines.map(([k, v]) => `${k}: ${v}\r\n`).join('')}\r\n`)
    return socket
  }
  const answer = async (socket: Socket): Promise<string> => String((await once(socket, 'data'))[0])
  const taken = (bytes: number) =>
    vi.waitFor(() => expect(budget.stats().bytes).toBe(bytes), { timeout: 60_000, interval: 5 })

  it('are refused before they are read when there is no room for what they announce', async () => {
    await start()
    open({ 'content-length': 3 * MB })
    await taken(3 * MB)
    const own = await answer(open({ 'content-length': 2 * MB }))
    expect(own).toMatch(/^HTTP\/1\.1 429 .*retry-after: 2\r\n.*You send too much at once/s)
    open({ 'content-length': 3 * MB, 'x-caller': 'ben' })
    await taken(6 * MB)
    const all = await answer(open({ 'content-length': 2 * MB, 'x-caller': 'cay' }))
    expect(all).toMatch(/^HTTP\/1\.1 503 .*retry-after: 2\r\n.*The server has too much/s)
    // A question is let in beside texts that fill their part.
    open({ 'content-length': 200 * KB, 'x-caller': 'cay' })
    await taken(6 * MB + 200 * KB)
    expect(budget.stats()).toMatchObject({ callers: 3, refused: 2 })
  })

  it('are cut off where they outgrow the budget without having told their length', async () => {
    await start()
    const socket = open({ 'transfer-encoding': 'chunked' })
    const reply = answer(socket)
    const piece = Buffer.alloc(64 * KB, 'x')
    let sent = 0
    let answered = false
    void reply.then(() => {
      answered = true
    })
    while (!answered && sent < 15 * MB) {
      socket.write(`${piece.length.toString(16)}\r\n`)
      await new Promise((resolve) => socket.write(`${piece}\r\n`, resolve))
      await new Promise((resolve) => setImmediate(resolve))
      sent += piece.length
    }
    expect(await reply).toMatch(/^HTTP\/1\.1 413 /)
    socket.destroy()
    await taken(0)
  })

  it('are counted with what their values take once they are parsed', async () => {
    await start()
    const body = `{"a":[${'{},'.repeat(10_000)}{}]}`
    const reply = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    const { taken: bytes } = (await reply.json()) as { taken: number }
    expect(bytes).toBeGreaterThan(10_000 * 64)
    await taken(0)
  })

  it('give everything back however they end', async () => {
    await start()
    const post = (body: string, type = 'application/json') =>
      fetch(url, { method: 'POST', headers: { 'content-type': type }, body })
    for (const [body, status] of [
      ['{"a":1}', 200],
      ['{"a":"wait"}', 200],
      ['{"a":"fail"}', 500],
      ['{}', 422],
      ['{"a":', 422],
      [`{"a":"${'x'.repeat(MB)}"}`, 200],
    ] as const) {
      const reply = await post(body)
      await reply.arrayBuffer()
      expect(reply.status).toBe(status)
    }
    expect((await post('a=1', 'application/x-www-form-urlencoded')).status).toBe(422)
    await taken(0)
    for (const headers of [
      { 'content-length': 100_000 },
      { 'transfer-encoding': 'chunked' },
      { 'content-length': 100_000, 'content-type': 'text/plain' },
    ]) {
      const cut = Array.from({ length: 10 }, () => open(headers))
      for (const socket of cut) {
        socket.write('transfer-encoding' in headers ? '6\r\n{"a":"\r\n' : '{"a":"')
      }
      await vi.waitFor(() => expect(budget.stats().bytes).toBeGreaterThan(0), { timeout: 60_000 })
      for (const socket of cut) socket.destroy()
      await taken(0)
    }
    const left = open({ 'content-length': 12 })
    left.write('{"a":"wait"}', () => left.destroy())
    await taken(0)
    expect(budget.stats().callers).toBe(0)
  })
})

describe('the server', () => {
  it('gives back what aborted requests and uploads of several users had taken', async () => {
    const users = manyUsers(2)
    const server = await startTestServer(users)
    try {
      const { hostname, port } = new URL(server.url)
      const begin = (path: string, headers: string, body: string) => {
        const socket = connect(Number(port), hostname)
        socket.on('error', () => {})
        socket.write(`POST ${path} HTTP/1.1\r\nhost: x\r\n${headers}\r\n\r\n${body}`)
        return socket
      }
      const form =
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\ntext'
      const multipart = 'content-type: multipart/form-data; boundary=b'
      const json = 'content-type: application/json'
      const begun = users.flatMap(({ api_key }) => [
        begin(
          '/documents/upload',
          `x-api-key: ${api_key}\r\ncontent-length: 5000000\r\n${multipart}`,
          form,
        ),
        begin(
          '/documents/text',
          `x-api-key: ${api_key}\r\ncontent-length: 4000000\r\n${json}`,
          '{"text":"',
        ),
        begin('/query', `x-api-key: ${api_key}\r\ncontent-length: 9\r\n${json}`, '{"quer'),
      ])
      const bytes = 2 * (MB + 4_000_000 + 9)
      const bodies = async () => (await server.gauges()).bodies
      const waiting = { timeout: 60_000, interval: 5 }
      await vi.waitFor(async () => expect((await bodies()).bytes).toBe(bytes), waiting)
      expect((await bodies()).callers).toBe(2)
      for (const socket of begun) socket.destroy()
      await vi.waitFor(async () => expect((await bodies()).bytes).toBe(0), waiting)
      expect(await bodies()).toEqual({ bytes: 0, callers: 0, refused: 0 })
    } finally {
      await server.close()
    }
  })
})
