import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DATA_ALIAS } from '../../../src/control/wire/data-alias.ts'
import { ROUTE_PERMISSIONS } from '../../contract/route-permissions.ts'
import { type Answer, send } from '../../isolation/http-call.ts'
import { type Ids, ROUTE_CASES } from '../../isolation/route-cases.ts'
import { type Account, type Headers, type Management, startManagement } from '../management.ts'
import { RAGFLOW_CASES } from '../ragflow-cases.ts'
import { CONTROL_CASES, type Scene } from '../routes/control-cases.ts'
import { setScene } from '../scene.ts'

/** Words of the tenant that nobody else may read. */
const CANARIES = ['zorblax', 'quillmark', 'vexington']

const IDS: Ids = {
  documentId: 'doc-0123456789',
  chunkId: 'chunk-0123456789',
  trackId: 'insert_20260101_000000_01234567',
  entity: 'Harlan Dunmore',
  otherEntity: 'Lake Brindle',
  file: 'lake.txt',
  text: 'Harlan Dunmore lives at Lake Brindle.',
}

let management: Management
let intruder: Account
let victim: Scene
let own: Scene
/** A view that the victim keeps. */
let snapshot: { readonly token: string; readonly snapshot_id: string }
/** Requests that were refused. */
const refused: string[] = []

beforeAll(async () => {
  management = await startManagement({ TENANT_DEFAULT_QUOTA: '{"max_kb_per_tenant": null}' })
  const { operator, ask, addUser, insert } = management
  const owner = await addUser('quillmark')
  intruder = await addUser('dunmore')
  const found = async (name: string, slug: string, account: Account) => {
    const body = { name, slug, owner: account.id }
    const { tenant_id } = await ask(operator, 'POST', '/api/v1/tenants', body)
    return setScene(management, account, String(tenant_id))
  }
  victim = await found('Zorblax Holding', 'zorblax', owner)
  own = await found('Techstart', 'techstart', intruder)
  await insert({ ...owner.headers, 'x-tenant-id': 'zorblax' }, 'Zorblax owns Mount Vexington.')
  const view = { route: '/documents', state: { filter: 'vexington' } }
  const kept = await ask(owner.headers, 'POST', '/api/v1/snapshots', view)
  snapshot = { token: String(kept.token), snapshot_id: String(kept.snapshot_id) }
}, 240_000)
afterAll(() => management?.close())

/** Sends a request that must be refused, and looks through what comes back. */
async function intrude(
  method: string,
  call: { readonly path: string; readonly body?: unknown },
  more: Headers = {},
): Promise<Answer> {
  const id = `intrusion-${refused.length}`
  const headers = { ...intruder.headers, ...more, 'x-request-id': id }
  const answer = await send(management.server.url, method, call, headers)
  const read = `${answer.text} ${JSON.stringify(answer.headers)}`.toLowerCase()
  const sent = answer.sent.toLowerCase()
  const seen = CANARIES.filter((word) => read.includes(word) && !sent.includes(word))
  expect(seen, `${method} ${call.path}`).toEqual([])
  refused.push(id)
  return answer
}

const scoped = Object.entries(CONTROL_CASES).filter(([route]) => route.includes(':tenant'))
const named = scoped.filter(([route]) => /:(kb|user|invitation|key)\b/.test(route))

const byHeader = Object.entries(CONTROL_CASES).filter(([route]) => {
  return route.includes(' /knowledge-bases') || route === 'GET /tenants/me'
})

/** Those that name a tenant, or something of one. */
const inRagflow = Object.entries(RAGFLOW_CASES).filter(
  ([, { needs }]) => needs !== 'signed-in' && needs !== 'super-admin',
)

describe('who is no member', () => {
  it.each(scoped)('is told by %s that there is no such tenant', async (route, { needs, call }) => {
    const answer = await intrude(route.split(' ')[0] ?? '', await apiCall(call(victim)))
    expect(answer.status, answer.text).toBe(needs === 'super-admin' ? 403 : 404)
    const unknown = await apiCall(call({ ...victim, tenant: 'tnt_of_nobody' }))
    const other = await intrude(route.split(' ')[0] ?? '', unknown)
    expect(other.status).toBe(answer.status)
    expect(messageOf(other)).toBe(messageOf(answer))
  })

  it('is told so by the slug as well', async () => {
    const answer = await intrude('GET', { path: '/api/v1/tenants/zorblax' })
    expect(answer.status).toBe(404)
  })

  it('is told nothing of a deletion', async () => {
    const path = `/api/v1/deletions/${victim.deletionJob}`
    expect((await intrude('GET', { path })).status).toBe(404)
  })

  it.each(named)('finds nothing of another tenant in their own by %s', async (route, { call }) => {
    const { path, body } = await apiCall(call({ ...victim, tenant: own.tenant }))
    // Every tenant has a knowledge base of this slug.
    const foreign = path.includes('/default')
      ? path.replace('/default', `/${await victim.kb()}`)
      : path
    const answer = await intrude(route.split(' ')[0] ?? '', { path: foreign, body })
    expect(answer.status, answer.text).toBe(404)
  })

  it('names another tenant in the header than in the path', async () => {
    for (const more of [{ 'x-tenant-id': victim.tenant }, { 'x-tenant-id': 'zorblax' }]) {
      const path = `/api/v1/tenants/${own.tenant}/members`
      const answer = await intrude('GET', { path }, more)
      expect(answer.status).toBe(404)
    }
  })

  it.each(byHeader)(
    'is told by %s that there is no such tenant in the header',
    async (route, { call }) => {
      for (const tenant of [victim.tenant, 'zorblax']) {
        const made = await apiCall(call(victim))
        const answer = await intrude(route.split(' ')[0] ?? '', made, { 'x-tenant-id': tenant })
        expect(answer.status, answer.text).toBe(404)
      }
    },
  )

  it('is told nothing of an invitation', async () => {
    const id = await victim.invitation()
    for (const verb of ['accept', 'decline']) {
      const path = `/api/v1/users/me/invitations/${id}/${verb}`
      expect((await intrude('POST', { path })).status).toBe(404)
    }
  })

  it('reaches no data by a path', async () => {
    const routes = Object.entries(ROUTE_CASES).filter(
      ([route]) => ROUTE_PERMISSIONS[route.replace(' ', ` ${DATA_ALIAS}`)] !== undefined,
    )
    expect(routes.length).toBeGreaterThan(40)
    const { server } = management
    const theirs = async () =>
      (await server.gauges()).engines.find(({ workspace }) => workspace.startsWith('zorblax'))
    const before = await theirs()
    for (const [route, { call }] of routes) {
      const [method = ''] = route.split(' ')
      for (const tenantKb of [`${victim.tenant}/kbs/default`, 'zorblax/kbs/default']) {
        const path = `/api/v1/tenants/${tenantKb}${call(IDS).path}`
        const answer = await intrude(method, { ...call(IDS), path })
        expect(answer.status, `${method} ${path}: ${answer.text}`).toBe(403)
      }
      const path = `/api/v1/tenants/${own.tenant}/kbs/default${call(IDS).path}`
      const two = await intrude(method, { ...call(IDS), path }, { 'x-tenant-id': victim.tenant })
      expect(two.status, `${method} ${path}: ${two.text}`).toBe(403)
    }
    expect(await theirs()).toEqual(before)
  }, 240_000)

  it.each(inRagflow)('is told by %s as little in RAGFlow’s words', async (route, { call }) => {
    const [method = ''] = route.split(' ')
    const unknown = { ...victim, tenant: 'tnt_of_nobody', apiKey: async () => 'key_of_nobody' }
    const foreign = await intrude(method, await call(victim))
    const none = await intrude(method, await call(unknown))
    const code = RAGFLOW_CASES[route]?.refusal
    expect([foreign.status, JSON.parse(foreign.text).code], foreign.text).toEqual([200, code])
    expect(none.text).toBe(foreign.text)
  })

  it('finds nobody of another tenant in their own by RAGFlow’s paths', async () => {
    const path = `/api/v1/tenant/${own.tenant}/user/${await victim.member()}`
    const { text } = await intrude('DELETE', { path })
    expect(JSON.parse(text).code).toBe(102)
    const list = { path: `/api/v1/tenant/${own.tenant}/user/list` }
    const other = await intrude('GET', list, { 'x-tenant-id': victim.tenant })
    expect(JSON.parse(other.text)).toMatchObject({ code: 102, data: null })
  })

  it('reaches no view that another tenant keeps', async () => {
    const { token, snapshot_id } = snapshot
    const calls = [
      ['GET', { path: '/api/v1/snapshots' }],
      ['POST', { path: '/api/v1/snapshots', body: { route: '/documents' } }],
      ['GET', { path: `/api/v1/snapshots/${token}` }],
      ['DELETE', { path: `/api/v1/snapshots/${snapshot_id}` }],
    ] as const
    for (const [method, call] of calls) {
      for (const tenant of [victim.tenant, 'zorblax']) {
        expect((await intrude(method, call, { 'x-tenant-id': tenant })).status).toBe(403)
      }
    }
    for (const [method, id, none] of [
      ['GET', token, 'trs_of_nobody'],
      ['DELETE', snapshot_id, 'snp_of_nobody'],
    ] as const) {
      const foreign = await intrude(method, { path: `/api/v1/snapshots/${id}` })
      const unknown = await intrude(method, { path: `/api/v1/snapshots/${none}` })
      expect([foreign.status, unknown.status]).toEqual([404, 404])
      expect(messageOf(foreign)).toBe(messageOf(unknown))
    }
    const { items } = await management.ask(intruder.headers, 'GET', '/api/v1/snapshots')
    expect(items).toEqual([])
  })

  it('sees their own tenant alone in lists', async () => {
    const { items } = await management.ask(intruder.headers, 'GET', '/api/v1/tenants?page_size=100')
    expect(items).toMatchObject([{ tenant_id: own.tenant }])
  })

  it('has left one line in the audit for each attempt, without a name', async () => {
    // Those of the tests before it are counted too, where they have run.
    for (const [route, { call }] of [...scoped, ...byHeader]) {
      const more = { 'x-tenant-id': victim.tenant }
      await intrude(route.split(' ')[0] ?? '', await apiCall(call(victim)), more)
    }
    for (const [route, { call }] of inRagflow) {
      await intrude(route.split(' ')[0] ?? '', await call(victim))
    }
    await intrude('GET', { path: `/api/v1/tenants/zorblax/kbs/default/documents` })
    const lines = await management.auditLines()
    const counts = new Map<string | undefined, number>()
    for (const { request } of lines) counts.set(request, (counts.get(request) ?? 0) + 1)
    expect(refused.filter((id) => counts.get(id) !== 1)).toEqual([])
    const text = JSON.stringify(lines).toLowerCase()
    expect(CANARIES.filter((word) => text.includes(word))).toEqual([])
    console.log(`Foreign ids: ${refused.length} requests refused, each with one audit line`)
  })
})

async function apiCall(made: ReturnType<(typeof CONTROL_CASES)[string]['call']>) {
  const { path, body } = await made
  return { path: `/api/v1${path}`, body }
}

function messageOf({ text }: Answer): unknown {
  return JSON.parse(text).detail
}
