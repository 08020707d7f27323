import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ROLES } from '../../src/tenancy/principal.ts'
import { ROUTE_PERMISSIONS } from '../contract/route-permissions.ts'
import { type Account, type Headers, type Management, startManagement } from './management.ts'
import { RAGFLOW_CASES } from './ragflow-cases.ts'
import { CONTROL_CASES, type ControlCase, type Scene } from './routes/control-cases.ts'
import { setScene } from './scene.ts'

/** Everything that lets somebody in, as it stands in the control database: one line for each. */
const RIGHTS = `
  SELECT 'account ' || user_id || ' ' || coalesce(password_hash, '') || super_admin
    FROM users WHERE disabled = 0
  UNION ALL SELECT 'member ' || tenant_id || user_id || ' ' || role || ' ' || coalesce(kb_ids, '')
    FROM memberships
  UNION ALL SELECT 'invitation ' || invitation_id || token_digest || expires_at
    FROM invitations WHERE status = 'pending'
  UNION ALL SELECT 'key ' || key_id || digest || role || coalesce(kb_ids, '')
      || coalesce(expires_at, 'ever') FROM api_keys WHERE revoked_at IS NULL`

/** Where what the table of routes sends says less than the route can do. */
const SENT_INSTEAD: Readonly<Record<string, (scene: Scene) => unknown>> = {
  'PATCH /api/v1/tenants/:tenant/api-keys/:key': () => ({ expires_at: '2099-01-01T00:00:00Z' }),
  'PUT /api/v1/tenants/:tenant/members/:user': () => ({ role: 'admin' }),
  'POST /api/v1/tenants/:tenant/transfer': async (scene) => ({ user_id: await scene.member() }),
}

/** Each route of the management and of RAGFlow's paths that changes something, second spellings too. */
const ROUTES = Object.keys(ROUTE_PERMISSIONS).filter((route) => {
  const isOfManagement = caseOf(route) !== undefined
  return isOfManagement && !route.startsWith('GET ')
})

let management: Management
let scene: Scene
let owner: Account
let database: Database.Database
const keys = new Map<string, Headers>()

beforeAll(async () => {
  management = await startManagement({
    TENANT_SELF_SERVICE: 'true',
    TENANT_DEFAULT_QUOTA: '{"max_kb_per_tenant": null}',
  })
  const { operator, ask, addUser, server } = management
  owner = await addUser('owner')
  const acme = { name: 'Acme', slug: 'acme', owner: owner.id }
  const { tenant_id } = await ask(operator, 'POST', '/api/v1/tenants', acme)
  const path = `/api/v1/tenants/${tenant_id}/api-keys`
  for (const role of ROLES) {
    const { key } = await ask(owner.headers, 'POST', path, { name: role, role })
    keys.set(role, { 'x-api-key': String(key) })
  }
  const { key } = await ask(operator, 'POST', path, { name: 'of the operator', role: 'owner' })
  keys.set('owner, made by an operator', { 'x-api-key': String(key) })
  scene = await setScene(management, owner, String(tenant_id), await addUser('guest'))
  const control = join(server.folder, 'rag_storage/_control/control.db')
  database = new Database(control, { readonly: true })
}, 60_000)
afterAll(async () => {
  database?.close()
  await management?.close()
})

function caseOf(route: string): Pick<ControlCase, 'call' | 'after' | 'last'> | undefined {
  return CONTROL_CASES[route.replace(' /api/v1', ' ')] ?? RAGFLOW_CASES[route]
}

/** What each caller brings into the database by a route: the kinds of what was not there before. */
async function given(route: string, callers: readonly Headers[]): Promise<string[][]> {
  const [method = ''] = route.split(' ')
  const { call, after } = caseOf(route) as ControlCase
  const tenant: Headers = route.includes(':tenant') ? {} : { 'x-tenant-id': scene.tenant }
  const made: string[][] = []
  let request: { readonly path: string; readonly body: unknown } | undefined
  for (const headers of callers) {
    if (request === undefined) {
      const { path, body } = await call(scene)
      const sent = (await SENT_INSTEAD[route]?.(scene)) ?? body
      request = { path: route in RAGFLOW_CASES ? path : `/api/v1${path}`, body: sent }
    }
    const { path, body } = request
    const before = new Set(rights())
    const answer = await management.call({ ...headers, ...tenant }, method, path, body)
    expect([route, answer.status < 500]).toEqual([route, true])
    const lines = rights().filter((line) => !before.has(line))
    made.push(lines.map((line) => line.split(' ')[0] ?? ''))
    // What was refused has left things as they were for the next.
    if (answer.status === 403) continue
    request = undefined
    await after?.(scene)
  }
  if (request !== undefined) await after?.(scene)
  return made
}

function rights(): string[] {
  return database.prepare<[], string>(RIGHTS).pluck().all()
}

it('no route gives anybody an account, a membership, an invitation or a key for a key', async () => {
  const broken: string[] = []
  for (const route of ROUTES) {
    const made = await given(route, [...keys.values()])
    for (const [i, name] of [...keys.keys()].entries()) {
      if (made[i]?.length !== 0) broken.push(`${route} by a key of ${name}: ${made[i]}`)
    }
  }
  console.log(`Keys: ${ROUTES.length} routes × ${keys.size} keys`)
  expect(broken).toEqual([])
}, 120_000)

it('and these give them to who is signed in', async () => {
  const giving: string[] = []
  for (const route of ROUTES.filter((one) => caseOf(one)?.last !== true)) {
    const made = new Set((await given(route, [owner.headers, management.operator])).flat())
    if (made.size > 0) giving.push(`${route}: ${[...made].sort().join(', ')}`)
  }
  expect(giving.sort()).toMatchInlineSnapshot(`
    [
      "PATCH /api/v1/tenants/:tenant/api-keys/:key: key",
      "POST /api/v1/admin/users: account",
      "POST /api/v1/system/new_token: key",
      "POST /api/v1/tenant/:tenant_id/user: invitation",
      "POST /api/v1/tenant/create: member",
      "POST /api/v1/tenants/:tenant/api-keys/:key/rotate: key",
      "POST /api/v1/tenants/:tenant/api-keys: key",
      "POST /api/v1/tenants/:tenant/invitations/:invitation/resend: invitation",
      "POST /api/v1/tenants/:tenant/invitations: invitation",
      "POST /api/v1/tenants/:tenant/members: member",
      "POST /api/v1/tenants/:tenant/transfer: member",
      "POST /api/v1/tenants: member",
      "PUT /api/v1/admin/users/:user/password: account",
      "PUT /api/v1/tenants/:tenant/members/:user: member",
    ]
  `)
}, 60_000)
