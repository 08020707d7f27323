import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unboundedFields } from '../../src/http/validation/unbounded-fields.ts'
import { manyUsers, startTestServer, type TestServer } from '../server/test-server.ts'
import { WITH_TENANTS } from './api-description.ts'
import { bodyWith } from './numbers-in.ts'
import { describedEndpoints, type Endpoint, type JsonSchema } from './openapi-document.ts'

describe('a field without a bound', () => {
  const object = (more: object) => ({ type: 'object', ...more })

  it.each<[string, unknown, string[]]>([
    ['a text', { type: 'string' }, [': maxLength']],
    ['a text or null', { type: ['string', 'null'] }, [': maxLength']],
    ['a text of a pattern', { type: 'string', pattern: '^a*$' }, [': maxLength']],
    ['a bound that is none', { type: 'string', maxLength: Infinity }, [': maxLength']],
    ['a number', { type: 'number', minimum: 0 }, [': maximum']],
    ['a count', { type: 'integer' }, [': minimum', ': maximum']],
    ['a list', { type: 'array', items: { type: 'boolean' } }, [': maxItems']],
    [
      'a list of texts',
      { type: 'array', items: { type: 'string' }, maxItems: 1 },
      ['[]: maxLength'],
    ],
    ['a list of anything', { type: 'array', maxItems: 1 }, ['[]: a type']],
    [
      'an object of anything',
      object({ additionalProperties: true }),
      [': maxProperties', ': maxBytes'],
    ],
    ['an object of nothing said', object({}), [': maxProperties', ': maxBytes']],
    [
      'an object of flags',
      object({ additionalProperties: { type: 'boolean' } }),
      [': maxProperties'],
    ],
    [
      'a record of texts',
      object({ patternProperties: { '^.*$': { type: 'string' } }, maxProperties: 2 }),
      [': maxBytes'],
    ],
    [
      'a field',
      object({ properties: { a: object({ properties: { b: { type: 'string' } } }) } }),
      ['a.b: maxLength'],
    ],
    ['one of two', { anyOf: [{ type: 'null' }, { type: 'string' }] }, [': maxLength']],
    ['anything', {}, [': a type']],
  ])('is found: %s', (_what, schema, found) => {
    expect(unboundedFields(schema)).toEqual(found)
  })

  it.each([
    [{ type: 'string', maxLength: 5 }],
    [{ enum: ['a', 'b'] }],
    [{ const: 'a' }],
    [{ type: ['integer', 'null'], minimum: 0, maximum: 5 }],
    [object({ properties: { a: { type: 'boolean' } } })],
    [object({ properties: {}, additionalProperties: false })],
    [object({ additionalProperties: true, maxProperties: 5, maxBytes: 100 })],
    [object({ additionalProperties: { type: 'boolean' }, maxProperties: 5 })],
  ])('is not seen in %j', (schema) => {
    expect(unboundedFields(schema)).toEqual([])
  })

  it('is in no request that is described', async () => {
    let looked = 0
    for (const { method, path, operation } of await describedEndpoints()) {
      const { parameters = [], requestBody } = operation
      for (const { name, schema, in: where } of parameters) {
        if (where === 'header') continue
        looked++
        expect([method, path, name, unboundedFields(schema)]).toEqual([method, path, name, []])
      }
      for (const [type, { schema }] of Object.entries(requestBody?.content ?? {})) {
        if (type.startsWith('multipart/') || path === '/login') continue
        looked++
        expect([method, path, unboundedFields(schema)]).toEqual([method, path, []])
      }
    }
    expect(looked).toBeGreaterThan(150)
  })
})

interface FreeField {
  readonly endpoint: Endpoint
  readonly way: readonly (string | number)[]
  readonly maxBytes: number
}

/** Objects of the caller's own, wherever a request has one. */
function freeFields(endpoints: readonly Endpoint[]): FreeField[] {
  return endpoints.flatMap((endpoint) => {
    const media = endpoint.operation.requestBody?.content['application/json']
    return within(media?.schema, []).map((field) => ({ endpoint, ...field }))
  })
}

function within(
  schema: JsonSchema | undefined,
  way: readonly (string | number)[],
): Omit<FreeField, 'endpoint'>[] {
  if (schema === undefined) return []
  const { maxBytes, properties, items } = schema
  return [
    ...(typeof maxBytes === 'number' ? [{ way, maxBytes }] : []),
    ...Object.entries((properties ?? {}) as Record<string, JsonSchema>).flatMap(([name, field]) =>
      within(field, [...way, name]),
    ),
    ...within(items as JsonSchema | undefined, [...way, 0]),
  ]
}

describe('an object of the caller’s own', () => {
  let server: TestServer
  beforeAll(async () => {
    const users = manyUsers(1).map((user) => ({ ...user, super_admin: true }))
    server = await startTestServer(users, WITH_TENANTS)
  })
  afterAll(() => server?.close())

  it('has 16 KiB at most, or what management may send, and never more fields than a hundred', async () => {
    const fields = freeFields(await describedEndpoints())
    const names = fields.map(({ way }) => way.findLast((key) => typeof key === 'string'))
    expect(names).toEqual(
      expect.arrayContaining(['metadata', 'custom_metadata', 'state', 'options', 'entity_data']),
    )
    for (const { endpoint, way, maxBytes } of fields) {
      const { method, path, operation } = endpoint
      const example = operation.requestBody?.content['application/json']?.example
      const what = `${method} ${path} ${way.join('.')}`
      // A config has prompts; an item of the graph has a description.
      const mayBeLarger = /(_data|^config)$/.test(String(way.at(-1) ?? 'config'))
      expect([what, maxBytes <= (mayBeLarger ? 65_536 : 16_384)]).toEqual([what, true])
      const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`a${i}`, 1]))
      for (const value of [{ a: 'x'.repeat(maxBytes) }, many]) {
        const json = JSON.stringify(value)
        const answer = await fetch(`${server.url}${path.replaceAll(/\{\w+\}/g, 'x')}`, {
          method,
          headers: { 'x-api-key': 'key-of-user-0', 'content-type': 'application/json' },
          body: way.length === 0 ? json : bodyWith(example, way, json),
        })
        const text = await answer.text()
        expect([what, answer.status, text]).toEqual([
          what,
          expect.toSatisfy((status: number) => [400, 413, 422].includes(status)),
          expect.stringMatching(/has at most \d+ bytes|larger than \d+ bytes|more than 100 prop/),
        ])
      }
    }
  })
})
