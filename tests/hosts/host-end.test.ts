import { afterAll, beforeAll, expect, it } from 'vitest'
import { askedOf, type Management, startManagement } from '../control/management.ts'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import { PLANTING } from './hosted-server.ts'

const optionsBefore = process.env.NODE_OPTIONS
let provider: ModelServer
let management: Management

beforeAll(async () => {
  // Into its hosts; this process has begun.
  process.env.NODE_OPTIONS = PLANTING
  provider = await startModelServer()
  management = await startManagement({
    TENANT_SELF_SERVICE: 'true',
    ENGINE_HOSTS: '1',
    QUERIES_AT_ONCE_PER_WORKSPACE: '1',
    MAX_ASYNC: '1',
    ...askedOf(provider),
  })
})

afterAll(async () => {
  process.env.NODE_OPTIONS = optionsBefore ?? ''
  provider?.release()
  await management?.close()
  await provider?.close()
})

it('gives back slots and rights, and counts an insert of which nothing is known only until it is looked for', async () => {
  const { server, operator, ask, call } = management
  const ann = await management.addUser('ann')
  const { tenant_id } = await ask(ann.headers, 'POST', '/api/v1/tenants', { name: 'Acme' })
  await ask(operator, 'PATCH', `/api/v1/tenants/${tenant_id}/quota`, { max_documents: 2 })
  await management.insert(ann.headers, 'Clara Whitfield surveyed the coast near Port Alder.')
  provider.hold()
  const asked = provider.calls.length
  const question = { query: 'Who surveyed the coast?', ll_keywords: ['coast'], mode: 'naive' }
  const answer = call(ann.headers, 'POST', '/query', question)
  // It has the only right, and the only slot.
  await expect.poll(() => provider.calls.length).toBe(asked + 1)
  expect((await call(ann.headers, 'POST', '/query', question)).status).toBe(429)
  const busy = async () => (await server.gauges()).queries?.busy
  expect(await busy()).toBeGreaterThan(0)
  const reserved = async () =>
    (await server.control?.core.db.selectFrom('reservations').selectAll().execute())?.length
  // This ends the host where it writes: the document was counted, and is not there.
  const text = { text: 'What plantabort means.' }
  expect((await call(ann.headers, 'POST', '/documents/text', text)).status).toBe(503)
  await expect.poll(reserved).toBe(0)
  // The question is asked of the successor, which needs a right and a slot as well.
  await expect.poll(() => provider.calls.length).toBe(asked + 2)
  provider.release()
  expect((await answer).status).toBe(200)
  await expect.poll(busy).toBe(0)
  const left = { text: 'Port Alder has a harbour office.' }
  const inserted = async () => (await call(ann.headers, 'POST', '/documents/text', left)).status
  await expect.poll(inserted).toBe(200)
  const over = { text: 'Port Alder has a lighthouse.' }
  expect((await call(ann.headers, 'POST', '/documents/text', over)).status).toBe(403)
})
