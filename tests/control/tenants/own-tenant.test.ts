import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, type Management, startManagement } from '../management.ts'

/** What a list of tenants, or of knowledge bases, shows of one. */
interface Listed {
  readonly slug: string
  readonly role: string
  readonly permissions: readonly string[]
  readonly last_used_at: string | null
  readonly status_reason: string | null
}

describe('the tenants of a caller', () => {
  let management: Management
  let ada: Account
  beforeAll(async () => {
    management = await startManagement()
    const { ask, operator, addUser } = management
    ada = await addUser('ada')
    for (const slug of ['zeta', 'acme', 'mill']) {
      const body = { name: slug, slug, owner: ada.id }
      await ask(operator, 'POST', '/api/v1/tenants', body)
    }
    await ask(ada.headers, 'POST', '/api/v1/tenants/acme/kbs', { name: 'manuals', slug: 'manuals' })
  })
  afterAll(() => management.close())

  const own = async (query = '') => {
    const { items } = await management.ask(ada.headers, 'GET', `/api/v1/users/me/tenants${query}`)
    return items as Listed[]
  }

  it('say what the caller may do in each', async () => {
    const tenants = await own()
    expect(tenants.map(({ slug }) => slug)).toEqual(['mill', 'acme', 'zeta'])
    for (const { permissions } of tenants) expect(permissions).toContain('tenant:own')
    const bob = await management.addUser('bob')
    const member = { user_id: bob.id, role: 'viewer' }
    await management.ask(ada.headers, 'POST', '/api/v1/tenants/acme/members', member)
    const { items } = await management.ask(bob.headers, 'GET', '/api/v1/users/me/tenants')
    const [only] = items as Listed[]
    expect(only?.permissions).toEqual(['tenant:read', 'kb:access', 'document:read', 'query:run'])
  })

  it('come by name page by page', async () => {
    expect((await own('?sort=name')).map(({ slug }) => slug)).toEqual(['acme', 'mill', 'zeta'])
    const path = '/api/v1/users/me/tenants?sort=name&page_size=2'
    const first = await management.ask(ada.headers, 'GET', path)
    const next = `${path}&cursor=${String(first.next_cursor)}`
    const { items } = await management.ask(ada.headers, 'GET', next)
    expect((items as Listed[]).map(({ slug }) => slug)).toEqual(['zeta'])
  })

  it('tell where the caller was last', async () => {
    const { call, server } = management
    const headers = { ...ada.headers, 'x-tenant-id': 'mill', 'x-kb-id': 'default' }
    expect((await call(headers, 'GET', '/documents/status_counts')).status).toBe(200)
    expect((await own('?sort=last_used'))[0]?.last_used_at).toBeNull()
    await server.control?.kbUse.flush()
    const [first, ...others] = await own('?sort=last_used')
    expect(first?.slug).toBe('mill')
    expect(first?.last_used_at).toMatch(/^\d{4}-\d\d-\d\dT/)
    expect(others.map(({ last_used_at }) => last_used_at)).toEqual([null, null])
    const { items } = await management.ask(ada.headers, 'GET', '/api/v1/tenants/mill/kbs')
    expect((items as Listed[])[0]?.last_used_at).toBe(first?.last_used_at)
  })

  it('leave reading alone of one that is held back, and say why', async () => {
    const { ask, operator } = management
    const reason = { reason: 'not paid' }
    await ask(operator, 'POST', '/api/v1/tenants/zeta/suspend', reason)
    const zeta = (await own()).find(({ slug }) => slug === 'zeta')
    expect(zeta).toMatchObject({ status_reason: 'not paid', permissions: ['tenant:read'] })
    await ask(operator, 'POST', '/api/v1/tenants/zeta/resume')
  })
})

describe('`me` in the place of a tenant', () => {
  let management: Management
  let ada: Account
  beforeAll(async () => {
    management = await startManagement()
    ada = await management.addUser('ada')
    for (const slug of ['acme', 'mill']) {
      const body = { name: slug, slug, owner: ada.id }
      await management.ask(management.operator, 'POST', '/api/v1/tenants', body)
    }
  })
  afterAll(() => management.close())

  const asked = (path: string, tenant?: string) =>
    management.call(
      { ...ada.headers, ...(tenant === undefined ? {} : { 'x-tenant-id': tenant }) },
      'GET',
      `/api/v1/tenants/me${path}`,
    )

  it.each(['/members', '/api-keys', '/kbs', '/kbs/default', '/config', '/quota', '/audit'])(
    'is the tenant of the header in %s',
    async (path) => {
      const one = await asked(path, 'acme')
      expect([one.status, one.text]).toEqual([one.status < 400 ? one.status : 200, one.text])
      const same = await management.call(ada.headers, 'GET', `/api/v1/tenants/acme${path}`)
      expect(one.text).toBe(same.text)
    },
  )

  it('reaches the documents of that tenant', async () => {
    const { call, insert } = management
    await insert({ ...ada.headers, 'x-tenant-id': 'mill' }, 'Quillmark mills at night.')
    const headers = { ...ada.headers, 'x-tenant-id': 'mill' }
    const path = '/api/v1/tenants/me/kbs/default/documents/status_counts'
    expect((await call(headers, 'GET', path)).body.status_counts).toMatchObject({ all: 1 })
    const other = { ...ada.headers, 'x-tenant-id': 'acme' }
    expect((await call(other, 'GET', path)).body.status_counts).toMatchObject({ all: 0 })
  })

  it('has to be chosen by who has several', async () => {
    const answer = await asked('/members')
    expect(answer.status).toBe(400)
    expect(answer.text).toContain('X-Tenant-ID')
  })

  it('is no tenant of somebody else, whatever the header says', async () => {
    const { addUser, call } = management
    const bob = await addUser('bob')
    for (const path of ['/members', '/kbs/default/documents/status_counts']) {
      const headers = { ...bob.headers, 'x-tenant-id': 'acme' }
      const answer = await call(headers, 'GET', `/api/v1/tenants/me${path}`)
      expect([403, 404]).toContain(answer.status)
    }
  })

  it('is a name that no tenant can have', async () => {
    const { call, operator } = management
    const body = { name: 'Me', slug: 'me' }
    expect((await call(operator, 'POST', '/api/v1/tenants', body)).status).toBe(422)
  })
})
