import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, describe, expect, it } from 'vitest'
import { EngineError, ModelUnavailable } from '../../../src/engine/ports/engine-error.ts'
import { ERROR_STATUS } from '../../../src/http/errors/error-status.ts'
import { RequestValidationError } from '../../../src/http/errors/validation-error.ts'
import { httpConventions, httpServerOptions } from '../../../src/http/http-conventions.ts'

describe('the error handler', () => {
  let app: FastifyInstance
  let log: string[]
  afterEach(() => app.close())

  const appThatThrows = async (error: unknown, codedErrors = false): Promise<void> => {
    log = []
    const stream = { write: (line: string) => log.push(line) }
    app = Fastify({ ...httpServerOptions, logger: { level: 'info', stream } })
    await app.register(httpConventions, { errorStatuses: { too_curious: 403 } })
    app.get('/', { config: { codedErrors } }, async () => {
      throw error
    })
  }
  const answer = () => app.inject({ url: '/', headers: { 'x-request-id': 'r-1' } })

  it.each(Object.entries(ERROR_STATUS))('answers %s with %i', async (code, status) => {
    await appThatThrows(Object.assign(new Error('What is wrong'), { code }))
    const reply = await answer()
    expect(reply.statusCode).toBe(status)
    expect(reply.json()).toEqual({ detail: 'What is wrong' })
  })

  it('knows an error again that was cloned on its way', async () => {
    const { code, message, details } = new EngineError('document_not_found', 'No such document')
    await appThatThrows({ code, message, details })
    const reply = await answer()
    expect(reply.statusCode).toBe(404)
    expect(reply.json()).toEqual({ detail: 'No such document' })
  })

  it('answers the codes that other layers bring along', async () => {
    await appThatThrows({ code: 'too_curious', message: 'Not for you' })
    const reply = await answer()
    expect(reply.statusCode).toBe(403)
    expect(reply.json()).toEqual({ detail: 'Not for you' })
  })

  it.each([
    new ModelUnavailable('Later', { retryAfterSeconds: 6.2 }),
    { code: 'model_unavailable', message: 'Later', details: { retryAfterSeconds: 6.2 } },
  ])('says when to try again, where that is known', async (error) => {
    await appThatThrows(error)
    const reply = await answer()
    expect(reply.statusCode).toBe(503)
    expect(reply.headers['retry-after']).toBe('7')
  })

  it('asks to wait a few seconds with every other 503, and with nothing else', async () => {
    await appThatThrows(new ModelUnavailable('Later'))
    expect((await answer()).headers['retry-after']).toBe('5')
    await appThatThrows(new EngineError('pipeline_busy', 'Busy'))
    expect((await answer()).headers).not.toHaveProperty('retry-after')
  })

  it.each([
    new Error('ENOENT: /home/someone/secret.db'),
    Object.assign(new Error('ENOENT: /home/someone/secret.db'), { code: 'ENOENT' }),
    Object.assign(new Error('Unauthorized: sk-secret'), { statusCode: 401 }),
    Object.assign(new Error('secret'), { code: 'toString' }),
    Object.assign(new Error('secret'), { code: 'invalid_api_key', statusCode: 401 }),
    'secret text',
    undefined,
    null,
  ])('hides an error that nobody foresaw behind an id: %s', async (error) => {
    await appThatThrows(error)
    const reply = await answer()
    expect(reply.statusCode).toBe(500)
    expect(reply.body).not.toContain('secret')
    const { detail } = reply.json<{ detail: string }>()
    expect(detail).toMatch(/^Internal server error \(error_id: [0-9a-f]{12}\)$/)
    const id = /[0-9a-f]{12}/.exec(detail)?.[0] ?? 'none'
    expect(log.filter((line) => line.includes(id))).toHaveLength(1)
  })

  it('gives every issue of a request that does not fit', async () => {
    const issues = [
      { type: 'missing', loc: ['body', 'text'], msg: 'Field required', input: {} },
      { type: 'int_type', loc: ['query', 'page'], msg: 'No integer', input: null },
    ]
    await appThatThrows(new RequestValidationError(issues))
    const reply = await answer()
    expect(reply.statusCode).toBe(422)
    expect(reply.json()).toEqual({ detail: issues })
  })

  it('adds the code and the request id on routes of our own', async () => {
    await appThatThrows(new EngineError('pipeline_busy', 'Busy'), true)
    expect((await answer()).json()).toEqual({
      detail: 'Busy',
      error: { code: 'pipeline_busy', message: 'Busy', request_id: 'r-1' },
    })
  })

  it("passes on Fastify's own refusals", async () => {
    await appThatThrows(new Error('never reached'))
    app.post('/', async () => 'fine')
    const headers = { 'content-type': 'nonsense' }
    const reply = await app.inject({ method: 'POST', url: '/', payload: '{}', headers })
    expect(reply.statusCode).toBe(415)
    expect(reply.json()).toEqual({ detail: expect.stringContaining('Unsupported Media Type') })
  })

  it('answers an URL that cannot be decoded with 400', async () => {
    await appThatThrows(new Error('never reached'))
    app.get('/items/:id', async () => 'fine')
    const reply = await app.inject({ url: '/items/%ff' })
    expect(reply.statusCode).toBe(400)
    expect(reply.json()).toEqual({ detail: 'The URL is not valid' })
  })

  it.each([
    ['r-1', 'r-1'],
    ['a'.repeat(65), expect.stringMatching(/^[0-9a-f-]{36}$/)],
    ['<script>', expect.stringMatching(/^[0-9a-f-]{36}$/)],
  ])('sends the request id %s back when it is harmless', async (given, expected) => {
    await appThatThrows(new EngineError('pipeline_busy', 'Busy'))
    const reply = await app.inject({ url: '/', headers: { 'x-request-id': given } })
    expect(reply.headers['x-request-id']).toEqual(expected)
  })
})
