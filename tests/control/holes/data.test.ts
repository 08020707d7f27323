import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { OPERATOR } from '../../../src/control/authority/actor.ts'
import { type ModelServer, startModelServer } from '../../fixtures/model-server/model-server.ts'
import { openControlAt, PASSWORD, signIn } from '../control-server.ts'
import { actorOf, startTwoTenants, type TwoTenants } from './holes-company.ts'

describe('the data of tenants', () => {
  let provider: ModelServer
  let two: TwoTenants
  beforeAll(async () => {
    provider = await startModelServer()
    two = await startTwoTenants({
      LLM_BINDING: 'openai',
      LLM_BINDING_HOST: provider.openAiUrl,
      LLM_BINDING_API_KEY: 'common-key',
      LLM_MODEL: 'common-model',
      MODEL_PRICES: JSON.stringify({ 'common-model': { prompt: 1, completion: 1 } }),
    })
  })
  afterAll(async () => {
    await two.server.close()
    await provider.close()
  })

  /** Another process at the same database, which knows the prices. */
  const openSecondPlane = () => openControlAt(two.server.folder, { 'common-model': { prompt: 1 } })
  const upload = (who: TwoTenants['ann'], name: string, text: string) => {
    const raw = new FormData()
    raw.append('file', new Blob([text]), name)
    return who.call('POST', '/documents/upload', { raw })
  }
  const names = async (who: TwoTenants['ann']) => (await who.call('GET', '/documents')).text

  it('are apart in uploads: the same file name, a scan and a clearing concern one tenant', async () => {
    expect((await upload(two.ann, 'plan.txt', 'Acme builds a lathe in Ulm.')).body.status).toBe(
      'success',
    )
    expect((await upload(two.tom, 'plan.txt', 'Techstart sells antennas.')).body.status).toBe(
      'success',
    )
    await two.insert(two.tom, 'A second text of Techstart.')
    expect((await two.ann.call('POST', '/documents/scan')).status).toBe(200)
    expect((await two.ann.call('DELETE', '/documents')).status).toBe(200)
    expect(await names(two.tom)).toContain('plan.txt')
    await expect.poll(() => names(two.ann), { timeout: 50_000 }).not.toContain('plan.txt')
    for (const [who, id, slug] of [
      [two.ann, two.acme, 'acme'],
      [two.tom, two.techstart, 'techstart'],
    ] as const) {
      const tenants = (await who.call('GET', '/api/v1/tenants')).body
      expect(tenants.items).toMatchObject([{ slug, role: 'owner', num_knowledge_bases: 1 }])
      const path = `/api/v1/tenants/${id}`
      expect((await who.call('GET', `${path}/members`)).body.items).toHaveLength(1)
      expect((await who.call('GET', `${path}/kbs`)).body.items).toMatchObject([{ slug: 'default' }])
    }
  })

  it('are of one folder each: what lies in another is neither taken in nor cleared away', async () => {
    const inputs = async (who: TwoTenants['ann']) => {
      const folder: string = (await who.call('GET', '/health')).body.input_directory
      await mkdir(folder, { recursive: true })
      return folder
    }
    const scan = async (who: TwoTenants['ann']) => {
      const { track_id } = (await who.call('POST', '/documents/scan')).body
      const status = async () =>
        (await who.call('GET', `/documents/scan/status/${track_id}`)).body.status
      await expect.poll(status, { timeout: 50_000 }).toBe('completed')
    }
    const foreign = await inputs(two.tom)
    expect(await inputs(two.ann)).not.toBe(foreign)
    await writeFile(join(await inputs(two.ann), 'lathes.txt'), 'Lathes cost eleven.')
    await writeFile(join(foreign, 'antennas.txt'), 'Antennas cost nine.')
    const waiting = await upload(two.tom, 'price.txt', 'Nine is the price of an antenna.')
    expect(waiting.body.status).toBe('success')
    await scan(two.ann)
    expect(await names(two.ann)).toContain('lathes.txt')
    expect(await names(two.ann)).not.toMatch(/antennas\.txt|price\.txt/)
    expect((await upload(two.ann, 'price.txt', 'Eleven is that of a lathe.')).body.status).toBe(
      'success',
    )
    const ofOthers = async () =>
      (await readdir(join(two.server.folder, 'inputs'), { recursive: true }))
        .filter((name) => !name.startsWith('acme'))
        .sort()
    const before = await ofOthers()
    const clear = async () => (await two.ann.call('DELETE', '/documents')).body.status
    await expect.poll(clear, { timeout: 50_000 }).toBe('success')
    expect(await names(two.ann)).not.toMatch(/lathes\.txt|price\.txt/)
    expect(await ofOthers()).toEqual(before)
    expect(before).toContain('techstart__default/antennas.txt')
    await scan(two.tom)
    const listed = async () => (await two.tom.call('GET', '/documents')).body.statuses.processed
    await expect
      .poll(async () => JSON.stringify(await listed()), { timeout: 50_000 })
      .toMatch(/antennas\.txt.*price\.txt|price\.txt.*antennas\.txt/)
    const [own] = (await listed()).filter(
      ({ file_path }: { file_path: string }) => file_path === 'price.txt',
    )
    const chunks = await two.tom.call('GET', `/documents/${own.id}/chunks`)
    expect(chunks.text).toContain('Nine is the price')
  })

  it('answer chat programs from the caller’s own workspace', async () => {
    await two.insert(two.ann, 'Quibbleworth repairs the lathe in Ulm.')
    const messages = [{ role: 'user', content: '/context Who is Quibbleworth?' }]
    for (const stream of [false, true]) {
      const ask = (who: TwoTenants['ann']) =>
        who.call('POST', '/api/chat', { body: { model: 'lightrag:latest', messages, stream } })
      expect((await ask(two.ann)).text).toContain('Quibbleworth repairs')
      const foreign = await ask(two.tom)
      expect(foreign.status).toBe(200)
      expect(foreign.text).not.toContain('Quibbleworth repairs')
    }
  })

  it('are asked with each caller’s own system prompt, which stays with that call', async () => {
    const asked = 'Answer like a XANTHIPPE.'
    const chat = { model: 'lightrag:latest', stream: false }
    const inData = (query: string) => ({ query, mode: 'naive', ll_keywords: ['harbour'] })
    await two.insert(two.ann, 'The harbour of Ulm has two cranes.')
    await two.insert(two.tom, 'The harbour of Bonn has three cranes.')
    const ways = [
      ['/api/generate', (q: string) => ({ ...chat, prompt: `/bypass ${q}` }), { system: asked }],
      [
        '/api/chat',
        (q: string) => ({ ...chat, messages: [{ role: 'user', content: `/bypass ${q}` }] }),
        { system: asked },
      ],
      ['/query', inData, { user_prompt: asked }],
      ['/query/stream', inData, { user_prompt: asked }],
      ['/query', inData, { conversation_history: [{ role: 'user', content: asked }] }],
    ] as const
    const sent = () => JSON.stringify(provider.callsOf('chat').map((call) => call.body))
    for (const [number, [path, bodyOf, more]] of ways.entries()) {
      const ask = async (who: TwoTenants['ann'], question: string, with_: object = {}) => {
        const body = { ...bodyOf(`${question} in harbour ${number}?`), ...with_ }
        expect((await who.call('POST', path, { body })).status).toBe(200)
      }
      provider.reset()
      await ask(two.ann, 'Which cranes are', more)
      expect([path, sent()]).toEqual([path, expect.stringContaining('XANTHIPPE')])
      provider.reset()
      await ask(two.tom, 'How many cranes are')
      await ask(two.ann, 'How many cranes are')
      expect(provider.callsOf('chat').length).toBeGreaterThan(1)
      expect([path, sent()]).not.toEqual([path, expect.stringContaining('XANTHIPPE')])
    }
  })

  it('share no answer of a model: the same question is paid by each tenant', async () => {
    const headers = { 'X-KB-ID': 'twin' }
    const paid = async (work: () => Promise<unknown>) => {
      provider.reset()
      await work()
      return provider.callsOf('chat').length
    }
    const costs = async (who: TwoTenants['ann'], t: string) => {
      await two.server.plane.kbs.create(actorOf(who), t, { name: 'twin' })
      const text = 'Galena Brook keeps the archive of the harbour.'
      const body = { query: 'Who keeps the archive of the harbour?' }
      const ask = () => who.call('POST', '/query', { headers, body })
      const indexed = await paid(() => two.insert(who, text, headers))
      return { indexed, asked: await paid(ask), again: await paid(ask) }
    }
    const first = await costs(two.ann, two.acme)
    expect(Math.min(first.indexed, first.asked)).toBeGreaterThan(0)
    expect(first.again).toBeLessThan(first.asked)
    expect(await costs(two.tom, two.techstart)).toEqual(first)
  })

  it('are metered by model, step and caller of their own tenant alone', async () => {
    const usage = async (who: TwoTenants['ann'], t: string) =>
      (await who.call('GET', `/api/v1/tenants/${t}/usage?group_by=model,actor,step`)).body
    const before = (await usage(two.ann, two.acme)).total.calls
    provider.reset()
    await two.ann.call('POST', '/query', { body: { query: 'Who is metered here?' } })
    const calls = provider.callsOf('chat').length
    expect(calls).toBeGreaterThan(0)
    await two.tom.call('POST', '/query', { body: { query: 'And who is metered there?' } })
    const own = await usage(two.ann, two.acme)
    expect(own.total.calls - before).toBe(calls)
    expect((await usage(two.tom, two.techstart)).total.calls).toBeGreaterThan(0)
    expect(own.rows.map(({ step }: { step: string }) => step)).toContain('query')
    expect(own.total.cost).toBeGreaterThan(0)
    expect(own.rows.map(({ model }: { model: string }) => model)).toContain('openai:common-model')
    const actors = own.rows.map(({ actor }: { actor: string }) => actor)
    expect(actors).toContain(two.ann.id)
    expect(actors).not.toContain(two.tom.id)
    const foreign = await two.tom.call('GET', `/api/v1/tenants/${two.acme}/usage`)
    expect(foreign.status).toBe(404)
  })

  it('stop costing when the budget of the month is used up, and go on when it is raised', async () => {
    const limit = (max_monthly_cost: number | null) =>
      two.server.operator('PATCH', `/api/v1/tenants/${two.techstart}`, {
        body: { quota: { max_monthly_cost } },
      })
    const ask = () => two.tom.call('POST', '/query', { body: { query: 'What is sold?' } })
    expect((await limit(0)).status).toBe(200)
    provider.reset()
    const refused = await ask()
    expect(refused.status).toBe(402)
    expect(provider.callsOf('chat')).toEqual([])
    expect(refused.body.detail).toMatch(/budget/)
    expect(
      (await two.ann.call('POST', '/query', { body: { query: 'What is sold?' } })).status,
    ).toBe(200)
    await limit(null)
    expect((await ask()).status).toBe(200)
  })

  it('have their admins told, once each, when most and when all of the budget is spent', async () => {
    const { id } = await two.server.user('una')
    const { tenant_id } = await two.server.plane.tenants.create(OPERATOR, {
      name: 'thrifty',
      owner: id,
      quota: { max_monthly_cost: 10 },
    })
    const [kb] = (await two.server.plane.kbs.list(OPERATOR, tenant_id, {})).items
    const spend = async (promptTokens: number) => {
      const { usage } = priced
      const model = 'openai:common-model'
      usage.record({
        workspace: kb?.workspace,
        model,
        lane: 'query',
        promptTokens,
        completionTokens: 0,
      })
      await usage.flush()
    }
    const told = async () =>
      (await two.server.plane.acts.list(OPERATOR, tenant_id, { limit: 100 })).items
        .map(({ action }) => action)
        .filter((action) => action.startsWith('budget_'))
        .reverse()
    const priced = await openSecondPlane()
    try {
      await spend(7000)
      expect(await told()).toEqual([])
      await spend(1500)
      await spend(1000)
      expect(await told()).toEqual(['budget_warning'])
      await spend(1000)
      await spend(1000)
      expect(await told()).toEqual(['budget_warning', 'budget_reached'])
    } finally {
      await priced.close()
    }
  })

  it('stop at zero credit, which each call takes from and nobody but an operator adds to', async () => {
    const path = `/api/v1/tenants/${two.techstart}`
    const give = (credit: number | null) => two.server.operator('PATCH', path, { body: { credit } })
    const ask = () => two.tom.call('POST', '/query', { body: { query: 'Which antennas?' } })
    await give(0.001)
    await ask()
    await expect
      .poll(async () => (await two.tom.call('GET', path)).body.credit, { timeout: 50_000 })
      .toBeLessThan(0.001)
    await give(0)
    provider.reset()
    for (const [route, body] of [
      ['/query', { query: 'Which antennas?' }],
      ['/query/stream', { query: 'Which antennas?' }],
      ['/query/data', { query: 'Which antennas?' }],
      ['/documents/text', { text: 'Antennas of brass.' }],
      ['/documents/scan'],
      ['/documents/reprocess_failed'],
      ['/documents/some/retry_chunks'],
      ['/graph/entity/create', { entity_name: 'Antenna', entity_data: {} }],
    ] as const) {
      const { status } = await two.tom.call('POST', route, body === undefined ? {} : { body })
      expect([route, status]).toEqual([route, 402])
    }
    expect(provider.callsOf('chat')).toEqual([])
    const own = await two.tom.call('PATCH', path, { body: { credit: 100 } })
    expect(own.status).toBe(403)
    await give(null)
    expect((await ask()).status).toBe(200)
  })

  it('and who asks for them are named by no token, key or password in the log', async () => {
    const printed = [
      vi.spyOn(process.stdout, 'write'),
      vi.spyOn(process.stderr, 'write'),
      ...(['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
        vi.spyOn(console, name),
      ),
    ]
    onTestFinished(() => {
      for (const spy of printed) spy.mockRestore()
    })
    const made = await two.ann.call('POST', `/api/v1/tenants/${two.acme}/api-keys`, {
      body: { name: 'ci', role: 'editor' },
    })
    const { key } = made.body
    await two.server.by({ 'x-api-key': key })('GET', '/documents')
    await two.server.by({ authorization: `Bearer ${key}` })('GET', '/documents')
    const secret = await two.ann.call('PUT', `/api/v1/tenants/${two.acme}/provider-keys/openai`, {
      body: { key: 'sk-qzvmXw7fTbHr2LpYd9' },
    })
    expect(secret.status).toBeLessThan(300)
    await two.server.by({})('GET', '/documents', { headers: { 'x-api-key': `${key}x` } })
    const token = await signIn(two.server.url, 'ann')
    for (const path of ['/documents', '/api/v1/users/me', '/auth/explain']) {
      await two.server.by({ authorization: `Bearer ${token}` })('GET', path)
      await two.server.by({ authorization: `Bearer ${token}x` })('GET', path)
    }
    const raw = new URLSearchParams({ username: 'ann', password: `${PASSWORD}, mistyped` })
    expect((await two.server.by({})('POST', '/login', { raw })).status).toBe(401)
    const invited = await two.ann.call('POST', `/api/v1/tenants/${two.acme}/invitations`, {
      body: { email: 'logged@example.com' },
    })
    // Where its link leads when nothing else answers there.
    await two.server.by({})('GET', `/invitations/${invited.body.token}`)
    const state = { route: '/documents', state: { page: 2 } }
    const view = await two.ann.call('POST', '/api/v1/snapshots', { body: state })
    await two.ann.call('GET', `/api/v1/snapshots/${view.body.token}`)
    await two.ann.call('PUT', `/api/v1/snapshots/${view.body.token}`)
    expect(two.server.log.length).toBeGreaterThan(50)
    const log = [
      ...two.server.log,
      ...printed.flatMap(({ mock }) => mock.calls.map((words) => inspect(words))),
    ].join('')
    const [, claims = '', signature = ''] = token.split('.')
    const { ver } = JSON.parse(Buffer.from(claims, 'base64url').toString())
    for (const secret of [
      key,
      invited.body.token,
      view.body.token,
      claims,
      signature,
      ver,
      PASSWORD,
      'sk-qzvmXw7fTbHr2LpYd9',
      'common-key',
    ]) {
      const found = piecesOf(secret).filter((piece) => log.includes(piece))
      expect([secret, found]).toEqual([secret, []])
    }
    const audit = await readFile(
      join(two.server.folder, 'rag_storage', '_control', 'audit.log'),
      'utf8',
    )
    for (const word of [key, token, PASSWORD, 'sk-qzvmXw7f']) expect(audit).not.toContain(word)
  })

  it('keep names apart that differ only in "-" and "_", and refuse those that differ in case', async () => {
    const create = (slug: string) =>
      two.ann.call('POST', '/api/v1/tenants', { body: { name: 'n', slug } })
    const [one, other] = [await create('a-b'), await create('a_b')]
    expect([one.status, other.status]).toEqual([201, 201])
    expect((await create('A-B')).status).toBe(409)
    const refused = ['a__b', '..', '', 'con', '_a', 'ä', 'a/b', 'a\u0000b', 'x'.repeat(61)]
    for (const slug of [...refused, 'default', 'Default']) {
      expect([slug, (await create(slug)).status]).toEqual([slug, 422])
    }
    const inOne = `/api/v1/tenants/${one.body.tenant_id}/kbs`
    for (const [slug, status] of [
      ['c-d', 201],
      ['c_d', 201],
      ['C-D', 409],
      ['c__d', 422],
    ] as const) {
      const made = await two.ann.call('POST', inOne, { body: { name: 'n', slug } })
      expect([slug, made.status]).toEqual([slug, status])
    }
    const places = ['a-b/default', 'a_b/default', 'a-b/c-d', 'a-b/c_d']
    const at = (tenantKb: string) => {
      const [tenant = '', kb = ''] = tenantKb.split('/')
      return { 'X-Tenant-ID': tenant, 'X-KB-ID': kb }
    }
    for (const tenantKb of places) {
      const body = {
        text: `Here is ${tenantKb}.`,
        file_source: `${tenantKb.replace('/', '.')}.txt`,
      }
      const stored = await two.ann.call('POST', '/documents/text', { headers: at(tenantKb), body })
      expect([tenantKb, stored.status]).toEqual([tenantKb, 200])
    }
    const folders = new Set<string>()
    for (const tenantKb of places) {
      const listed = await two.ann.call('GET', '/documents', { headers: at(tenantKb) })
      const files = Object.values<{ file_path: string }[]>(listed.body.statuses)
        .flat()
        .map(({ file_path }) => file_path)
      expect([tenantKb, files]).toEqual([tenantKb, [`${tenantKb.replace('/', '.')}.txt`]])
      const health = await two.ann.call('GET', '/health', { headers: at(tenantKb) })
      folders.add(health.body.input_directory)
    }
    expect(folders.size).toBe(places.length)
    const kbs = await two.server.plane.core.db.selectFrom('kbs').select('workspace').execute()
    const folded = kbs.map(({ workspace }) => workspace.toLowerCase())
    expect(new Set(folded).size).toBe(kbs.length)
  })

  it('go with their tenant, however many knowledge bases it has', async () => {
    const { plane } = two.server
    const { tenant_id } = await plane.tenants.create(OPERATOR, {
      name: 'wide',
      quota: { max_kb_per_tenant: null },
      owner: two.ann.id,
    })
    for (let n = 0; n < 120; n += 1) {
      await plane.kbs.create(OPERATOR, tenant_id, { name: `kb ${n}` })
    }
    for (const kb of ['default', 'kb-0', 'kb-119']) {
      const headers = { 'X-Tenant-ID': 'wide', 'X-KB-ID': kb }
      await two.insert(two.ann, `It lies in ${kb}.`, headers)
      const raw = new FormData()
      raw.append('file', new Blob([`It was brought into ${kb}.`]), 'brought.txt')
      expect((await two.ann.call('POST', '/documents/upload', { raw, headers })).status).toBe(200)
    }
    const left = async () =>
      (await readdir(two.server.folder, { recursive: true })).filter((name) =>
        name.includes('wide__'),
      )
    expect((await left()).length).toBeGreaterThan(6)
    const open = async () =>
      (await two.server.gauges()).engines.filter(({ workspace }) => /^wide/.test(workspace))
    expect(await open()).toHaveLength(3)
    const gone = await two.ann.call('DELETE', `/api/v1/tenants/wide?confirm=wide&wait=true`)
    expect(gone.status).toBe(204)
    const purged = await two.server.operator('POST', `/api/v1/tenants/${tenant_id}/purge`)
    expect(purged.body.step).toBe('purged')
    expect(await left()).toEqual([])
    expect(await open()).toEqual([])
    for (const table of ['kbs', 'memberships', 'tenants'] as const) {
      const rows = await plane.core.db
        .selectFrom(table)
        .select('tenant_id')
        .where('tenant_id', '=', tenant_id)
        .execute()
      expect([table, rows]).toEqual([table, []])
    }
  })

  it('and accounts are made together with a membership or not at all', async () => {
    const { plane } = two.server
    const { token } = await plane.invitations.create(actorOf(two.ann), two.acme, {
      email: 'new@example.com',
    })
    const accept = (username: string) =>
      two.server.by({})('POST', '/api/v1/invitations/accept', {
        body: { token, username, password: 'a long enough one' },
      })
    expect((await accept('TOM')).status).toBe(409)
    const users = () => plane.core.db.selectFrom('users').select('username').execute()
    const before = await users()
    await two.server.plane.tenants.suspend(OPERATOR, two.acme, 'a test')
    expect((await accept('newcomer')).status).toBe(410)
    expect(await users()).toEqual(before)
    await two.server.plane.tenants.resume(OPERATOR, two.acme)
    expect((await accept('newcomer')).status).toBeLessThan(300)
    const listed = await plane.members.get(actorOf(two.ann), two.acme, 'newcomer')
    expect(listed.role).toBe('viewer')
    const orphan = { name: 'orphan', slug: 'orphan', owner: 'usr_of_nobody' }
    const made = await two.server.operator('POST', '/api/v1/tenants', { body: orphan })
    expect(made.status).toBe(404)
    const left = await two.server.operator('GET', '/api/v1/tenants/orphan')
    expect(left.status).toBe(404)
  })
})

/** Every run of ten of its characters, its first ones among them. */
function piecesOf(secret: string): string[] {
  return Array.from({ length: Math.max(1, secret.length - 9) }, (_, at) =>
    secret.slice(at, at + 10),
  )
}
