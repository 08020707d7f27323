import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Account, type Management, startManagement } from './management.ts'

let management: Management
let ann: Account
const base = '/api/v1/tenants/acme'

beforeAll(async () => {
  management = await startManagement({ TENANT_SELF_SERVICE: 'true' })
  ann = await management.addUser('ann')
  await management.ask(ann.headers, 'POST', '/api/v1/tenants', { name: 'Acme' })
}, 240_000)
afterAll(() => management?.close())

const ask = (method: string, path: string, body?: unknown) =>
  management.ask(ann.headers, method, path, body)

it('changes a record only in the version that was read', async () => {
  const change = (version: string, name: string) =>
    management.call({ ...ann.headers, 'if-match': version }, 'PUT', base, { name })
  const { version } = await ask('GET', base)
  const first = await change(`"${version}"`, 'Acme Pumps')
  expect(first.status).toBe(200)
  const stale = await change(`"${version}"`, 'Acme Valves')
  expect(stale.status).toBe(409)
  expect(stale.body.error).toMatchObject({ code: 'stale_version' })
  expect(await ask('GET', base)).toMatchObject({ name: 'Acme Pumps' })
  expect((await change(String(first.headers.get('etag')), 'Acme')).status).toBe(200)
  expect((await change('*', 'Acme')).status).toBe(200)
  expect((await change('yesterday', 'Acme')).status).toBe(422)
})

it('keeps data and slug in place when a tenant is renamed', async () => {
  const before = await ask('GET', `${base}/kbs/default`)
  await ask('PATCH', base, { name: 'Something else' })
  expect(await ask('GET', `${base}/kbs/default`)).toMatchObject({ workspace: before.workspace })
})

it('pages by number, by offset and by cursor, and finds by part of a name', async () => {
  for (const name of ['One', 'Two', 'Three', 'Four']) {
    await ask('POST', `${base}/kbs`, { name, description: name === 'Two' ? 'Pumps' : '' })
  }
  const slugs = async (query: string) => {
    const page = await ask('GET', `${base}/kbs?${query}`)
    return { ...page, items: (page.items as { slug: string }[]).map(({ slug }) => slug) }
  }
  const all = ['four', 'three', 'two', 'one', 'default']
  expect(await slugs('')).toMatchObject({ items: all, total: 5, page_size: 10, has_next: false })
  expect(await slugs('page=2&page_size=2')).toMatchObject({
    items: ['two', 'one'],
    page: 2,
    total_pages: 3,
    has_next: true,
    has_prev: true,
  })
  expect(await slugs('skip=3&limit=5')).toMatchObject({ items: ['one', 'default'] })
  expect(await slugs('page=1000000000&page_size=100')).toMatchObject({
    items: [],
    has_prev: true,
  })
  expect(await slugs('skip=1000000000')).toMatchObject({ items: [], total: 5 })
  expect(await slugs('page=-4&page_size=5000')).toMatchObject({ page: 1, page_size: 100 })
  expect(await slugs('search=PUMP')).toMatchObject({ items: ['two'], total: 1 })
  const seen: string[] = []
  let cursor: unknown = ''
  while (cursor !== null) {
    const page: Record<string, unknown> & { items: string[] } = await slugs(
      `page_size=2${cursor ? `&cursor=${cursor}` : ''}`,
    )
    seen.push(...page.items)
    cursor = page.next_cursor
  }
  expect(seen).toEqual(all)
})

it('answers on all three spellings of the knowledge bases', async () => {
  const items = async (path: string) => (await ask('GET', path)).items
  const first = await items(`${base}/kbs`)
  expect(await items(`${base}/knowledge-bases`)).toEqual(first)
  expect(await items('/api/v1/knowledge-bases')).toEqual(first)
})

it('refuses path and headers that name two places', async () => {
  const path = `${base}/kbs/one`
  const headers = { ...ann.headers, 'x-kb-id': 'two' }
  const answer = await management.call(headers, 'GET', path)
  expect(answer.status).toBe(400)
  expect(answer.body.error).toMatchObject({ code: 'selectors_disagree' })
  const same = { ...ann.headers, 'x-tenant-id': 'ACME', 'x-kb-id': 'one' }
  expect((await management.call(same, 'GET', path)).status).toBe(200)
})

it('counts what a key asks of the management against its rate', async () => {
  const { key } = await ask('POST', `${base}/api-keys`, { name: 'slow', role: 'admin', rate: 2 })
  const statuses: number[] = []
  for (const path of [base, `${base}/members`, `${base}/kbs`]) {
    const answer = await management.call({ 'x-api-key': String(key) }, 'GET', path)
    statuses.push(answer.status)
  }
  expect(statuses).toEqual([200, 200, 429])
})

it('exports all acts as lines of JSON, the newest first', async () => {
  for (let i = 0; i < 120; i++) await ask('PATCH', base, { description: `change ${i}` })
  const { text, headers } = await management.call(ann.headers, 'GET', `${base}/audit/export`)
  expect(headers.get('content-type')).toBe('application/x-ndjson')
  const acts = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(acts.length).toBeGreaterThan(120)
  expect(acts.at(-1)).toMatchObject({ action: 'tenant_created', actor: ann.id })
  const order = acts.map(({ seq }) => seq)
  expect(order).toEqual(order.toSorted((one, other) => other - one))
  const page = await ask('GET', `${base}/audit?action=tenant_created`)
  expect(page).toMatchObject({ items: [{ action: 'tenant_created' }], next_cursor: null })
}, 240_000)

it('deletes a tenant at its owner’s word, and brings it back at an operator’s', async () => {
  const { call, operator, insert } = management
  await insert({ ...ann.headers, 'x-kb-id': 'default' }, 'Clara Whitfield met Max Power.')
  const wrong = await call(ann.headers, 'DELETE', `${base}?confirm=techstart`)
  expect(wrong.status).toBe(422)
  expect((await call(ann.headers, 'DELETE', `${base}?confirm=acme&wait=true`)).status).toBe(204)
  expect((await call(ann.headers, 'GET', base)).status).toBe(404)
  expect((await call(ann.headers, 'GET', '/documents')).status).toBe(403)
  const restored = await call(operator, 'POST', `${base}/restore`)
  expect(restored.status, restored.text).toBe(200)
  const counts = '/documents/status_counts'
  const inDefault = { ...ann.headers, 'x-kb-id': 'default' }
  expect((await call(inDefault, 'GET', counts)).body).toMatchObject({ status_counts: { all: 1 } })
})

it('holds back a suspended tenant, and tells its members why', async () => {
  const { call, operator } = management
  await call(operator, 'POST', `${base}/suspend`, { reason: 'unpaid since March' })
  const refused = await call(ann.headers, 'GET', '/documents')
  expect(refused.status).toBe(403)
  expect(refused.body.error).toMatchObject({ code: 'tenant_suspended' })
  expect(await ask('GET', base)).toMatchObject({ status_reason: 'unpaid since March' })
  await call(operator, 'POST', `${base}/resume`)
  expect((await call(ann.headers, 'GET', '/documents')).status).toBe(200)
})
