import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATOR } from '../../../src/control/actor.ts'
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
    const tenants = (await two.ann.call('GET', '/api/v1/tenants')).body
    expect(tenants.items).toMatchObject([{ slug: 'acme' }])
  })

  it('answer chat programs from the caller’s own workspace', async () => {
    await two.insert(two.ann, 'Quibbleworth repairs the lathe in Ulm.')
    const messages = [{ role: 'user', content: '/context Who is Quibbleworth?' }]
    const ask = (who: TwoTenants['ann']) =>
      who.call('POST', '/api/chat', { body: { model: 'lightrag:latest', messages, stream: false } })
    expect((await ask(two.ann)).text).toContain('Quibbleworth repairs')
    const foreign = await ask(two.tom)
    expect(foreign.status).toBe(200)
    expect(foreign.text).not.toContain('Quibbleworth repairs')
  })

  it('are asked with each caller’s own system prompt, which stays with his call', async () => {
    const ask = (who: TwoTenants['ann'], system?: string) =>
      who.call('POST', '/api/generate', {
        body: {
          model: 'lightrag:latest',
          prompt: '/bypass Hello',
          stream: false,
          ...(system ? { system } : {}),
        },
      })
    const sent = () => JSON.stringify(provider.callsOf('chat').map((call) => call.body))
    provider.reset()
    await ask(two.ann, 'Answer like a XANTHIPPE.')
    expect(sent()).toContain('XANTHIPPE')
    provider.reset()
    await ask(two.tom)
    await ask(two.ann)
    expect(provider.callsOf('chat').length).toBe(2)
    expect(sent()).not.toContain('XANTHIPPE')
  })

  it('share no answer of a model: the same question is paid by each tenant', async () => {
    const text = 'Galena Brook keeps the archive of the harbour.'
    await two.insert(two.ann, text)
    provider.reset()
    await two.insert(two.tom, text)
    expect(provider.callsOf('chat').length).toBeGreaterThan(0)
  })

  it('are metered by model, step and caller of their own tenant alone', async () => {
    await two.ann.call('POST', '/query', { body: { query: 'Who keeps the archive?' } })
    const usage = async (who: TwoTenants['ann'], t: string) =>
      (await who.call('GET', `/api/v1/tenants/${t}/usage?group_by=model,actor,step`)).body
    const own = await usage(two.ann, two.acme)
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
    const refused = await ask()
    expect(refused.status).toBe(402)
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
    expect((await ask()).status).toBe(402)
    const own = await two.tom.call('PATCH', path, { body: { credit: 100 } })
    expect(own.status).toBe(403)
    await give(null)
    expect((await ask()).status).toBe(200)
  })

  it('and who asks for them are named by no token, key or password in the log', async () => {
    const made = await two.ann.call('POST', `/api/v1/tenants/${two.acme}/api-keys`, {
      body: { name: 'ci', role: 'editor' },
    })
    const { key } = made.body
    await two.server.by({ 'x-api-key': key })('GET', '/documents')
    await two.server.by({ authorization: `Bearer ${key}` })('GET', '/documents')
    const secret = await two.ann.call('PUT', `/api/v1/tenants/${two.acme}/provider-keys/openai`, {
      body: { key: 'sk-a-provider-key-of-acme' },
    })
    expect(secret.status).toBeLessThan(300)
    await two.server.by({})('GET', '/documents', { headers: { 'x-api-key': `${key}x` } })
    const token = await signIn(two.server.url, 'ann')
    expect(two.server.log.length).toBeGreaterThan(50)
    const log = two.server.log.join('')
    for (const word of [
      key,
      key.slice(0, 20),
      token,
      token.slice(0, 40),
      PASSWORD,
      'sk-a-provider',
      'common-key',
    ]) {
      expect(log).not.toContain(word)
    }
    const audit = await readFile(
      join(two.server.folder, 'rag_storage', '_control', 'audit.log'),
      'utf8',
    )
    for (const word of [key, token, PASSWORD, 'sk-a-provider']) expect(audit).not.toContain(word)
  })

  it('keep names apart that differ only in "-" and "_", and refuse those that differ in case', async () => {
    const create = (slug: string) =>
      two.ann.call('POST', '/api/v1/tenants', { body: { name: 'n', slug } })
    const [one, other] = [await create('a-b'), await create('a_b')]
    expect([one.status, other.status]).toEqual([201, 201])
    expect((await create('A-B')).status).toBe(409)
    for (const slug of ['a__b', '..', '', 'con', '_a', 'ä', 'a/b', 'a\u0000b', 'x'.repeat(61)]) {
      expect([slug, (await create(slug)).status]).toEqual([slug, 422])
    }
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
    const gone = await two.ann.call('DELETE', `/api/v1/tenants/wide?confirm=wide&wait=true`)
    expect(gone.status).toBe(204)
    const purged = await two.server.operator('POST', `/api/v1/tenants/${tenant_id}/purge`)
    expect(purged.body.step).toBe('purged')
    for (const table of ['kbs', 'memberships', 'tenants'] as const) {
      const left = await plane.core.db
        .selectFrom(table)
        .select('tenant_id')
        .where('tenant_id', '=', tenant_id)
        .execute()
      expect([table, left]).toEqual([table, []])
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
  })
})
