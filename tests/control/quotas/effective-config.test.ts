import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Account, type Management, startManagement } from '../management.ts'

interface Field {
  readonly value: unknown
  readonly source: string
  readonly default: unknown
  readonly locked: string | null
}

describe('settings with where they come from', () => {
  let management: Management
  let ada: Account
  beforeAll(async () => {
    management = await startManagement({ TOP_K: '33' })
    ada = await management.addUser('ada')
    const tenant = { name: 'Acme', slug: 'acme', owner: ada.id }
    await management.ask(management.operator, 'POST', '/api/v1/tenants', tenant)
  })
  afterAll(() => management.close())

  const ofTenant = async () => {
    const path = '/api/v1/tenants/acme/config?effective=true'
    const { effective } = await management.ask(ada.headers, 'GET', path)
    return effective as Record<string, Field>
  }
  const ofKb = async () => {
    const path = '/api/v1/tenants/acme/kbs/default/config'
    const { effective } = await management.ask(ada.headers, 'GET', path)
    return effective as Record<string, Field>
  }
  const set = (path: string, config: object) =>
    management.ask(ada.headers, 'PATCH', `/api/v1/tenants/acme${path}`, config)

  it('are those of the server as long as nobody sets them', async () => {
    const field = { value: 33, source: 'server', default: 33, locked: null }
    expect((await ofTenant()).top_k).toEqual(field)
    expect((await ofKb()).top_k).toEqual(field)
    expect((await ofTenant()).llm_model).toMatchObject({ value: null, source: 'server' })
    expect((await ofTenant()).entity_types?.value).toContain('Person')
  })

  it('are those of the tenant, and of the knowledge base over them', async () => {
    await set('/config', { top_k: 50 })
    expect((await ofTenant()).top_k).toMatchObject({ value: 50, source: 'tenant', default: 33 })
    expect((await ofKb()).top_k).toMatchObject({ value: 50, source: 'tenant', default: 50 })
    await set('/kbs/default', { config: { top_k: 60 } })
    expect((await ofKb()).top_k).toMatchObject({ value: 60, source: 'kb', default: 50 })
    await set('/config', { top_k: null })
    expect((await ofKb()).top_k).toMatchObject({ value: 60, source: 'kb', default: 33 })
  })

  it('say which can no longer be changed once there are vectors', async () => {
    expect((await ofKb()).embedding_dim?.locked).toBeNull()
    const headers = { ...ada.headers, 'x-tenant-id': 'acme' }
    await management.insert(headers, 'Quillmark mills at night.')
    await management.ask(ada.headers, 'GET', '/api/v1/tenants/acme/kbs/default')
    expect((await ofKb()).embedding_dim?.locked).toMatch(/vectors/)
    expect((await ofKb()).top_k?.locked).toBeNull()
  })

  it('are told to those alone who may set them', async () => {
    const bob = await management.addUser('bob')
    const member = { user_id: bob.id, role: 'editor' }
    await management.ask(ada.headers, 'POST', '/api/v1/tenants/acme/members', member)
    for (const path of ['/config?effective=true', '/kbs/default/config']) {
      const { status } = await management.call(bob.headers, 'GET', `/api/v1/tenants/acme${path}`)
      expect(status).toBe(403)
    }
  })

  it('are described with titles, and when a change of them shows', async () => {
    const schema = await management.ask(ada.headers, 'GET', '/api/v1/config-schema')
    const properties = schema.properties as Record<string, Record<string, unknown>>
    expect(Object.keys(properties).sort()).toEqual(Object.keys(await ofTenant()).sort())
    for (const property of Object.values(properties)) {
      expect(property.title).toMatch(/\S/)
      expect(['next_question', 'next_document', 'new_vectors']).toContain(property['x-effect'])
    }
    expect(properties.top_k).toMatchObject({ type: 'integer', minimum: 1, maximum: 1000 })
    const prompts = await management.ask(ada.headers, 'GET', '/api/v1/prompts/defaults')
    expect(prompts.answer).toContain('{context_data}')
    expect(prompts.extraction).toMatch(/\S/)
  })
})

describe('lists of a tenant', () => {
  let management: Management
  let ada: Account
  beforeAll(async () => {
    management = await startManagement()
    ada = await management.addUser('ada')
    const tenant = { name: 'Acme', slug: 'acme', owner: ada.id }
    await management.ask(management.operator, 'POST', '/api/v1/tenants', tenant)
    const bob = await management.addUser('bob')
    const member = { user_id: bob.id, role: 'viewer' }
    await management.ask(ada.headers, 'POST', '/api/v1/tenants/acme/members', member)
    for (const name of ['crawler', 'Reader']) {
      await management.ask(ada.headers, 'POST', '/api/v1/tenants/acme/api-keys', { name })
    }
  })
  afterAll(() => management.close())

  const names = async (who: Account['headers'], path: string, field: string) => {
    const { items } = await management.ask(who, 'GET', `/api/v1${path}`)
    return (items as Record<string, unknown>[]).map((item) => item[field])
  }

  it.each([
    ['/tenants/acme/members?search=BO', 'username', ['bob']],
    ['/tenants/acme/members?search=ada@example', 'username', ['ada']],
    ['/tenants/acme/members?search=%25', 'username', []],
    ['/tenants/acme/api-keys?search=read', 'name', ['Reader']],
  ])('are searched by %s', async (path, field, expected) => {
    expect(await names(ada.headers, path, field)).toEqual(expected)
  })

  it('are searched by operators among all users', async () => {
    const { operator } = management
    expect(await names(operator, '/admin/users?search=bob', 'username')).toEqual(['bob'])
  })

  it('tell who did something to whom', async () => {
    const path = '/tenants/acme/audit?action=member_added'
    const { items } = await management.ask(ada.headers, 'GET', `/api/v1${path}`)
    const [act] = items as { actor_name: string; subject: string }[]
    expect(act?.actor_name).toBe('ada')
    const subject = encodeURIComponent(act?.subject ?? '')
    const of = `/api/v1/tenants/acme/audit?subject=${subject}`
    const about = await management.ask(ada.headers, 'GET', of)
    expect(
      (about.items as { subject: string }[]).every((one) => one.subject === act?.subject),
    ).toBe(true)
    expect((about.items as unknown[]).length).toBeGreaterThan(0)
  })
})
