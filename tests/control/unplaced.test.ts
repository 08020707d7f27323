import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Account, type Headers, type Management, startManagement } from './management.ts'

const ABOUT = ['/health', '/auth/verify', '/auth/explain'] as const

let management: Management
let operator: Headers
let ann: Account
let newcomer: Account

beforeAll(async () => {
  management = await startManagement({ TENANT_SELF_SERVICE: 'true' })
  const { ask, addUser, signIn } = management
  const root = { username: 'root', password: 'correct horse battery', super_admin: true }
  await ask(management.operator, 'POST', '/api/v1/admin/users', root)
  operator = await signIn('root')
  ann = await addUser('ann')
  newcomer = await addUser('newcomer')
  for (const name of ['Acme', 'Techstart']) {
    await ask(ann.headers, 'POST', '/api/v1/tenants', { name })
  }
  await ask(ann.headers, 'POST', '/api/v1/tenants/acme/kbs', { name: 'Manuals' })
}, 60_000)
afterAll(() => management?.close())

it.each(ABOUT)('an operator of the database, who is in no tenant, reaches %s', async (path) => {
  const { status, body } = await management.call(operator, 'GET', path)
  expect(status).toBe(200)
  if (path === '/health') expect(body.server).toMatchObject({ pool: expect.anything() })
  if (path !== '/auth/explain') return
  expect(body).toMatchObject({
    username: 'root',
    workspace: null,
    role: null,
    permissions: [],
    super_admin: true,
    choices: [],
    advice: expect.stringContaining('X-Acting-For'),
  })
})

it('who is in several tenants is told what to send, and may ask about themselves without it', async () => {
  for (const path of ['/health', '/auth/verify']) {
    const { status, body } = await management.call(ann.headers, 'GET', path)
    expect([path, status, body.server]).toEqual([path, 200, undefined])
  }
  const { status, body } = await management.call(ann.headers, 'GET', '/auth/explain')
  expect([status, body]).toMatchObject([
    200,
    {
      username: 'ann',
      workspace: null,
      chosen_by: 'nothing',
      choices: [
        { tenant: 'acme', kb: 'default', workspace: 'acme__default', role: 'owner' },
        { tenant: 'acme', kb: 'manuals', workspace: 'acme__manuals', role: 'owner' },
        { tenant: 'techstart', kb: 'default', workspace: 'techstart__default', role: 'owner' },
      ],
      advice: expect.stringContaining('X-Tenant-ID'),
    },
  ])
  const refused = await management.call(ann.headers, 'GET', '/documents/status_counts')
  expect(refused.status).toBe(400)
  expect(refused.body.detail).toBe(
    'Choose a tenant: send X-Tenant-ID with acme or techstart. GET /auth/explain tells all of them',
  )
  const managed = await management.call(ann.headers, 'GET', '/api/v1/tenants/me')
  expect(managed.status).toBe(400)
  expect(managed.body.detail).toBe('Choose a tenant with X-Tenant-ID. Send techstart or acme')
})

it('who has chosen is told what was chosen, and what else there is', async () => {
  const headers = { ...ann.headers, 'x-tenant-id': 'techstart' }
  const { body } = await management.call(headers, 'GET', '/auth/explain')
  expect(body).toMatchObject({ workspace: 'techstart__default', role: 'owner' })
  expect(body.choices).toHaveLength(3)
})

it('who is in no tenant may ask about themselves, and works nowhere', async () => {
  for (const path of ABOUT) {
    expect((await management.call(newcomer.headers, 'GET', path)).status).toBe(200)
  }
  const { body } = await management.call(newcomer.headers, 'GET', '/auth/explain')
  expect(body).toMatchObject({ choices: [], advice: expect.stringContaining('invite') })
  const { status, text } = await management.call(
    newcomer.headers,
    'GET',
    '/documents/status_counts',
  )
  expect([status, text]).toEqual([403, expect.stringContaining('in no tenant')])
})

it.each(ABOUT)('a tenant that is not the caller’s stays closed to them at %s', async (path) => {
  for (const headers of [operator, newcomer.headers]) {
    for (const selector of [{ 'x-tenant-id': 'acme' }, { 'lightrag-workspace': 'acme__default' }]) {
      const { status } = await management.call({ ...headers, ...selector }, 'GET', path)
      expect(status).toBe(403)
    }
  }
})
