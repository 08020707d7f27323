import { once } from 'node:events'
import { connect } from 'node:net'
import { PassThrough } from 'node:stream'
import fc from 'fast-check'
import Fastify, { type FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { afterEach, describe, expect, it } from 'vitest'
import { mostValues } from '../../../src/http/body/body-sizes.ts'
import { jsonShape } from '../../../src/http/body/json-shape.ts'
import { readBody } from '../../../src/http/body/read-body.ts'
import { httpConventions, httpServerOptions } from '../../../src/http/http-conventions.ts'

const schema = { body: Type.Object({}) }

describe('a route', () => {
  let app: FastifyInstance
  afterEach(() => app.close())

  const started = async (maxBodyBytes?: number): Promise<void> => {
    app = Fastify(httpServerOptions)
    await app.register(httpConventions, maxBodyBytes === undefined ? {} : { maxBodyBytes })
  }
  const send = (payload: string) =>
    app.inject({
      method: 'POST',
      url: '/',
      payload,
      headers: { 'content-type': 'application/json' },
    })

  it('that takes a body and declares no bound on it stops the start', async () => {
    await started()
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'] as const) {
      const route = { method, url: '/', schema, handler: async () => 'fine' }
      expect(() => app.route(route)).toThrow(`No bodyLimit is declared for the body of ${method} /`)
    }
  })

  it('that lets its caller send as much as they like of something stops the start', async () => {
    await started()
    const handler = async () => 'fine'
    const named = { name: Type.String() }
    for (const part of ['body', 'querystring', 'params', 'headers'] as const) {
      const route = { bodyLimit: 1000, schema: { [part]: Type.Object(named) }, handler }
      expect(() => app.route({ method: 'POST', url: '/', ...route })).toThrow(
        `Something has no bound in the ${part} of POST /: name: maxLength`,
      )
    }
  })

  it('takes a body up to the bound that it declares, and says which that is', async () => {
    await started()
    app.post('/', { bodyLimit: 1000, schema }, async () => 'fine')
    const text = `{"a":"${'x'.repeat(1000 - 8)}"}`
    expect((await send(text)).statusCode).toBe(200)
    const reply = await send(`${text} `)
    expect(reply.statusCode).toBe(413)
    expect(reply.json()).toEqual({ detail: 'The body is larger than 1000 bytes.' })
  })

  it('is held to the bound of the server where that is lower', async () => {
    await started(100)
    app.post('/', { bodyLimit: 1000, schema }, async () => 'fine')
    expect((await send(`{"a":"${'x'.repeat(200)}"}`)).statusCode).toBe(413)
  })

  it('takes no more values than its bound has room for', async () => {
    await started()
    app.post('/', { bodyLimit: 100_000, schema }, async () => 'fine')
    const most = mostValues(100_000)
    const values = (count: number) => send(`[${'1,'.repeat(count)}1]`)
    expect((await values(most - 3)).statusCode).toBe(422)
    const reply = await values(most)
    expect(reply.statusCode).toBe(413)
    expect(reply.json()).toEqual({ detail: `The body holds more than ${most} values.` })
  })

  it('that takes no body reads none', async () => {
    await started()
    app.post('/', async ({ body }) => ({ body }))
    for (const payload of ['{"a":', 'x'.repeat(16_000)]) {
      expect((await send(payload)).json()).toEqual({})
    }
    expect((await send('x'.repeat(17_000))).statusCode).toBe(413)
  })

  it('asks for the length of a form in parts', async () => {
    await started()
    app.post('/', async () => 'fine')
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-type: multipart/form-data; boundary=b\r\ntransfer-encoding: chunked\r\n\r\n',
    )
    const [answer] = await once(socket, 'data')
    expect(String(answer)).toMatch(/^HTTP\/1\.1 411 /)
    socket.destroy()
  })
})

describe('a body', () => {
  const payload = (headers: Record<string, string> = {}) =>
    Object.assign(new PassThrough(), { headers }) as unknown as Parameters<typeof readBody>[0] &
      PassThrough

  it('is read as it was sent, in pieces of any length', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 20 }),
        fc.boolean(),
        async (pieces, known) => {
          const whole = Buffer.concat(pieces)
          const stream = payload(known ? { 'content-length': String(whole.length) } : {})
          const seen: number[] = []
          const reading = readBody(stream, {
            limit: whole.length,
            take: (bytes) => seen.push(bytes),
          })
          for (const piece of pieces) stream.write(piece)
          stream.end()
          expect((await reading).equals(whole)).toBe(true)
          expect(seen.at(-1) ?? 0).toBe(whole.length)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('that comes byte by byte takes no more room than its length, twice', async () => {
    const stream = payload()
    const reading = readBody(stream, { limit: 100_000 })
    for (let i = 0; i < 30_000; i++) stream.write(Buffer.of(i % 256))
    stream.end()
    const body = await reading
    expect(body.length).toBe(30_000)
    expect(body.buffer.byteLength).toBeLessThanOrEqual(60_000)
  })

  it('that is cut off, too long or refused is not waited for', async () => {
    const cut = payload()
    const reading = readBody(cut, { limit: 100 })
    cut.write('x')
    cut.destroy()
    await expect(reading).rejects.toMatchObject({ code: 'body_interrupted' })
    const long = payload()
    long.write('x'.repeat(101))
    await expect(readBody(long, { limit: 100 })).rejects.toMatchObject({ code: 'body_too_large' })
    const refused = payload()
    refused.write('x')
    const take = () => {
      throw new Error('no room')
    }
    await expect(readBody(refused, { limit: 100, take })).rejects.toThrow('no room')
  })
})

describe('the shape of a JSON text', () => {
  const no = { values: Number.MAX_SAFE_INTEGER, depth: Number.MAX_SAFE_INTEGER }
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
      : 0
  const valuesIn = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? Object.values(value).reduce((sum: number, item) => sum + valuesIn(item), 1)
      : 1

  it('is that of the value which it spells', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('"', '\\', '\\\\"', '[{,', 'x'.repeat(600), `${'y'.repeat(600)}\\"[`),
    )
    const json = fc.oneof(fc.jsonValue(), fc.array(text), fc.dictionary(text, fc.array(text)))
    fc.assert(
      fc.property(json, fc.constantFrom(0, 1), (value, indent) => {
        const { values, depth } = jsonShape(Buffer.from(JSON.stringify(value, null, indent)), no)
        expect(depth).toBe(depthOf(value))
        // A list or an object counts once for itself and once for its first item.
        expect(values).toBeGreaterThanOrEqual(valuesIn(value))
        expect(values).toBeLessThanOrEqual(2 * valuesIn(value))
      }),
      { numRuns: 500 },
    )
  })

  it('is measured no further than its bounds', () => {
    const { values } = jsonShape(Buffer.from('1,'.repeat(1000)), { ...no, values: 10 })
    expect(values).toBe(11)
    expect(jsonShape(Buffer.from('['.repeat(1000)), { ...no, depth: 10 }).depth).toBe(11)
  })
})
