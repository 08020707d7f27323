import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../fixtures/model-server/model-server.ts'
import { type Account, askedOf, type Management, startManagement } from './management.ts'

const WORKSPACE = 'acme__default'
const PATIENCE = { timeout: 30_000 }
const EVICT = `/api/v1/admin/engines/${WORKSPACE}/evict`

let provider: ModelServer
let management: Management
let ann: Account
let tenant: string

beforeAll(async () => {
  provider = await startModelServer()
  management = await startManagement({ TENANT_SELF_SERVICE: 'true', ...askedOf(provider) })
  ann = await management.addUser('ann')
  const made = await management.ask(ann.headers, 'POST', '/api/v1/tenants', { name: 'Acme' })
  tenant = String(made.tenant_id)
}, 60_000)
afterAll(async () => {
  provider?.release()
  await management?.close()
  await provider?.close()
})

const engines = async () => {
  const { items } = await management.ask(management.operator, 'GET', '/api/v1/admin/engines')
  return items as Record<string, unknown>[]
}
const leases = async () => (await engine())?.leases
const engine = async () => (await engines()).find(({ workspace }) => workspace === WORKSPACE)

describe('the engines of a server', () => {
  it('are listed to an operator with whose they are and what waits in them', async () => {
    expect(await engine()).toBeUndefined()
    await management.insert(ann.headers, 'Clara Whitfield surveyed the coast near Port Alder.')
    await expect.poll(leases, PATIENCE).toBe(0)
    const { items } = await management.ask(ann.headers, 'GET', `/api/v1/tenants/${tenant}/kbs`)
    const [kb] = items as { kb_id: string }[]
    const listed = await engine()
    expect(listed).toMatchObject({
      tenant_id: tenant,
      kb_id: kb?.kb_id,
      state: 'ready',
      documents_pending: 0,
    })
    expect(listed?.bytes).toBeGreaterThan(0)
    // To look at it is no use of it, which would keep it open.
    expect(await engine()).toEqual(listed)
    provider.hold()
    const body = { text: 'Port Alder has a harbour office.' }
    await management.ask(ann.headers, 'POST', '/documents/text', body)
    expect((await engine())?.documents_pending).toBe(1)
    provider.release()
    await expect.poll(async () => (await engine())?.documents_pending, PATIENCE).toBe(0)
  })

  it('close when an operator says so, as soon as nobody uses them', async () => {
    const { server, operator, ask, call } = management
    await expect.poll(leases, PATIENCE).toBe(0)
    provider.hold()
    const question = { query: 'Who surveyed the coast?', ll_keywords: ['coast'], mode: 'naive' }
    const stream = await fetch(`${server.url}/query/stream`, {
      method: 'POST',
      headers: { ...ann.headers, 'content-type': 'application/json' },
      body: JSON.stringify(question),
    })
    await expect.poll(leases, PATIENCE).toBe(1)
    expect((await call(operator, 'POST', EVICT)).status).toBe(202)
    expect(await engine()).toMatchObject({ state: 'draining', leases: 1 })
    provider.release()
    expect(await stream.text()).not.toContain('"error"')
    await expect.poll(engine, PATIENCE).toBeUndefined()
    expect(await ask(ann.headers, 'GET', '/documents/status_counts')).toMatchObject({
      status_counts: { processed: 2 },
    })
    const { items } = await ask(ann.headers, 'GET', `/api/v1/tenants/${tenant}/audit`)
    expect(items).toContainEqual(expect.objectContaining({ action: 'engine_evicted' }))
  })

  it('stay open while they take in what was sent, also when they shall close', async () => {
    const { operator, ask, call } = management
    const path = `/api/v1/tenants/${tenant}/kbs`
    const { workspace } = await ask(ann.headers, 'POST', path, { name: 'Intake' })
    const headers = { ...ann.headers, 'x-kb-id': 'intake' }
    const itself = async () => (await engines()).find((one) => one.workspace === workspace)
    provider.hold()
    await ask(headers, 'POST', '/documents/text', { text: 'The office of Port Alder is new.' })
    await expect.poll(async () => (await itself())?.background_leases, PATIENCE).toBe(1)
    const evict = `/api/v1/admin/engines/${workspace}/evict`
    expect((await call(operator, 'POST', evict)).status).toBe(202)
    expect(await itself()).toMatchObject({ state: 'draining', background_leases: 1 })
    // Who comes meanwhile waits; a second engine would write to the same files.
    const counts = ask(headers, 'GET', '/documents/status_counts')
    expect((await engines()).filter((one) => one.workspace === workspace)).toHaveLength(1)
    provider.release()
    expect(await counts).toMatchObject({ status_counts: { all: 1 } })
    const processed = async () =>
      (await call(headers, 'GET', '/documents/status_counts')).body.status_counts
    await expect.poll(processed, PATIENCE).toMatchObject({ processed: 1, all: 1 })
  })

  it('are not there by another name, and nobody’s affair but an operator’s', async () => {
    const { operator, call } = management
    const unknown = EVICT.replace('acme', 'techstart')
    expect((await call(operator, 'POST', unknown)).status).toBe(404)
    expect((await call(ann.headers, 'POST', EVICT)).status).toBe(403)
    expect((await call(ann.headers, 'GET', '/api/v1/admin/engines')).status).toBe(403)
    expect(await engine()).toMatchObject({ state: 'ready' })
  })

  it('keep their graph to the quota of their tenant, as it stands at that moment', async () => {
    const { operator, ask } = management
    const { tenant_id } = await ask(ann.headers, 'POST', '/api/v1/tenants', { name: 'Techstart' })
    const headers = { ...ann.headers, 'x-tenant-id': String(tenant_id) }
    const bound = (max_entities_per_kb: number) =>
      ask(operator, 'PATCH', `/api/v1/tenants/${tenant_id}/quota`, { max_entities_per_kb })
    const named = (entity_name: string) => ({ entity_name, description: 'is named' })
    await bound(2)
    const { track_id } = await ask(headers, 'POST', '/documents/custom_kg', {
      entities: ['Ada', 'Bob', 'Cid'].map(named),
      file_path: 'people.json',
    })
    const path = `/documents/track_status/${track_id}`
    const document = async () => {
      const { documents } = await ask(headers, 'GET', path)
      const [found] = documents as { status: string; error_msg: string | null }[]
      return found
    }
    await expect.poll(async () => (await document())?.status, PATIENCE).toBe('failed')
    expect((await document())?.error_msg).toContain('There may be 2 entities here')
    await bound(3)
    await ask(headers, 'POST', '/documents/reprocess_failed')
    await expect.poll(async () => (await document())?.status, PATIENCE).toBe('processed')
  })
})
