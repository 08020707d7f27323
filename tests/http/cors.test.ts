import cors from '@fastify/cors'
import Fastify from 'fastify'
import { describe, expect, it } from 'vitest'
import { httpConventions, httpServerOptions } from '../../src/http/http-conventions.ts'
import { corsOptions } from '../../src/server/guards/build-defences.ts'
import { startTestServer } from '../server/test-server.ts'

async function preflight(origins: readonly string[], origin: string) {
  const app = Fastify(httpServerOptions)
  await app.register(cors, corsOptions(origins))
  await app.register(httpConventions)
  app.delete('/things', async () => 'none')
  const headers = {
    origin,
    'access-control-request-method': 'DELETE',
    'access-control-request-headers': 'x-api-key',
  }
  return app.inject({ method: 'OPTIONS', url: '/things', headers })
}

describe('a preflight', () => {
  it('lets an origin of the list send any method and header, with credentials', async () => {
    const { statusCode, headers } = await preflight(['https://a.example'], 'https://a.example')
    expect(statusCode).toBe(200)
    expect(headers).toMatchObject({
      'access-control-allow-origin': 'https://a.example',
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': 'x-api-key',
      'access-control-max-age': '600',
    })
    expect(headers['access-control-allow-methods']).toMatch(/PATCH.*DELETE/)
    expect(String(headers.vary)).toMatch(/origin/i)
  })

  it('lets no other origin', async () => {
    const { headers } = await preflight(['https://a.example'], 'https://b.example')
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })

  it('trusts nobody with credentials when everybody may call', async () => {
    for (const origins of [['*'], ['https://a.example', '*']]) {
      const { headers } = await preflight(origins, 'https://b.example')
      expect(headers['access-control-allow-origin']).toBe('*')
      expect(headers['access-control-allow-credentials']).toBeUndefined()
    }
  })
})

it.each([
  ['', null, null],
  ['*', '*', null],
  ['https://a.example', null, null],
  ['https://b.example', 'https://b.example', 'true'],
])(
  'the server that lists "%s" lets another page read with %s, %s',
  async (list, allowed, trusts) => {
    const server = await startTestServer(null, { CORS_ORIGINS: list })
    try {
      for (const method of ['GET', 'OPTIONS']) {
        const { headers } = await fetch(`${server.url}/health`, {
          method,
          headers: { origin: 'https://b.example', 'access-control-request-method': 'GET' },
        })
        expect(headers.get('access-control-allow-origin')).toBe(allowed)
        if (allowed !== null) {
          expect(headers.get('access-control-allow-credentials')).toBe(trusts)
        }
      }
    } finally {
      await server.close()
    }
  },
)
