import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OPERATOR } from '../../../src/control/authority/actor.ts'
import { addTenant, addUser, openPlane, type TestPlane } from '../plane.ts'

describe('tenants', () => {
  let plane: TestPlane
  beforeEach(async () => {
    plane = await openPlane()
  })
  afterEach(() => plane.remove())

  it('are born with a default knowledge base and their creator as owner', async () => {
    const { tenant, owner } = await addTenant(plane, 'acme')
    expect(tenant).toMatchObject({ slug: 'acme', role: 'owner', num_knowledge_bases: 1 })
    const { items } = await plane.kbs.list(owner, 'acme', {})
    expect(items).toMatchObject([{ slug: 'default', is_default: true, workspace: 'acme__default' }])
  })

  it('of others are not found, as those that do not exist', async () => {
    const { tenant } = await addTenant(plane, 'acme')
    const stranger = await addUser(plane, 'stranger')
    for (const ref of [tenant.tenant_id, 'acme', 'nobody']) {
      await expect(plane.tenants.get(stranger, ref)).rejects.toMatchObject({ code: 'not_found' })
    }
  })

  it('keep their workspaces when they are renamed', async () => {
    const { owner } = await addTenant(plane, 'acme')
    await plane.tenants.update(owner, 'acme', { slug: 'apex', name: 'Apex' })
    const { items } = await plane.kbs.list(owner, 'apex', {})
    expect(items[0]?.workspace).toBe('acme__default')
    const next = await plane.tenants.create(OPERATOR, { name: 'Acme', slug: 'acme' })
    const [kb] = (await plane.kbs.list(OPERATOR, next.tenant_id, {})).items
    expect(kb?.workspace).toMatch(/^acme__default-/)
  })

  it('refuse a change of what has changed meanwhile', async () => {
    const { owner, tenant } = await addTenant(plane, 'acme')
    await plane.tenants.update(owner, 'acme', { name: 'One', version: tenant.version })
    await expect(
      plane.tenants.update(owner, 'acme', { name: 'Two', version: tenant.version }),
    ).rejects.toMatchObject({ code: 'stale_version' })
  })

  it('refuse quota, credit and owner of who is no operator', async () => {
    const { owner } = await addTenant(plane, 'acme')
    for (const change of [{ quota: { max_documents: 1 } }, { credit: 5 }]) {
      await expect(plane.tenants.update(owner, 'acme', change)).rejects.toMatchObject({
        code: 'super_admin_only',
      })
      await expect(plane.tenants.create(owner, { name: 'x', ...change })).rejects.toMatchObject({
        code: 'super_admin_only',
      })
    }
  })

  it.each(['Acme', 'a__b', '-a', 'default', 'con', 'tnt_abc', '..', 'ä'])(
    'refuse or fold the slug %s',
    async (slug) => {
      const made = plane.tenants.create(OPERATOR, { name: 'n', slug })
      if (slug === 'Acme') expect((await made).slug).toBe('acme')
      else await expect(made).rejects.toMatchObject({ code: 'invalid_input' })
    },
  )

  it('are listed in pages, the newest first, each once', async () => {
    const owner = await addUser(plane, 'owner')
    for (let n = 0; n < 7; n += 1) await plane.tenants.create(owner, { name: `tenant ${n}` })
    await addTenant(plane, 'acme')
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await plane.tenants.list(owner, { page_size: 3, cursor })
      expect(page.total).toBe(7)
      seen.push(...page.items.map(({ slug }) => slug))
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    expect(new Set(seen).size).toBe(7)
    const second = await plane.tenants.list(owner, { page: 2, page_size: 3 })
    expect(second.items.map(({ slug }) => slug)).toEqual(seen.slice(3, 6))
    expect((await plane.tenants.list(OPERATOR, {})).total).toBe(8)
    expect((await plane.tenants.list(OPERATOR, { search: 'ACM' })).total).toBe(1)
  })
})
