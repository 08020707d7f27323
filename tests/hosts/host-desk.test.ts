import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OPERATOR } from '../../src/control/authority/actor.ts'
import type { TenantKb } from '../../src/control/kbs/tenant-kbs.ts'
import { HostDesk } from '../../src/hosts/host-desk.ts'
import { FairScheduler } from '../../src/models/schedule/scheduler.ts'
import { context } from '../../src/tenancy/context.ts'
import { ConcurrencyLimiter } from '../../src/tenancy/proxy/concurrency-limiter.ts'
import { addTenant, NOTHING_MEASURED, openPlane, type TestPlane } from '../control/plane.ts'

const WORKSPACE = 'acme__default'
const SUBJECT = { workspace: WORKSPACE, credential: 'ann' }

let plane: TestPlane
let desk: HostDesk
let llm: FairScheduler
let queries: ConcurrencyLimiter
let tenantKb: TenantKb
let now = Date.now()
let documents = 0
/** Why what a host held could not be settled. */
let unsettled: unknown[]

beforeEach(async () => {
  documents = 0
  unsettled = []
  plane = await openPlane({
    now: () => now,
    measure: async () => ({ ...NOTHING_MEASURED, documents }),
  })
  await addTenant(plane, 'acme')
  await plane.tenants.update(OPERATOR, 'acme', {
    quota: { max_documents: 10, max_concurrent_queries: 1 },
  })
  llm = new FairScheduler({ limit: 1 })
  queries = new ConcurrencyLimiter({ perWorkspace: 1, perKey: 1 }, context)
  const nothing = () => undefined
  desk = new HostDesk({
    slots: { llm, embedding: new FairScheduler({ limit: 1 }) },
    ownSettings: undefined,
    quotas: plane.quotas,
    queries,
    isOpenedBare: () => false,
    onUsage: nothing,
    onCpu: undefined,
    onClosed: nothing,
    onUnsettled: (error) => unsettled.push(error),
    onRefused: nothing,
    operatorGauges: () => Promise.reject(new Error('nobody asks for them')),
  })
  const found = await desk.tenantKbOf(WORKSPACE)
  if (found === undefined) throw new Error('there is no such workspace')
  tenantKb = found
})

afterEach(() => plane.remove())

const reservations = () => plane.core.db.selectFrom('reservations').select('amount').execute()
const used = async () => (await plane.quotas.state(OPERATOR, 'acme')).used.documents

describe('what a host that has ended held', () => {
  it('of the slots of models comes back, those too for which it waited', async () => {
    await desk.acquireSlot(1, 'llm', WORKSPACE, 'query')
    const waiting = desk.acquireSlot(2, 'llm', WORKSPACE, 'extract')
    expect(desk.held.slots).toBe(2)
    expect(llm.gauges()).toMatchObject({ running: 1, waiting: { extract: 1 } })
    desk.end()
    await waiting.catch(() => undefined)
    expect(desk.held.slots).toBe(0)
    expect(llm.gauges()).toMatchObject({ running: 0, waiting: { extract: 0 } })
  })

  it('of the rights to ask comes back', async () => {
    await desk.reserveQuery(1, SUBJECT)
    await desk.beginQuery(2, tenantKb)
    expect([desk.held.rights, queries.stats().busy]).toEqual([2, 2])
    await expect(desk.reserveQuery(3, SUBJECT)).rejects.toMatchObject({ code: 'too_many_queries' })
    await expect(desk.beginQuery(4, tenantKb)).rejects.toMatchObject({ code: 'queries_at_once' })
    desk.end()
    expect([desk.held.rights, queries.stats().busy]).toEqual([0, 0])
    // That of the tenant as well.
    await expect(plane.quotas.beginQuery(tenantKb)).resolves.toBeDefined()
  })

  it('of a quota counts as used until the workspace is measured, and then as what was found', async () => {
    await desk.reserve(1, tenantKb, { documents: 5 })
    expect([desk.held.reservations, await reservations()]).toEqual([1, [{ amount: 5 }]])
    desk.end()
    await expect.poll(reservations).toEqual([])
    expect([desk.held.reservations, await used()]).toEqual([0, 5])
    // Two of them had landed.
    documents = 2
    expect(await used()).toBe(5)
    now += 1000
    expect(await used()).toBe(2)
  })

  it('of a quota counts on when it cannot be settled, and that is told', async () => {
    await desk.reserve(1, tenantKb, { documents: 5 })
    await plane.core.db.schema.alterTable('levels').renameTo('gone').execute()
    desk.end()
    await expect.poll(() => unsettled).toHaveLength(1)
    expect(unsettled[0]).toMatchObject({ message: expect.stringContaining('levels') })
    expect(await reservations()).toEqual([{ amount: 5 }])
  })

  it('is not taken by what it asked for last and is heard only now', async () => {
    desk.end()
    await expect(desk.acquireSlot(1, 'llm', WORKSPACE, 'query')).rejects.toThrow()
    await desk.reserveQuery(2, SUBJECT)
    await desk.beginQuery(3, tenantKb)
    await desk.reserve(4, tenantKb, { documents: 5 })
    await expect.poll(reservations).toEqual([])
    expect(desk.held).toEqual({ slots: 0, rights: 0, reservations: 0 })
    expect([llm.gauges().running, queries.stats().busy]).toEqual([0, 0])
  })
})
