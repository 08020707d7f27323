import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OPERATOR } from '../../../src/control/authority/actor.ts'
import type { TenantKb } from '../../../src/control/kbs/tenant-kbs.ts'
import { addTenant, NOTHING_MEASURED, openPlane, type TestPlane } from '../plane.ts'

describe('reservations', () => {
  let plane: TestPlane
  let documents = 0
  beforeEach(async () => {
    documents = 0
    plane = await openPlane({
      measure: async () => ({ ...NOTHING_MEASURED, documents }),
    })
    await addTenant(plane, 'acme')
    await plane.tenants.update(OPERATOR, 'acme', { quota: { max_documents: 10 } })
  })
  afterEach(() => plane.remove())

  const tenantKb = async (workspace = 'acme__default'): Promise<TenantKb> => {
    const found = await plane.quotas.tenantKbs.of(workspace)
    if (found === undefined) throw new Error('there is no such workspace')
    return found
  }
  const reserve = async (n: number) =>
    plane.quotas.ledger.reserve(await tenantKb(), { documents: n })

  it('of a process that ended without a word are gone at the next start', async () => {
    await reserve(10)
    await expect(reserve(1)).rejects.toMatchObject({ code: 'quota_exceeded' })
    plane = await plane.again()
    await plane.start()
    await expect(reserve(10)).resolves.toBeDefined()
  })

  it('are measured after such an end: what became of them is looked at', async () => {
    await reserve(10)
    documents = 4
    plane = await plane.again()
    await plane.start()
    await expect(reserve(7)).rejects.toMatchObject({ details: { used: 4 } })
    await expect(reserve(6)).resolves.toBeDefined()
  })

  it('end once, however often that is said', async () => {
    const one = await reserve(5)
    await one.settle({ documents: 5, share: 1 })
    await one.giveBack()
    await one.settle({ documents: 5, share: 1 })
    expect((await plane.quotas.state(OPERATOR, 'acme')).used.documents).toBe(5)
  })

  it('are shared by all knowledge bases of a tenant', async () => {
    await plane.kbs.create(OPERATOR, 'acme', { name: 'Manuals' })
    await plane.quotas.ledger.reserve(await tenantKb('acme__manuals'), { documents: 8 })
    await expect(reserve(3)).rejects.toMatchObject({ code: 'quota_exceeded' })
  })

  it('heed a new bound at once', async () => {
    await expect(reserve(11)).rejects.toMatchObject({ code: 'quota_exceeded' })
    await plane.tenants.update(OPERATOR, 'acme', { quota: { max_documents: null } })
    await expect(reserve(11)).resolves.toBeDefined()
  })

  it('look at a workspace now and then, and not for each that is made', async () => {
    await plane.remove()
    let looks = 0
    let now = Date.now()
    plane = await openPlane({
      now: () => now,
      measure: async () => {
        looks += 1
        return NOTHING_MEASURED
      },
    })
    await addTenant(plane, 'acme')
    const three = async () => {
      for (let n = 0; n < 3; n += 1) await (await reserve(1)).settle({ documents: 1, share: 1 })
    }
    await three()
    expect(looks).toBe(1)
    now += 1000
    await three()
    expect(looks).toBe(2)
  })

  it('of bytes take what is free in the database first, once', async () => {
    await plane.remove()
    const freeBytes = 1_000_000
    plane = await openPlane({ measure: async () => ({ ...NOTHING_MEASURED, freeBytes }) })
    await addTenant(plane, 'acme')
    const amounts = { text: 10_000 }
    const bytes = async () => {
      await plane.quotas.ledger.reserve(await tenantKb(), amounts)
      const rows = await plane.core.db.selectFrom('reservations').select('amount').execute()
      return rows.map(({ amount }) => amount).sort((one, other) => one - other)
    }
    const [first = 0] = await bytes()
    const [, second = 0] = await bytes()
    // The log is the same for both.
    expect(second - first).toBeGreaterThan(700_000)
  })
})
