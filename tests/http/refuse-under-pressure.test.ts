import Fastify from 'fastify'
import { expect, it } from 'vitest'
import { httpConventions, httpServerOptions } from '../../src/http/http-conventions.ts'
import { refuseUnderPressure } from '../../src/http/refuse-under-pressure.ts'
import { sleep } from '../routes/rest-client.ts'

it('an overloaded server says when to come back, and that it lives', async () => {
  const app = Fastify(httpServerOptions)
  await app.register(refuseUnderPressure, {
    maxEventLoopDelayMs: 0,
    maxRssBytes: 1,
    sampleIntervalMs: 10,
  })
  await app.register(httpConventions)
  app.get('/health', async () => ({ status: 'healthy' }))
  app.get('/things', async () => 'all')
  let reply = await app.inject({ url: '/things' })
  while (reply.statusCode === 200) {
    await sleep(10)
    reply = await app.inject({ url: '/things' })
  }
  expect(reply.statusCode).toBe(503)
  expect(reply.headers['retry-after']).toBe('5')
  expect(reply.json()).toEqual({ detail: expect.stringContaining('overloaded') })
  expect((await app.inject({ url: '/health' })).json()).toEqual({ status: 'healthy' })
  await app.close()
})
