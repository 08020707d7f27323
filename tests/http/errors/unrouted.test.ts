import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { httpConventions, httpServerOptions } from '../../../src/http/http-conventions.ts'

describe('a request that no route takes', () => {
  let app: FastifyInstance
  beforeEach(async () => {
    app = Fastify(httpServerOptions)
    await app.register(httpConventions)
    app.get('/things', async () => 'all')
    app.delete('/things', async () => 'none')
    app.post('/things/:id/parts', async () => 'part')
    app.get('/folder/', async () => 'folder')
    app.get('/assets/*', async () => 'file')
    await app.register(async (scope) => scope.get('/a.b', async () => 'dotted'), { prefix: '/v1' })
  })
  afterEach(() => app.close())

  it('is told which methods the path has', async () => {
    const reply = await app.inject({ method: 'PUT', url: '/things?x=1' })
    expect(reply.statusCode).toBe(405)
    expect(reply.headers.allow).toBe('DELETE, GET, HEAD')
    expect(reply.json()).toEqual({ detail: 'Method Not Allowed' })
  })

  it('knows paths with parameters and prefixes', async () => {
    expect((await app.inject({ url: '/things/7/parts' })).headers.allow).toBe('POST')
    expect((await app.inject({ method: 'POST', url: '/v1/a.b' })).headers.allow).toBe('GET, HEAD')
    expect((await app.inject({ method: 'POST', url: '/v1/aXb' })).statusCode).toBe(404)
    expect((await app.inject({ url: '/things//parts' })).statusCode).toBe(404)
  })

  it.each([
    ['/things/', '/things'],
    ['/things/?a=1&b=%20?', '/things?a=1&b=%20?'],
    ['/folder', '/folder/'],
  ])('is sent from %s to %s', async (url, location) => {
    const reply = await app.inject({ url })
    expect(reply.statusCode).toBe(307)
    expect(reply.headers.location).toBe(location)
  })

  it.each(['//example.org/', '//things', '//things/', '/\\example.org/'])(
    'is never sent to another host: %s',
    async (url) => {
      const reply = await app.inject({ url })
      expect(reply.statusCode).toBe(404)
    },
  )

  it('learns nothing of methods from a catch-all', async () => {
    const reply = await app.inject({ method: 'POST', url: '/assets/x' })
    expect(reply.statusCode).toBe(404)
    expect(reply.json()).toEqual({ detail: 'Not Found' })
  })

  it.each([
    ['/nowhere', 404],
    ['/folder/', 405],
  ])('is answered without a look at its body: %s', async (url, status) => {
    const headers = { 'content-type': 'application/json' }
    const reply = await app.inject({ method: 'POST', url, headers, payload: '{broken' })
    expect(reply.statusCode).toBe(status)
  })
})
