import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RagConfig } from '../../src/control/core/rag-config.ts'
import { QuotaChange } from '../../src/control/quotas/quota.ts'
import { type ControlServer, type Person, startControlServer } from '../control/control-server.ts'
import { bodyWith, type NumberField, numberFields } from './numbers-in.ts'
import { describedEndpoints } from './openapi-document.ts'

/** As JSON: some are no numbers, some none that JavaScript can hold. */
const FEW = ['-0', '1e308', '1e999', '2147483648', '"NaN"', 'true']
const MORE = [
  '0',
  '-1',
  '-1e308',
  '-1e999',
  '2147483647',
  '9007199254740993',
  '1e-320',
  '0.1',
  '"1e999"',
  '"-Infinity"',
  'null',
]
/** `ALL_EXTREMES=1` for all of them. */
const EXTREMES = process.env.ALL_EXTREMES === undefined ? FEW : [...FEW, ...MORE]

describe('every number of every request', () => {
  let server: ControlServer
  let ann: Person
  let ids: Readonly<Record<string, string>>
  let fields: NumberField[]
  const warnings: string[] = []
  const onWarning = ({ name }: Error) => warnings.push(name)

  beforeAll(async () => {
    process.on('warning', onWarning)
    server = await startControlServer()
    ann = await server.user('ann')
    const call = async (path: string, body: object) =>
      (await ann.call('POST', path, { body, headers: { 'x-tenant-id': 'acme' } })).body
    const tenant = await call('/api/v1/tenants', { name: 'Acme', slug: 'acme' })
    const kb = await call('/api/v1/tenants/acme/kbs', { name: 'Papers' })
    const key = await call('/api/v1/tenants/acme/api-keys', { name: 'crawler' })
    await call('/documents/text', { text: 'Ada Lovelace met Charles Babbage.', file_source: 'a' })
    ids = {
      tenant: tenant.tenant_id,
      tenant_id: tenant.tenant_id,
      kb: kb.kb_id,
      key: key.key_id,
      user: ann.id,
    }
    const described = numberFields(await describedEndpoints())
    const config = described.find(({ endpoint }) => endpoint.path.endsWith('/{tenant}/config'))
    // A change of a config names no fields; those of a config are meant.
    const endpoint = (await describedEndpoints()).find(
      ({ method, path }) => method === 'PATCH' && path === '/api/v1/tenants/{tenant}/config',
    )
    const ofConfig = Object.entries(RagConfig.properties).flatMap(([name, schema]) =>
      endpoint !== undefined && ['number', 'integer'].includes(String(Reflect.get(schema, 'type')))
        ? [{ endpoint, in: 'body' as const, way: [name], schema: { ...schema } }]
        : [],
    )
    expect([config, ofConfig.length > 10]).toEqual([undefined, true])
    // A quota of nothing would answer for all that comes behind it.
    const isQuota = ({ endpoint: { path } }: NumberField) => path.endsWith('/quota')
    const all = [...described, ...ofConfig]
    fields = [...all.filter((field) => !isQuota(field)), ...all.filter(isQuota)]
  })
  afterAll(async () => {
    process.off('warning', onWarning)
    await server?.close()
  })

  const send = async ({ endpoint, in: part, way }: NumberField, json: string) => {
    const { method, path, operation } = endpoint
    const value = JSON.parse(json) as unknown
    const text = encodeURIComponent(String(value))
    const filled = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) =>
      part === 'path' && way[0] === name ? text : (ids[name] ?? 'x'),
    )
    const query = (operation.parameters ?? [])
      .filter((parameter) => parameter.in === 'query' && parameter.required === true)
      .map(({ name }) => `${name}=acme`)
    if (part === 'query') query.push(`${way[0]}=${text}`)
    const [type, media] = Object.entries(operation.requestBody?.content ?? {})[0] ?? []
    const body =
      type !== 'application/json'
        ? undefined
        : part === 'body'
          ? bodyWith(media?.example, way, json)
          : JSON.stringify(media?.example)
    const ofOperators = path.startsWith('/api/v1/admin/') || path.endsWith('/quota')
    return (ofOperators ? server.operator : ann.call)(method, `${filled}?${query.join('&')}`, {
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ofOperators ? {} : { 'x-tenant-id': 'acme' }),
      },
      ...(body === undefined ? {} : { raw: body }),
    })
  }

  it('has a range, and at its extremes neither fails the server nor sets a timer of its own', async () => {
    expect(fields.length).toBeGreaterThan(80)
    let answered = 0
    const counts = new Map<number, number>()
    for (const field of fields) {
      const { endpoint, way } = field
      const values = [...new Set([...EXTREMES, ...bounds(field)])]
      const answers = await Promise.all(values.map((json) => send(field, json)))
      for (const [i, { status, text }] of answers.entries()) {
        const what = `${endpoint.method} ${endpoint.path} ${way.join('.')} = ${values[i]}`
        expect([what, status < 500 ? 'fine' : `${status} ${text}`]).toEqual([what, 'fine'])
        counts.set(status, (counts.get(status) ?? 0) + 1)
      }
      answered += answers.length
    }
    console.log(`${fields.length} numbers × extremes: ${answered} requests`, counts)
    expect(counts.get(200)).toBeGreaterThan(100)
    expect(counts.get(422)).toBeGreaterThan(500)
    expect(warnings.filter((name) => name === 'TimeoutOverflowWarning')).toEqual([])
  })

  it('leaves a tenant with every setting at its extremes in working order', async () => {
    const headers = { 'x-tenant-id': 'acme' }
    const none = Object.fromEntries(Object.keys(QuotaChange.properties).map((name) => [name, null]))
    const lifted = await server.operator('PATCH', '/api/v1/tenants/acme/quota', { body: none })
    expect(lifted.status, lifted.text).toBe(200)
    const insert = { text: 'Grace Hopper wrote a compiler.', file_source: 'b' }
    const taken = await ann.call('POST', '/documents/text', { body: insert, headers })
    expect([taken.status, taken.text]).toEqual([200, expect.stringContaining('success')])
    const asked = await ann.call('POST', '/query', {
      body: { query: 'Who wrote a compiler?', only_need_context: true },
      headers,
    })
    expect(asked.status, asked.text).toBe(200)
  })
})

/** The ends of a field's own range, and what lies beyond them. */
function bounds({ schema }: NumberField): string[] {
  const { minimum, maximum } = schema as { minimum?: number; maximum?: number }
  return [minimum ?? 0, maximum ?? 0].flatMap((bound) => [bound, bound - 1, bound + 1]).map(String)
}
