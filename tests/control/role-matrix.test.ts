import type { FastifyRequest } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { roleAllows } from '../../src/control/authority/tenant-permissions.ts'
import { DATA_ALIAS } from '../../src/control/wire/data-alias.ts'
import { mayUse, ruleOf } from '../../src/tenancy/permissions.ts'
import { ROLES, type Role } from '../../src/tenancy/principal.ts'
import { ROUTE_PERMISSIONS } from '../contract/route-permissions.ts'
import { send } from '../isolation/http-call.ts'
import { type Ids, ROUTE_CASES, type RouteCase } from '../isolation/route-cases.ts'
import { type Account, type Headers, type Management, startManagement } from './management.ts'
import { RAGFLOW_CASES, type RagflowCase } from './ragflow-cases.ts'
import { CONTROL_CASES, type Needs, type Scene } from './routes/control-cases.ts'
import { setScene } from './scene.ts'

/** Who calls, and with which role in the tenant. */
interface Caller {
  readonly name: string
  readonly headers: Headers
  readonly role: Role | undefined
  readonly kind: 'user' | 'key' | 'operator' | 'nobody'
  readonly owns?: true
}

const IDS: Ids = {
  documentId: 'doc-0123456789',
  chunkId: 'chunk-0123456789',
  trackId: 'insert_20260101_000000_01234567',
  entity: 'Clara Whitfield',
  otherEntity: 'Port Alder',
  file: 'coast.txt',
  text: 'Clara Whitfield surveyed the coast near Port Alder.',
}

const DATA_CASES: Readonly<Record<string, Pick<RouteCase, 'call'>>> = {
  ...ROUTE_CASES,
  'POST /api/v1/snapshots': {
    call: () => ({ path: '/api/v1/snapshots', body: { route: '/documents' } }),
  },
  'GET /api/v1/snapshots': { call: () => ({ path: '/api/v1/snapshots' }) },
  'GET /api/v1/snapshots/:token': { call: () => ({ path: '/api/v1/snapshots/trs_of_nobody' }) },
  'DELETE /api/v1/snapshots/:snapshot_id': {
    call: () => ({ path: '/api/v1/snapshots/snp_of_nobody' }),
  },
}

let management: Management
let scene: Scene
let callers: Caller[]
let cells = 0

beforeAll(async () => {
  management = await startManagement({ TENANT_DEFAULT_QUOTA: '{"max_kb_per_tenant": null}' })
  const accounts = new Map<Role | 'outsider', Account>()
  for (const name of [...ROLES, 'outsider'] as const) {
    accounts.set(name, await management.addUser(name.replace(':', '-')))
  }
  const accountOf = (name: Role | 'outsider') => accounts.get(name) as Account
  const owner = accountOf('owner')
  const { operator, ask } = management
  const acme = { name: 'Acme', slug: 'acme', owner: owner.id }
  const { tenant_id } = await ask(operator, 'POST', '/api/v1/tenants', acme)
  const members = `/api/v1/tenants/${tenant_id}/members`
  for (const role of ROLES.filter((name) => name !== 'owner')) {
    await ask(owner.headers, 'POST', members, { user_id: accountOf(role).id, role })
  }
  const other = { name: 'Techstart', slug: 'techstart', owner: accountOf('outsider').id }
  await ask(operator, 'POST', '/api/v1/tenants', other)
  const keys = `/api/v1/tenants/${tenant_id}/api-keys`
  const { key } = await ask(owner.headers, 'POST', keys, { name: 'robot', role: 'editor' })
  scene = await setScene(management, owner, String(tenant_id), accountOf('outsider'))
  callers = [
    ...ROLES.map(
      (role): Caller => ({
        name: role,
        headers: accountOf(role).headers,
        role,
        kind: 'user',
        ...(role === 'owner' ? { owns: true } : {}),
      }),
    ),
    { name: 'outsider', headers: accountOf('outsider').headers, role: undefined, kind: 'user' },
    {
      name: 'key of an editor',
      headers: { 'x-api-key': String(key) },
      role: 'editor',
      kind: 'key',
    },
    { name: 'operator', headers: operator, role: undefined, kind: 'operator' },
    { name: 'nobody', headers: {}, role: undefined, kind: 'nobody' },
  ]
}, 240_000)
afterAll(() => management?.close())

/** `undefined` where the caller is let through, else the statuses of a refusal. */
function refusalOf(needs: Needs, caller: Caller): readonly number[] | undefined {
  const { kind, role } = caller
  if (needs === 'public') return undefined
  if (kind === 'nobody') return [401]
  if (needs === 'signed-in') return undefined
  if (needs === 'super-admin') return kind === 'operator' ? undefined : [403]
  if (needs === 'token' || needs === 'stored-user') return kind === 'user' ? undefined : [403]
  if (kind === 'operator') return undefined
  if (needs === 'creator') return caller.owns ? undefined : [404]
  if (role === undefined) return [404]
  return roleAllows(role, needs) ? undefined : [403]
}

const controlRoutes = Object.entries(CONTROL_CASES).sort(
  ([, one], [, other]) => Number(one.last ?? false) - Number(other.last ?? false),
)

it('has a case for every route that has a permission', () => {
  const known = new Set([
    ...Object.keys(CONTROL_CASES).map((route) => route.replace(' ', ' /api/v1')),
    ...Object.keys(DATA_CASES),
    ...Object.keys(ROUTE_CASES).map((route) => route.replace(' ', ` ${DATA_ALIAS}`)),
    ...Object.keys(RAGFLOW_CASES),
    // Nobody is anything there: who has the token may use them.
    'GET /invitations/:token',
    'POST /invitations/:token',
  ])
  expect(Object.keys(ROUTE_PERMISSIONS).filter((route) => !known.has(route))).toEqual([])
})

/** Who may use a route of the data is written in the table of permissions. */
function dataRefusal(route: string, body: unknown, caller: Caller): readonly number[] | undefined {
  const [method = '', url = ''] = route.split(' ')
  const rule = ruleOf(ROUTE_PERMISSIONS, method, url)
  if (rule === undefined) throw new Error(`${route} has no row`)
  // A session is made of a token alone.
  if (route === 'PUT /auth/session' && caller.kind === 'key') return [403]
  const { access } = rule
  if (access === 'public') return undefined
  if (caller.kind === 'nobody') return access === 'optional' ? undefined : [401]
  if (caller.role === undefined) return [403]
  const { role } = caller
  const principal = {
    userId: 'x',
    username: 'x',
    workspaces: [],
    defaultWorkspace: undefined,
    role,
    superAdmin: false,
  }
  const more = rule.alsoNeeds?.({ body, query: {} } as FastifyRequest) ?? []
  return [access, ...more].every((one) => mayUse(principal, one)) ? undefined : [403]
}

const isRefused = (status: number) => status === 401 || status === 403

const dataRoutes = Object.keys(DATA_CASES).filter((route) => {
  const [method = '', url = ''] = route.split(' ')
  const access = ruleOf(ROUTE_PERMISSIONS, method, url)?.access
  return access !== undefined && access !== 'account'
})

it.each(dataRoutes)(
  '%s does for each role what the table says',
  async (route) => {
    const { server } = management
    const call = DATA_CASES[route]?.call(IDS)
    if (call === undefined) throw new Error(`${route} has no case`)
    const [method = ''] = route.split(' ')
    const places = [{ path: call.path, headers: { 'x-tenant-id': 'acme' } as Headers }]
    const alias = route.replace(' ', ` ${DATA_ALIAS}`)
    if (ROUTE_PERMISSIONS[alias] !== undefined) {
      places.push({ path: `/api/v1/tenants/acme/kbs/default${call.path}`, headers: {} })
    }
    for (const caller of callers) {
      for (const { path, headers } of places) {
        const answer = await send(
          server.url,
          method,
          { ...call, path },
          { ...headers, ...caller.headers },
        )
        const refusal = dataRefusal(route, call.body, caller)
        const where = `${method} ${path} by ${caller.name}: ${answer.status} ${answer.text}`
        if (refusal === undefined) expect(isRefused(answer.status), where).toBe(false)
        else expect(refusal, where).toContain(answer.status)
        expect(answer.status, where).not.toBe(500)
        cells++
      }
    }
  },
  60_000,
)

const ragflowRoutes = Object.entries(RAGFLOW_CASES)

/** Whether RAGFlow's paths let a caller through; only the outsider is invited to the tenant. */
function isServed(needs: RagflowCase['needs'], { kind, name, role }: Caller): boolean {
  if (needs === 'signed-in') return true
  if (needs === 'invited') return name === 'outsider'
  if (kind === 'operator') return true
  return needs !== 'super-admin' && role !== undefined && roleAllows(role, needs)
}

it.each(ragflowRoutes)(
  '%s does for each role what it needs, in its envelope',
  async (route, { needs, refusal, call, after }) => {
    const [method = ''] = route.split(' ')
    for (const caller of callers) {
      const { path, body } = await call(scene)
      const answer = await management.call(caller.headers, method, path, body)
      await after?.(scene)
      const where = `${method} ${path} by ${caller.name}: ${answer.status} ${answer.text}`
      const known = caller.kind !== 'nobody'
      const code = isServed(needs, caller) ? 0 : refusal
      expect([answer.status, answer.body.code], where).toEqual(known ? [200, code] : [401, 401])
      cells++
    }
  },
  60_000,
)

it.each(controlRoutes)(
  '%s does for each role what it needs',
  async (route, { needs, call, after }) => {
    const [method = ''] = route.split(' ')
    const relative = !route.includes(':tenant')
    for (const caller of callers) {
      const { path, body } = await call(scene)
      const headers: Headers = relative
        ? { ...caller.headers, 'x-tenant-id': scene.tenant }
        : caller.headers
      const answer = await management.call(headers, method, `/api/v1${path}`, body)
      await after?.(scene)
      const refusal = refusalOf(needs, caller)
      const where = `${method} ${path} by ${caller.name}: ${answer.status} ${answer.text}`
      if (refusal !== undefined) expect(refusal, where).toContain(answer.status)
      else if (needs === 'signed-in' || needs === 'public') {
        expect(isRefused(answer.status), where).toBe(false)
      } else expect([200, 201, 202, 204, 409, 422], where).toContain(answer.status)
      expect(answer.status, where).not.toBe(500)
      cells++
    }
  },
  60_000,
)

it('has called every cell', () => {
  const aliased = dataRoutes.filter(
    (route) => ROUTE_PERMISSIONS[route.replace(' ', ` ${DATA_ALIAS}`)] !== undefined,
  )
  const routes = controlRoutes.length + ragflowRoutes.length + dataRoutes.length + aliased.length
  console.log(`Roles × routes: ${routes} routes, ${callers.length} callers, ${cells} cells called`)
  expect(cells).toBe(routes * callers.length)
})
