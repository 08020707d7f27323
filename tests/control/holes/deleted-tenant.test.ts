import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ModelServer, startModelServer } from '../../fixtures/model-server/model-server.ts'
import { startTwoTenants, type TwoTenants } from './holes-company.ts'

/** Words that stand nowhere but in what the tenant wrote; one for each place. */
const CANARIES = {
  name: 'Quagmirel',
  slug: 'quagmirel-works',
  description: 'bellwethered',
  metadata: 'farthingale',
  config: 'gongoozler',
  document: 'Tintinnabulum',
  fileName: 'snollygoster',
  uploaded: 'Widdershin',
  question: 'Absquatulate',
  entity: 'Borborygmus',
  kb: 'Collywobble',
  keyName: 'Flibbertigibbet',
  invited: 'gardyloo',
  providerKey: 'sk-hullaballoo-hullaballoo',
  snapshot: 'kerfuffled',
} as const

describe('a tenant that is deleted', () => {
  let provider: ModelServer
  let two: TwoTenants
  let secrets: { readonly key: string; readonly snapshot: string; readonly tenant: string }
  beforeAll(async () => {
    provider = await startModelServer()
    two = await startTwoTenants({
      LLM_BINDING: 'openai',
      LLM_BINDING_HOST: provider.openAiUrl,
      LLM_BINDING_API_KEY: 'common-key',
      LLM_MODEL: 'common-model',
      MODEL_PRICES: JSON.stringify({ '*': { prompt: 1 } }),
    })
    await two.insert(two.ann, 'Acme keeps what is its own.')
    secrets = await fill()
  })
  afterAll(async () => {
    await two.server.close()
    await provider.close()
  })

  const headers = { 'X-Tenant-ID': CANARIES.slug }
  const path = `/api/v1/tenants/${CANARIES.slug}`
  const ask = async (method: string, url: string, body?: unknown) => {
    const answer = await two.ann.call(method, url, {
      headers,
      ...(body === undefined ? {} : { body }),
    })
    if (answer.status >= 300) throw new Error(`${method} ${url}: ${answer.status} ${answer.text}`)
    return answer.body
  }
  const create = () =>
    two.ann.call('POST', '/api/v1/tenants', { body: { name: CANARIES.name, slug: CANARIES.slug } })

  async function fill() {
    const { tenant_id: tenant } = (await create()).body
    const { description, metadata, config } = CANARIES
    await ask('PATCH', path, {
      description,
      metadata: { [metadata]: metadata },
      config: { custom_metadata: { [config]: config } },
    })
    await two.insert(two.ann, `The ${CANARIES.document} rings at noon.`, headers)
    const raw = new FormData()
    raw.append(
      'file',
      new Blob([`The ${CANARIES.uploaded} turns left.`]),
      `${CANARIES.fileName}.txt`,
    )
    await two.ann.call('POST', '/documents/upload', { raw, headers })
    await two.insert(two.ann, 'Another one.', headers)
    await ask('POST', '/query', { query: `Who will ${CANARIES.question} today?` })
    await ask('POST', '/graph/entity/create', {
      entity_name: CANARIES.entity,
      entity_data: { description: CANARIES.entity },
    })
    await ask('POST', `${path}/kbs`, { name: CANARIES.kb })
    const { key } = await ask('POST', `${path}/api-keys`, {
      name: CANARIES.keyName,
      role: 'editor',
    })
    await ask('POST', `${path}/invitations`, { email: `${CANARIES.invited}@example.com` })
    await ask('PUT', `${path}/provider-keys/openai`, { key: CANARIES.providerKey })
    const state = { search: CANARIES.snapshot }
    const { token } = await ask('POST', '/api/v1/snapshots', { route: '/documents', state })
    await ask('POST', `${path}/members`, { user_id: two.tom.id, role: 'viewer' })
    // What it used is written by now.
    const usage = await ask('GET', `${path}/usage`)
    expect(usage.total.cost).toBeGreaterThan(0)
    return { key, snapshot: token, tenant }
  }

  /** The files below the server's folder that hold one of these words, in their bytes or names. */
  async function filesWith(words: readonly string[]): Promise<string[]> {
    const found: string[] = []
    for (const name of await readdir(two.server.folder, { recursive: true })) {
      const file = join(two.server.folder, name)
      if (!(await stat(file).catch(() => undefined))?.isFile()) continue
      // Journals come and go.
      const bytes = await readFile(file).catch(() => null)
      if (bytes === null) continue
      for (const word of words) {
        const spellings = [word, word.toLowerCase()]
        const inside = spellings.some(
          (one) => bytes.includes(one) || bytes.includes(Buffer.from(one, 'utf16le')),
        )
        if (inside || name.toLowerCase().includes(word.toLowerCase()))
          found.push(`${name}: ${word}`)
      }
    }
    return found.sort()
  }

  it('leaves no file, row, key, cache entry, job or usage, freed pages of databases included', async () => {
    const words = Object.values(CANARIES)
    const before = await filesWith(words)
    // Every word can be found, but the sealed one and the question: the search can fail.
    const unwritten: readonly string[] = [CANARIES.providerKey, CANARIES.question]
    for (const word of words.filter((one) => !unwritten.includes(one))) {
      expect([word, before.some((line) => line.endsWith(word))]).toEqual([word, true])
    }
    const open = async () =>
      (await two.server.gauges()).engines
        .map(({ workspace }) => workspace)
        .filter((workspace) => workspace.startsWith('quagmirel'))
    await ask('GET', '/documents')
    expect(await open()).toHaveLength(1)
    const gone = await two.ann.call('DELETE', `${path}?confirm=${CANARIES.slug}&wait=true`)
    expect(gone.status).toBe(204)
    expect(await open()).toEqual([])
    expect((await two.tom.call('GET', '/documents', { headers })).status).toBe(403)
    const byKey = two.server.by({ 'x-api-key': secrets.key })
    expect((await byKey('GET', '/documents')).status).toBe(403)
    const purged = await two.server.operator('POST', `/api/v1/tenants/${secrets.tenant}/purge`)
    expect(purged.body.step).toBe('purged')
    expect((await byKey('GET', '/documents')).status).toBe(401)
    expect(await filesWith(words)).toEqual([])
    const { db } = two.server.plane.core
    for (const table of [
      'tenants',
      'kbs',
      'memberships',
      'invitations',
      'api_keys',
      'provider_secrets',
      'levels',
      'reservations',
      'monthly_calls',
      'usage',
      'snapshots',
    ] as const) {
      const left = await db
        .selectFrom(table)
        .select('tenant_id')
        .where('tenant_id', '=', secrets.tenant)
        .execute()
      expect([table, left]).toEqual([table, []])
    }
    const acts = await db
      .selectFrom('acts')
      .selectAll()
      .where('tenant_id', '=', secrets.tenant)
      .execute()
    expect(acts.length).toBeGreaterThan(5)
    expect((await two.ann.call('GET', '/documents')).text).toContain('Acme keeps')
  })

  it('leaves a slug with which another tenant starts empty', async () => {
    const again = await create()
    expect(again.status).toBe(201)
    expect(again.body).toMatchObject({
      slug: CANARIES.slug,
      description: '',
      num_knowledge_bases: 1,
    })
    expect(again.body.tenant_id).not.toBe(secrets.tenant)
    expect((await ask('GET', '/documents')).statuses).toEqual({})
    expect((await ask('GET', '/graph/label/list')).length).toBe(0)
    expect((await ask('GET', `${path}/usage`)).rows).toEqual([])
    for (const list of ['api-keys', 'invitations'])
      expect((await ask('GET', `${path}/${list}`)).total).toBe(0)
    expect((await ask('GET', `${path}/members`)).total).toBe(1)
    expect(
      (await ask('GET', `${path}/audit`)).items.map(({ action }: { action: string }) => action),
    ).toEqual(['tenant_created'])
    const old = await two.ann.call('GET', `/api/v1/snapshots/${secrets.snapshot}`, { headers })
    expect(old.status).toBe(404)
    expect((await two.server.by({ 'x-api-key': secrets.key })('GET', '/documents')).status).toBe(
      401,
    )
    const health = await two.ann.call('GET', '/health', { headers })
    expect(health.text).not.toMatch(/"(prompt_tokens|promptTokens)":\s*[1-9]/)
  })
})

it('leaves no engine open when the server ends, of tenants that are there and that are not', async () => {
  const { server, ann, tom, techstart, insert } = await startTwoTenants()
  await insert(ann, 'Acme keeps what is its own.')
  await insert(tom, 'Techstart goes.')
  expect((await server.gauges()).engines).toHaveLength(2)
  const gone = await tom.call('DELETE', `/api/v1/tenants/${techstart}?confirm=techstart`)
  expect(gone.status).toBe(202)
  await server.close()
  expect((await server.gauges()).engines).toEqual([])
})
