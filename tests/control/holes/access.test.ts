import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadConfig } from '../../../src/config/config.ts'
import { engineSettings, workspaceConfig } from '../../../src/control/quotas/workspace-settings.ts'
import { DATA_ALIAS } from '../../../src/control/wire/data-alias.ts'
import { ruleOf } from '../../../src/tenancy/permissions.ts'
import { ROUTE_PERMISSIONS } from '../../contract/route-permissions.ts'
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
    const engines = (await two.server.gauges()).engines.length
    const without = two.server.by({})
    expect((await without('GET', '/documents')).status).toBe(401)
    const outsider = await two.server.user('outsider')
    expect((await outsider.call('GET', '/documents')).status).toBe(403)
    const body = { text: 'Written by nobody.' }
    expect((await outsider.call('POST', '/documents/text', { body })).status).toBe(403)
    const suspension = `/api/v1/tenants/${two.acme}`
    await two.server.operator('POST', `${suspension}/suspend`, { body: { reason: 'a test' } })
    const held = await two.ann.call('POST', '/documents/text', { body })
    await two.server.operator('POST', `${suspension}/resume`)
    expect(held.status).toBe(403)
    for (const headers of [{ 'X-KB-ID': 'nowhere' }, { 'X-Tenant-ID': 'techstart' }]) {
      const answer = await two.ann.call('POST', '/documents/text', { body, headers })
      expect([403, 404]).toContain(answer.status)
    }
    expect(await storage()).toEqual(before)
    expect((await two.server.gauges()).engines.length).toBe(engines)
  })

  /** All that could have come to be: tenants, knowledge bases, folders and open engines. */
  const existing = async () => {
    const { db } = two.server.plane.core
    const tenants = await db.selectFrom('tenants').select('slug').orderBy('slug').execute()
    const kbs = await db.selectFrom('kbs').select('workspace').orderBy('workspace').execute()
    const engines = (await two.server.gauges()).engines.map(({ workspace }) => workspace)
    const inputs = await readdir(join(two.server.folder, 'inputs'))
    return { tenants, kbs, engines, inputs, folders: await storage() }
  }

  it('creates nothing for who names a tenant or knowledge base that is not there', async () => {
    const before = await existing()
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
      const nobody = await two.server.by(header)('POST', '/documents/text', { body })
      expect([header, nobody.status]).toEqual([header, 401])
    }
    for (const path of ['/tenants/fresh/kbs/default', `/tenants/${two.acme}/kbs/fresh`]) {
      const answer = await two.ann.call('GET', `/api/v1${path}/documents`)
      expect([path, answer.status < 500, answer.status >= 400]).toEqual([path, true, true])
    }
    expect(await existing()).toEqual(before)
  })

  it('to a knowledge base by its name is refused to a member who is limited to others', async () => {
    const server = await startControlServer()
    try {
      const [boss, clerk] = [await server.user('boss'), await server.user('clerk')]
      await boss.call('POST', '/api/v1/tenants', { body: { name: 'firm' } })
      await boss.call('POST', '/api/v1/tenants/firm/kbs', { body: { name: 'open' } })
      const limited = { user_id: clerk.id, role: 'editor', kb_ids: ['open'] }
      const added = await boss.call('POST', '/api/v1/tenants/firm/members', { body: limited })
      expect(added.status).toBe(201)
      for (const [kb, status] of [
        ['open', 200],
        ['default', 404],
      ] as const) {
        const named = await clerk.call('GET', '/documents', { headers: { 'X-KB-ID': kb } })
        const path = await clerk.call('GET', `/api/v1/tenants/firm/kbs/${kb}/documents`)
        expect([kb, named.status, path.status]).toEqual([kb, status, status])
      }
      const open = (await server.gauges()).engines.map(({ workspace }) => workspace)
      expect(open).toEqual(['firm__open'])
    } finally {
      await server.close()
    }
  })

  it('is refused where path and header name two tenants of one caller', async () => {
    const server = await startControlServer()
    try {
      const [boss, clerk] = [await server.user('boss'), await server.user('clerk')]
      for (const name of ['one', 'two']) {
        await boss.call('POST', '/api/v1/tenants', { body: { name } })
        await boss.call('POST', `/api/v1/tenants/${name}/members`, { body: { user_id: clerk.id } })
      }
      const headers = { 'X-Tenant-ID': 'two' }
      const path = `/api/v1/tenants/one/members/${clerk.id}`
      const body = { role: 'admin' }
      const refused = [
        await boss.call('PUT', path, { headers, body }),
        await boss.call('DELETE', path, { headers }),
        await boss.call('GET', '/api/v1/tenants/one/kbs/default/documents', { headers }),
      ]
      expect(refused.map((answer) => [answer.status, answer.body?.error?.code])).toEqual(
        Array(3).fill([400, 'selectors_disagree']),
      )
      for (const name of ['one', 'two']) {
        const { items } = (await boss.call('GET', `/api/v1/tenants/${name}/members`)).body
        const roles = items.map(({ role }: { role: string }) => role)
        expect(roles).toEqual(['owner', 'viewer'])
      }
    } finally {
      await server.close()
    }
  })

  it('makes no tenant of a workspace of the users file by writing into it', async () => {
    const before = await existing()
    const body = { text: 'An entry of the operator.', file_source: 'operator.txt' }
    expect((await two.server.operator('POST', '/documents/text', { body })).status).toBe(200)
    const { folders, tenants, kbs } = await existing()
    expect(folders).toContain('operator-space')
    expect({ tenants, kbs }).toEqual({ tenants: before.tenants, kbs: before.kbs })
  })

  it('fails when memberships cannot be read, and says nothing of why', async () => {
    const { core, tenants } = two.server.plane
    const { db } = core
    const made = await two.ann.call('POST', `/api/v1/tenants/${two.acme}/api-keys`, {
      body: { name: 'of ann', role: 'editor' },
    })
    const byKey = two.server.by({ 'x-api-key': made.body.key })
    expect((await byKey('GET', '/documents')).status).toBe(200)
    await sql`ALTER TABLE memberships RENAME TO elsewhere`.execute(db)
    try {
      expect((await byKey('GET', '/documents')).status).toBe(500)
      // Each of the looks at a membership fails by itself, not only the first of a request.
      await expect(tenants.get(actorOf(two.tom), two.acme)).rejects.toThrow(/memberships/)
      await expect(tenants.list(actorOf(two.tom), {})).rejects.toThrow(/memberships/)
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

  it('is the least where what stands in its row says nothing', async () => {
    const { db } = two.server.plane.core
    const rename = (name: string) =>
      two.ann.call('PATCH', '/api/v1/tenants/acme', { body: { name } })
    const documents = () => two.ann.call('GET', '/documents')
    const setRole = (role: string) =>
      sql`UPDATE memberships SET role = ${role} WHERE user_id = ${two.ann.id}`.execute(db)
    const setStatus = (status: string) =>
      sql`UPDATE tenants SET status = ${status} WHERE tenant_id = ${two.acme}`.execute(db)
    try {
      for (const role of ['', 'superuser', 'OWNER']) {
        await setRole(role)
        expect([role, (await rename('x')).status, (await documents()).status]).toEqual([
          role,
          403,
          403,
        ])
      }
      await setRole('owner')
      for (const status of ['', 'public', 'ACTIVE']) {
        await setStatus(status)
        expect([status, (await documents()).status]).toEqual([status, 403])
        expect([status, (await rename('x')).body.error.code]).toEqual([status, 'tenant_not_active'])
      }
    } finally {
      await setRole('owner')
      await setStatus('active')
    }
    expect((await documents()).status).toBe(200)
  })

  it('is given by membership alone, whatever a tenant says of itself', async () => {
    const metadata = { public: true, is_public: true, visibility: 'public', members: [two.tom.id] }
    const changed = await two.ann.call('PATCH', `/api/v1/tenants/${two.acme}`, {
      body: { metadata },
    })
    expect(changed.status).toBe(200)
    const kb = await two.ann.call('PATCH', `/api/v1/tenants/${two.acme}/kbs/default`, {
      body: { metadata },
    })
    expect(kb.status).toBe(200)
    for (const [method, path, body] of [
      ['GET', `/api/v1/tenants/${two.acme}`],
      ['GET', `/api/v1/tenants/${two.acme}/kbs/default`],
      ['POST', `/api/v1/tenants/${two.acme}/members`, { user_id: two.tom.id, role: 'owner' }],
      ['GET', `/api/v1/tenants/${two.acme}/kbs`],
    ] as const) {
      const answer = await two.tom.call(method, path, body === undefined ? {} : { body })
      expect(answer.status).toBe(404)
    }
    expect((await two.tom.call('GET', '/documents', { headers: inAcme })).status).toBe(403)
    for (const list of ['/api/v1/tenants', '/api/v1/users/me/tenants', '/api/v1/tenant/list']) {
      expect((await two.tom.call('GET', list)).text).not.toMatch(/acme/i)
    }
  })

  it('to lists shows each caller their own tenants, and nobody without credentials any', async () => {
    const made = await two.tom.call('POST', `/api/v1/tenants/${two.techstart}/api-keys`, {
      body: { name: 'of tom' },
    })
    const byKey = two.server.by({ 'x-api-key': made.body.key })
    for (const [path, who] of [
      ['/api/v1/tenants', two.tom.call],
      ['/api/v1/tenants?mine=false', two.tom.call],
      ['/api/v1/users/me/tenants', two.tom.call],
      ['/api/v1/tenants', byKey],
    ] as const) {
      const { items, total } = (await who('GET', path)).body
      expect([path, items.map(({ slug }: { slug: string }) => slug)]).toEqual([path, ['techstart']])
      expect([path, total]).toEqual([path, 1])
    }
    const found = (await two.tom.call('GET', '/api/v1/tenants?search=acme')).body
    expect(found).toMatchObject({ items: [], total: 0 })
    const inRagflow = (await two.tom.call('GET', '/api/v1/tenant/list')).body.data
    expect(inRagflow.map((one: { tenant_id: string }) => one.tenant_id)).toEqual([two.techstart])
    expect((await two.tom.call('GET', '/api/v1/admin/tenants')).status).toBe(403)
    for (const path of ['/api/v1/tenants', '/api/v1/tenant/list', '/api/v1/admin/tenants']) {
      const { status, text } = await two.server.by({})('GET', path)
      expect([path, status]).toEqual([path, 401])
      expect(text).not.toMatch(/acme|techstart/)
    }
  })

  it('needs a good credential on every route, second spellings and RAGFlow’s paths included', async () => {
    const access = (route: string) => {
      const [method = '', path = ''] = route.split(' ')
      return ruleOf(ROUTE_PERMISSIONS, method, path)?.access
    }
    const all = Object.keys(ROUTE_PERMISSIONS)
    // One that is opened has to be written down here as well.
    expect(all.filter((route) => access(route) === 'public').sort()).toEqual([
      'DELETE /auth/session',
      'GET /auth-status',
      'GET /invitations/:token',
      'GET /ui/config',
      'POST /api/v1/invitations/accept',
      'POST /api/v1/invitations/decline',
      'POST /auth/session',
      'POST /invitations/:token',
      'POST /login',
    ])
    expect(all.filter((route) => access(route) === 'optional').sort()).toEqual([
      `GET ${DATA_ALIAS}/health`,
      'GET /health',
    ])
    const ofData = ` ${DATA_ALIAS}/`
    // The alias of the data has the handlers and rules of the plain paths.
    const routes = all.filter((route) => !route.includes(ofData))
    const guest = await two.server.by({})('POST', '/login', {
      raw: new URLSearchParams({ username: 'guest', password: '' }),
    })
    expect(guest.text).not.toContain('access_token')
    const bad = ['Bearer nonsense', `Bearer ${two.ann.token}x`, 'Basic YW5uOmFubg==']
    let closed = 0
    for (const route of routes) {
      const [method = '', path = ''] = route.split(' ')
      if (access(route) === 'public') continue
      closed += 1
      const url = path.replaceAll(/:(tenant|tenant_id)\b/g, two.acme).replaceAll(/:(\w+)/g, 'some')
      for (const authorization of [...bad, undefined]) {
        const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
        const answer = await two.server.by(headers)(method, url)
        const shown = authorization?.startsWith('Bearer ')
        const expected = access(route) === 'optional' && !shown ? 200 : 401
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
    const tenantKb = '/api/v1/knowledge-bases/default'
    for (const [method, path, sent] of [
      ['GET', '/api/v1/tenants/me'],
      ['GET', tenantKb],
      ['PUT', tenantKb, { description: 'taken' }],
      ['PATCH', tenantKb, { description: 'taken' }],
      ['DELETE', tenantKb],
    ] as const) {
      const options = sent === undefined ? {} : { body: sent }
      const answer = await two.tom.call(method, path, { ...options, headers: inAcme })
      expect([method, path, answer.status]).toEqual([method, path, 404])
    }
    const { items } = await two.server.plane.kbs.list(actorOf(two.ann), two.acme, {})
    expect(items).toMatchObject([{ slug: 'default', description: '' }])
    const own = await two.tom.call('GET', '/api/v1/knowledge-bases')
    expect(own.body).toMatchObject({ total: 1 })
    expect((await two.tom.call('GET', '/api/v1/tenants/me')).body.slug).toBe('techstart')
  })

  it('of an owner reaches as far as the role says: it changes and deletes knowledge bases', async () => {
    const base = `/api/v1/tenants/${two.acme}/kbs`
    const made = await two.ann.call('POST', base, { body: { name: 'drafts', metadata: { a: 1 } } })
    expect(made.status).toBe(201)
    const path = `${base}/${made.body.kb_id}`
    const other = (await two.ann.call('GET', `${base}/default`)).body
    const changed = await two.ann.call('PUT', path, { body: { name: 'Papers' } })
    expect(changed.body).toMatchObject({ name: 'Papers', slug: 'drafts', metadata: { a: 1 } })
    expect((await two.ann.call('GET', path)).body).toMatchObject({ name: 'Papers' })
    expect((await two.ann.call('GET', `${base}/default`)).body).toEqual(other)
    const open = async () => (await two.server.gauges()).engines.map(({ workspace }) => workspace)
    await two.insert(two.ann, 'A paper on finches.', { 'X-KB-ID': 'drafts' })
    expect(await open()).toContain(made.body.workspace)
    expect((await two.ann.call('DELETE', `${path}?wait=true`)).status).toBe(204)
    expect((await two.ann.call('GET', base)).body.items).toMatchObject([{ slug: 'default' }])
    const headers = { 'X-KB-ID': 'drafts' }
    expect((await two.ann.call('GET', '/documents', { headers })).status).toBe(404)
    expect(await open()).not.toContain(made.body.workspace)
  })

  it('of every other role reaches as far as that role, and no further', async () => {
    const rolf = await two.server.user('rolf')
    const made = await rolf.call('POST', '/api/v1/tenants', { body: { name: 'rolls' } })
    const tenant = `/api/v1/tenants/${made.body.tenant_id}`
    await two.insert(rolf, 'Rolls of paper lie in hall two.')
    const calls = (role: string) =>
      [
        ['POST', '/query', { query: 'Where are the rolls?' }],
        ['GET', '/documents'],
        ['POST', '/documents/text', { text: 'More rolls.' }],
        ['POST', '/documents/reprocess_failed'],
        ['DELETE', '/documents/delete_document', { doc_ids: ['doc-of-nobody'] }],
        ['POST', `${tenant}/kbs`, { name: `by ${role}` }],
        ['PATCH', `${tenant}/kbs/default`, { description: 'changed' }],
        ['POST', '/documents/clear_cache', {}],
        ['PATCH', tenant, { description: 'changed' }],
        ['GET', `${tenant}/invitations`],
        ['POST', `${tenant}/transfer`, { user_id: 'nobody' }],
      ] as const
    const allowed = { 'viewer:read-only': 1, viewer: 2, editor: 6, admin: 10 } as const
    for (const [role, most] of Object.entries(allowed)) {
      const person = await two.server.user(`rolls-${role.replace(':', '-')}`)
      const body = { user_id: person.id, role }
      expect((await rolf.call('POST', `${tenant}/members`, { body })).status).toBe(201)
      for (const [number, [method, path, sent]] of calls(role).entries()) {
        const options = sent === undefined ? {} : { body: sent }
        const { status, text } = await person.call(method, path, options)
        const served = number < most
        expect([role, method, path, status < 300, text]).toEqual([role, method, path, served, text])
        if (!served) expect(status).toBe(403)
      }
    }
  })

  it('and what it may set are kept as they were set, and inherited where nothing was set', async () => {
    const server = await startControlServer({
      TOP_K: '33',
      CHUNK_SIZE: '40',
      CHUNK_OVERLAP_SIZE: '0',
      COSINE_THRESHOLD: '-1',
    })
    try {
      const boss = await server.user('boss')
      const made = await boss.call('POST', '/api/v1/tenants', {
        body: { name: 'Third', metadata: { plan: 'small' }, config: { chunk_top_k: 7 } },
      })
      const text = Array.from({ length: 60 }, (_, n) => `The crane number ${n} is blue.`).join(' ')
      await boss.call('POST', '/documents/text', { body: { text, file_source: 'cranes.txt' } })
      const processed = async () =>
        (await boss.call('GET', '/documents')).body.statuses?.processed?.[0]?.chunks_count
      await expect.poll(processed, { timeout: 50_000 }).toEqual(expect.any(Number))
      // Of the server's size, which is inherited; by the engine's own it would be one.
      expect(await processed()).toBeGreaterThan(9)
      const query = { query: 'Which crane is blue?', mode: 'naive' }
      const found = await boss.call('POST', '/query/data', { body: query })
      expect(found.body.data.chunks).toHaveLength(7)
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
    const tenant = `/api/v1/tenants/${two.acme}`
    const { kb_id, workspace } = (await two.ann.call('GET', `${tenant}/kbs/default`)).body
    const spelled = (path: string, id: string) =>
      two.ann.call('GET', `${path}/${encodeURIComponent(id)}`)
    for (const [path, id, name] of [
      ['/api/v1/tenants', two.acme, 'tenant_id'],
      [`${tenant}/kbs`, kb_id, 'kb_id'],
    ] as const) {
      const { status, body } = await spelled(path, id.toUpperCase())
      expect([status, body[name]]).toEqual([200, id])
      for (const other of [`urn:${id}`, `{${id}}`, `${id} `, `${id}%00`, id.replace('_', '-')]) {
        const refused = [400, 404, 422].includes((await spelled(path, other)).status)
        expect([other, refused]).toEqual([other, true])
      }
    }
    const asked = async (headers: Record<string, string>) =>
      (await two.ann.call('GET', '/documents', { headers })).status
    const upper = { 'X-Tenant-ID': two.acme.toUpperCase(), 'X-KB-ID': kb_id.toUpperCase() }
    expect(await asked(upper)).toBe(200)
    for (const id of [`urn:${two.acme}`, `{${two.acme}}`, two.acme.replace('_', '-')]) {
      expect([id, [400, 403].includes(await asked({ 'X-Tenant-ID': id }))]).toEqual([id, true])
    }
    expect(await asked({ 'LIGHTRAG-WORKSPACE': workspace })).toBe(200)
    expect(await asked({ 'LIGHTRAG-WORKSPACE': workspace.toUpperCase() })).toBe(403)
    const open = (await two.server.gauges()).engines.map((engine) => engine.workspace)
    expect(open.filter((name) => /^acme/i.test(name))).toEqual([workspace])
  })

  it('reaches two places whose names come to the same when they are joined', async () => {
    const server = await startControlServer()
    try {
      const boss = await server.user('boss')
      const places = [
        ['a_b', 'c'],
        ['a', 'b_c'],
      ] as const
      for (const [tenant, kb] of places) {
        await boss.call('POST', '/api/v1/tenants', { body: { name: tenant, slug: tenant } })
        const made = await boss.call('POST', `/api/v1/tenants/${tenant}/kbs`, {
          body: { name: kb, slug: kb },
        })
        expect([tenant, made.status]).toEqual([tenant, 201])
        const headers = { 'X-Tenant-ID': tenant, 'X-KB-ID': kb }
        const body = { text: `A note of ${tenant}.`, file_source: `${tenant}.txt` }
        await boss.call('POST', '/documents/text', { body, headers })
      }
      for (const [tenant, kb] of places) {
        const headers = { 'X-Tenant-ID': tenant, 'X-KB-ID': kb }
        const { text } = await boss.call('GET', '/documents', { headers })
        expect(text.match(/"file_path":"(\w+)\.txt"/)?.[1]).toBe(tenant)
        expect(text.match(/"file_path"/g)).toHaveLength(1)
      }
      const open = (await server.gauges()).engines.map(({ workspace }) => workspace)
      expect(open.sort()).toEqual(['a__b_c', 'a_b__c'])
    } finally {
      await server.close()
    }
  })

  it('exempts no address that merely begins like an open one', async () => {
    const nobody = two.server.by({})
    for (const path of ['/apianything', '/api/tagsx', '/healthy', '/loginx', '/auth-statusx']) {
      expect([path, [401, 404].includes((await nobody('GET', path)).status)]).toEqual([path, true])
    }
    for (const path of [
      '/api/tags',
      '/api/version',
      '/api/ps',
      '/api/%74ags',
      '/api/v1/tenants',
      '/documents',
      '/graphs?label=x',
      '/documents?path=/health',
    ]) {
      expect([path, (await nobody('GET', path)).status]).toEqual([path, 401])
    }
    const health = await nobody('GET', '/health')
    expect(health.status).toBe(200)
    expect(health.text).not.toMatch(/rag_storage|inputs|working_dir|acme|techstart/)
  })
})
