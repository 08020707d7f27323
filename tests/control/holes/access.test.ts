import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../../src/config.ts'
import { DATA_ALIAS } from '../../../src/control/routes/data-alias.ts'
import { engineSettings, workspaceConfig } from '../../../src/control/workspace-settings.ts'
import { ROUTE_PERMISSIONS } from '../../../src/route-permissions.ts'
import { ruleOf } from '../../../src/tenancy/permissions.ts'
import { type Person, startControlServer } from '../control-server.ts'
import { actorOf, startTwoTenants, type TwoTenants } from './holes-company.ts'

const CANARY = 'zebrafinch'

describe('access to tenants', () => {
  let two: TwoTenants
  beforeAll(async () => {
    two = await startTwoTenants()
    await two.insert(two.ann, `The ${CANARY} sings in hall nine.`)
  })
  afterAll(() => two.server.close())

  const storage = () => readdir(join(two.server.folder, 'rag_storage'))
  const inAcme = { 'X-Tenant-ID': 'acme' }
  const member = async (name: string, role: 'viewer' | 'editor' = 'viewer'): Promise<Person> => {
    const person = await two.server.user(name)
    await two.server.plane.members.add(actorOf(two.ann), two.acme, { user_id: person.id, role })
    return person
  }

  it('is judged on every request, also when the engine is warm', async () => {
    const { ann, tom, acme, server } = two
    const once = await member('once')
    expect((await once.call('GET', '/documents')).text).toContain(CANARY)
    const warm = () => ann.call('GET', '/documents')
    await warm()
    expect((await tom.call('GET', '/documents', { headers: inAcme })).status).toBe(403)
    await ann.call('DELETE', `/api/v1/tenants/${acme}/members/${once.id}`)
    await warm()
    const after = await once.call('GET', '/documents', { headers: inAcme })
    expect(after.status).toBe(403)
    expect(after.text).not.toContain(CANARY)
    await server.operator('POST', `/api/v1/tenants/${acme}/suspend`, { body: { reason: 'a test' } })
    expect((await warm()).status).toBe(403)
    await server.operator('POST', `/api/v1/tenants/${acme}/resume`)
    expect((await warm()).status).toBe(200)
  })

  it('that is refused opens no other workspace in its place', async () => {
    const before = await storage()
    const engines = two.server.gauges().engines.length
    const without = two.server.by({})
    expect((await without('GET', '/documents')).status).toBe(401)
    const outsider = await two.server.user('outsider')
    expect((await outsider.call('GET', '/documents')).status).toBe(403)
    const body = { text: 'Written by nobody.' }
    expect((await outsider.call('POST', '/documents/text', { body })).status).toBe(403)
    expect(await storage()).toEqual(before)
    expect(two.server.gauges().engines.length).toBe(engines)
  })

  it('creates nothing for who names a tenant or knowledge base that is not there', async () => {
    const before = await storage()
    const count = async () =>
      (await two.server.plane.core.db.selectFrom('kbs').selectAll().execute()).length
    const kbs = await count()
    const headers: [Record<string, string>, number][] = [
      [{ 'X-Tenant-ID': 'default', 'X-KB-ID': 'default' }, 403],
      [{ 'X-Tenant-ID': 'fresh' }, 403],
      [{ 'X-KB-ID': 'fresh' }, 404],
      [{ 'LIGHTRAG-WORKSPACE': 'fresh__kb' }, 403],
      [{ 'LIGHTRAG-WORKSPACE': 'default' }, 403],
    ]
    for (const [header, status] of headers) {
      const body = { text: 'Somewhere.' }
      const answer = await two.ann.call('POST', '/documents/text', { headers: header, body })
      expect([header, answer.status]).toEqual([header, status])
    }
    expect(await storage()).toEqual(before)
    expect(await count()).toBe(kbs)
  })

  it('fails when memberships cannot be read, and says nothing of why', async () => {
    const { db } = two.server.plane.core
    await sql`ALTER TABLE memberships RENAME TO elsewhere`.execute(db)
    try {
      for (const path of ['/documents', '/api/v1/tenants', `/api/v1/tenants/${two.acme}`]) {
        for (const who of [two.ann, two.tom]) {
          const { status, text } = await who.call('GET', path)
          expect([path, status]).toEqual([path, 500])
          expect(text).not.toMatch(/membership|sqlite|no such|select|\b401\b/i)
          expect(text).not.toContain(CANARY)
        }
      }
    } finally {
      await sql`ALTER TABLE elsewhere RENAME TO memberships`.execute(db)
    }
    expect((await two.ann.call('GET', '/documents')).status).toBe(200)
  })

  it('is given by membership alone, whatever a tenant says of itself', async () => {
    const metadata = { public: true, is_public: true, visibility: 'public', members: [two.tom.id] }
    const changed = await two.ann.call('PATCH', `/api/v1/tenants/${two.acme}`, {
      body: { metadata },
    })
    expect(changed.status).toBe(200)
    for (const [method, path, body] of [
      ['GET', `/api/v1/tenants/${two.acme}`],
      ['POST', `/api/v1/tenants/${two.acme}/members`, { user_id: two.tom.id, role: 'owner' }],
      ['GET', `/api/v1/tenants/${two.acme}/kbs`],
    ] as const) {
      const answer = await two.tom.call(method, path, body === undefined ? {} : { body })
      expect(answer.status).toBe(404)
    }
    expect((await two.tom.call('GET', '/documents', { headers: inAcme })).status).toBe(403)
  })

  it('to lists shows each caller his own tenants, and nobody without credentials any', async () => {
    const mine = (await two.tom.call('GET', '/api/v1/tenants')).body
    expect(mine.items.map(({ slug }: { slug: string }) => slug)).toEqual(['techstart'])
    const { status, text } = await two.server.by({})('GET', '/api/v1/tenants')
    expect(status).toBe(401)
    expect(text).not.toMatch(/acme|techstart/)
  })

  it('needs a good credential on every route, second spellings and RAGFlow’s paths included', async () => {
    const ofData = ` ${DATA_ALIAS}/`
    // The alias of the data has the handlers and rules of the plain paths.
    const routes = Object.keys(ROUTE_PERMISSIONS).filter((route) => !route.includes(ofData))
    const guest = await two.server.by({})('POST', '/login', {
      raw: new URLSearchParams({ username: 'guest', password: '' }),
    })
    expect(guest.text).not.toContain('access_token')
    const bad = ['Bearer nonsense', `Bearer ${two.ann.token}x`, 'Basic YW5uOmFubg==']
    let closed = 0
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ')
      const access = ruleOf(ROUTE_PERMISSIONS, method, path)?.access
      if (access === 'public') continue
      closed += 1
      const url = path.replaceAll(/:(tenant|tenant_id)\b/g, two.acme).replaceAll(/:(\w+)/g, 'some')
      for (const authorization of [...bad, undefined]) {
        const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
        const answer = await two.server.by(headers)(method, url)
        const shown = authorization?.startsWith('Bearer ')
        const expected = access === 'optional' && !shown ? 200 : 401
        expect([route, authorization, answer.status]).toEqual([route, authorization, expected])
      }
    }
    expect(closed).toBeGreaterThan(140)
  })

  it('lets nobody create or list knowledge bases of a tenant by naming it in a header', async () => {
    const body = { name: 'planted' }
    for (const path of [
      '/api/v1/knowledge-bases',
      `/api/v1/tenants/${two.acme}/kbs`,
      `/api/v1/tenants/${two.acme}/knowledge-bases`,
    ]) {
      for (const method of ['GET', 'POST']) {
        const options = method === 'POST' ? { body, headers: inAcme } : { headers: inAcme }
        const { status } = await two.tom.call(method, path, options)
        expect([403, 404]).toContain(status)
      }
    }
    const { items } = await two.server.plane.kbs.list(actorOf(two.ann), two.acme, {})
    expect(items.map(({ slug }) => slug)).toEqual(['default'])
  })

  it('of an owner reaches as far as his role says: he changes and deletes knowledge bases', async () => {
    const base = `/api/v1/tenants/${two.acme}/kbs`
    const made = await two.ann.call('POST', base, { body: { name: 'drafts', metadata: { a: 1 } } })
    expect(made.status).toBe(201)
    const path = `${base}/${made.body.kb_id}`
    const changed = await two.ann.call('PUT', path, { body: { name: 'Papers' } })
    expect(changed.body).toMatchObject({ name: 'Papers', slug: 'drafts', metadata: { a: 1 } })
    expect((await two.ann.call('GET', path)).body).toMatchObject({ name: 'Papers' })
    expect((await two.ann.call('DELETE', `${path}?wait=true`)).status).toBe(204)
    expect((await two.ann.call('GET', base)).body.items).toMatchObject([{ slug: 'default' }])
    const headers = { 'X-KB-ID': 'drafts' }
    expect((await two.ann.call('GET', '/documents', { headers })).status).toBe(404)
    expect(two.server.gauges().engines.map(({ workspace }) => workspace)).not.toContain(
      made.body.workspace,
    )
  })

  it('and what it may set are kept as they were set, and inherited where nothing was set', async () => {
    const server = await startControlServer({ TOP_K: '33' })
    try {
      const boss = await server.user('boss')
      const made = await boss.call('POST', '/api/v1/tenants', {
        body: { name: 'Third', metadata: { plan: 'small' }, config: { chunk_top_k: 7 } },
      })
      const path = `/api/v1/tenants/${made.body.tenant_id}`
      const quota = { max_documents: 12 }
      expect((await server.operator('PATCH', path, { body: { quota } })).status).toBe(200)
      await boss.call('PATCH', path, { body: { name: 'Renamed' } })
      await server.operator('POST', `${path}/suspend`, { body: { reason: 'unpaid' } })
      const row = await server.plane.tenants.get(actorOf(boss), made.body.tenant_id)
      expect(row).toMatchObject({
        name: 'Renamed',
        slug: 'third',
        metadata: { plan: 'small' },
        config: { chunk_top_k: 7 },
        quota: { max_documents: 12 },
        created_by: boss.id,
        status: 'suspended',
      })
      expect((await boss.call('GET', '/documents')).status).toBe(403)
      const own = await workspaceConfig(server.plane.core, 'third__default')
      const { engine } = loadConfig({ TOP_K: '33' })
      expect(engineSettings(engine, own)).toMatchObject({ topK: 33, chunkTopK: 7 })
    } finally {
      await server.close()
    }
  })

  it('to an object by its id is refused where the object is another tenant’s', async () => {
    const listed = (await two.ann.call('GET', '/documents')).body
    const [{ id }] = listed.statuses.processed
    expect((await two.ann.call('GET', `/documents/${id}/chunks`)).text).toContain(CANARY)
    for (const [method, path, body] of [
      ['GET', `/documents/${id}/chunks`],
      ['PATCH', `/documents/${id}`, { enabled: false }],
      ['POST', `/documents/${id}/retry_chunks`],
    ] as const) {
      const answer = await two.tom.call(method, path, body === undefined ? {} : { body })
      expect(answer.status).toBe(404)
      expect(answer.text).not.toContain(CANARY)
    }
  })

  it('reaches one and the same id however it is written, and no other spelling of it', async () => {
    const spelled = async (id: string) =>
      (await two.ann.call('GET', `/api/v1/tenants/${encodeURIComponent(id)}`)).status
    expect(await spelled(two.acme.toUpperCase())).toBe(200)
    for (const id of [`urn:${two.acme}`, `{${two.acme}}`, `${two.acme} `, `${two.acme}%00`]) {
      expect([id, [400, 404, 422].includes(await spelled(id))]).toEqual([id, true])
    }
    const upper = { 'X-Tenant-ID': two.acme.toUpperCase() }
    expect((await two.ann.call('GET', '/documents', { headers: upper })).text).toContain(CANARY)
    expect(
      two.server.gauges().engines.filter(({ workspace }) => /^acme/i.test(workspace)).length,
    ).toBe(1)
  })

  it('exempts no address that merely begins like an open one', async () => {
    const nobody = two.server.by({})
    for (const path of ['/apianything', '/api/tagsx', '/healthy', '/loginx', '/auth-statusx']) {
      expect([path, [401, 404].includes((await nobody('GET', path)).status)]).toEqual([path, true])
    }
    for (const path of ['/api/tags', '/api/version', '/api/ps', '/documents', '/graphs?label=x']) {
      expect([path, (await nobody('GET', path)).status]).toEqual([path, 401])
    }
    const health = await nobody('GET', '/health')
    expect(health.status).toBe(200)
    expect(health.text).not.toMatch(/rag_storage|inputs|working_dir|acme|techstart/)
  })
})
