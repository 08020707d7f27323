import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'
import { TAGS } from '../../src/openapi/operation-doc.ts'
import { ruleOf } from '../../src/tenancy/permissions.ts'
import { DESCRIPTION_FILE, describeApi, WITH_TENANTS, withServer } from './api-description.ts'
import { describedEndpoints, type Endpoint } from './openapi-document.ts'
import { DESCRIBED_ROUTES, ROUTE_PERMISSIONS } from './route-permissions.ts'
import { faults } from './schema-check.ts'

const rowOf = ({ method, path }: Endpoint) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`

describe('docs/openapi.json', () => {
  let endpoints: Endpoint[]
  beforeAll(async () => {
    endpoints = await describedEndpoints()
  })

  it('is what `npm run openapi` makes of the server', async () => {
    const text = await describeApi()
    expect((await readFile(DESCRIPTION_FILE, 'utf8')) === text, 'run `npm run openapi`').toBe(true)
  })

  it('describes every route that is not hidden, and no other', () => {
    expect(endpoints.map(rowOf).sort()).toEqual([...DESCRIBED_ROUTES].sort())
  })

  it('tells of every operation what it does, with an example that fits', () => {
    for (const endpoint of endpoints) {
      const { operation } = endpoint
      const name = rowOf(endpoint)
      expect(operation.summary, name).toMatch(/^[A-Z].*[^.]$/)
      expect(Object.keys(TAGS), name).toContain(operation.tags?.[0])
      const reply = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))
      expect(reply, name).toBeDefined()
      const bodies = [operation.requestBody?.content, reply?.[1].content]
      if (reply?.[0] !== '204') expect(bodies[1], name).toBeDefined()
      for (const [type, media] of bodies.flatMap((content) => Object.entries(content ?? {}))) {
        expect(media.schema, `${name}: schema of ${type}`).toBeDefined()
        expect(media.example, `${name}: example of ${type}`).toBeDefined()
        expect(faults(media.schema, media.example), `${name}: example of ${type}`).toEqual([])
      }
    }
  })

  it('tells of every operation who may use it', () => {
    for (const endpoint of endpoints) {
      const [method = '', url = ''] = rowOf(endpoint).split(' ')
      const ways = endpoint.operation.security.map((way) => Object.keys(way).join())
      const access = ruleOf(ROUTE_PERMISSIONS, method, url)?.access
      const both = ['ApiKey', 'Bearer']
      const expected = access === 'public' ? [] : access === 'optional' ? ['', ...both] : both
      expect(ways, rowOf(endpoint)).toEqual(expected)
    }
  })

  it('tells of every operation how it can fail', () => {
    for (const endpoint of endpoints) {
      const { responses, requestBody, security, tags } = endpoint.operation
      const statuses = Object.keys(responses)
      const name = rowOf(endpoint)
      if (security.length > 0) {
        expect(statuses, name).toEqual(expect.arrayContaining(['401', '403', '503']))
      }
      // RAGFlow's envelopes tell of failures with status 200.
      if (requestBody && !tags?.includes('RAGFlow')) {
        expect(statuses, name).toContain('413')
        expect(statuses.some((status) => status === '422' || status === '400')).toBe(true)
      }
      for (const status of statuses.filter((code) => !code.startsWith('2'))) {
        expect(responses[status]?.description, `${name} ${status}`).toMatch(/\S/)
        expect(responses[status]?.content?.['application/json']?.schema).toBeDefined()
      }
    }
  })

  it('gives every operation a name of its own', () => {
    const names = endpoints.map(({ operation }) => operation.operationId)
    expect(new Set(names).size).toBe(names.length)
  })
})

describe('the server', () => {
  it('shows its description to programs and people, without a credential', async () => {
    await withServer(async (app) => {
      const root = await app.inject({ url: '/' })
      expect(root.statusCode).toBe(307)
      expect(root.headers.location).toBe('/docs')
      const json = await app.inject({ url: '/openapi.json' })
      expect(json.json()).toEqual(JSON.parse(await readFile(DESCRIPTION_FILE, 'utf8')))
      const page = await app.inject({ url: '/docs' })
      expect(page.statusCode).toBe(200)
      const policy = String(page.headers['content-security-policy'])
      expect(policy).toContain("script-src 'self'")
      // Over plain HTTP the scripts of the page are not to be fetched by HTTPS.
      expect(policy).not.toContain('upgrade-insecure-requests')
      for (const [tag] of page.body.matchAll(/<script[^>]*>/g)) expect(tag).toContain('src=')
      for (const [, file = ''] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
        const { statusCode } = await app.inject({ url: new URL(file, 'http://x/docs').pathname })
        expect(statusCode, file).toBe(200)
      }
    }, WITH_TENANTS)
  })

  it('keeps it to itself when told so', async () => {
    await withServer(
      async (app) => {
        for (const url of ['/docs', '/openapi.json', '/docs/json']) {
          expect((await app.inject({ url })).statusCode, url).toBe(404)
        }
      },
      { ENABLE_API_DOCS: 'false' },
    )
  })
})
