import { afterEach, describe, expect, it } from 'vitest'
import { loadConfig } from '../../src/config/config.ts'
import { buildServer } from '../../src/main.ts'
import { tempFolder } from '../server/temp-folder.ts'
import { type Management, startManagement } from './management.ts'

let management: Management | undefined
afterEach(async () => {
  await management?.close()
  management = undefined
})

const ON = { ENABLE_MULTI_TENANTS: 'true' }

/** What stops the start of a server; undefined when nothing does. */
async function refusal(path: string, env: Readonly<Record<string, string>>) {
  const folders = { WORKING_DIR: `${path}/rag_storage`, INPUT_DIR: `${path}/inputs` }
  try {
    const config = loadConfig({ ...folders, LOG_LEVEL: 'silent', ...env })
    await (await buildServer(config)).close()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('a server with tenants', () => {
  it.each([
    [{ ...ON, LIGHTRAG_MULTI_TENANT: 'false' }, /contradict/],
    [{ ...ON, LIGHTRAG_REQUIRE_USER_AUTH: 'false' }, /LIGHTRAG_REQUIRE_USER_AUTH/],
    [{ ...ON, LIGHTRAG_API_KEY: 'one key for all' }, /LIGHTRAG_API_KEY/],
    [{ ...ON, AUTH_ACCOUNTS: 'ann:password' }, /AUTH_ACCOUNTS/],
    [{ ...ON, TOKEN_SECRET: 'short' }, /32 bytes/],
    [{ LIGHTRAG_MULTI_TENANT: 'perhaps' }, /LIGHTRAG_MULTI_TENANT/],
  ])('does not start with %j', async (env, expected) => {
    const folder = await tempFolder()
    expect(await refusal(folder.path, env)).toMatch(expected)
    await folder.remove()
  })

  it('does not start open once it has run with tenants', async () => {
    const folder = await tempFolder()
    expect(await refusal(folder.path, { LIGHTRAG_MULTI_TENANT: 'yes' })).toBeUndefined()
    expect(await refusal(folder.path, {})).toMatch(/users/)
    expect(await refusal(folder.path, ON)).toBeUndefined()
    await folder.remove()
  })

  it('lets nobody in without a credential, and hands none out', async () => {
    management = await startManagement()
    const { server, call, operator } = management
    const status = await call({}, 'GET', '/auth-status')
    expect(status.body).toMatchObject({ auth_configured: true, multi_tenant_enabled: true })
    expect(status.text).not.toContain('access_token')
    const health = await call({}, 'GET', '/health')
    expect(health.body).toMatchObject({ multi_tenant_enabled: true, multi_tenant_strict: true })
    for (const path of ['/documents', '/api/v1/tenants', '/api/v1/users/me', '/api/tags']) {
      expect((await call({}, 'GET', path)).status, path).toBe(401)
      const guest = { authorization: 'Bearer not-a-token' }
      expect((await call(guest, 'GET', path)).status, path).toBe(401)
    }
    const body = new URLSearchParams({ username: 'guest', password: '' })
    expect((await fetch(`${server.url}/login`, { method: 'POST', body })).status).not.toBe(200)
    // Nobody is an operator by name alone.
    await call(operator, 'POST', '/api/v1/admin/users', { username: 'admin' })
    const admin = await call(operator, 'GET', '/api/v1/admin/users/admin')
    expect(admin.body).toMatchObject({ is_super_admin: false })
  })

  it.each([
    ['true', 400],
    ['false', 200],
  ])(
    'with strict mode %s answers who names none of two tenants with %i',
    async (strict, status) => {
      management = await startManagement({
        TENANT_SELF_SERVICE: 'true',
        LIGHTRAG_MULTI_TENANT_STRICT: strict,
      })
      const { addUser, ask, call } = management
      const { headers } = await addUser('ann')
      expect((await call({}, 'GET', '/health')).body.multi_tenant_strict).toBe(strict === 'true')
      for (const name of ['Acme', 'Techstart'])
        await ask(headers, 'POST', '/api/v1/tenants', { name })
      expect((await call(headers, 'GET', '/documents')).status).toBe(status)
      const named = { ...headers, 'x-tenant-id': 'techstart' }
      expect((await call(named, 'GET', '/documents')).status).toBe(200)
    },
  )

  it('creates nothing for who names what is not there', async () => {
    management = await startManagement({ TENANT_SELF_SERVICE: 'true' })
    const { addUser, ask, call, operator } = management
    const { headers } = await addUser('ann')
    await ask(headers, 'POST', '/api/v1/tenants', { name: 'Acme' })
    const before = await ask(operator, 'GET', '/api/v1/tenants')
    for (const tenant of ['default', 'acme-two']) {
      expect((await call({ ...headers, 'x-tenant-id': tenant }, 'GET', '/documents')).status).toBe(
        403,
      )
    }
    expect((await call({ ...headers, 'x-kb-id': 'new' }, 'GET', '/documents')).status).toBe(404)
    expect(await ask(operator, 'GET', '/api/v1/tenants')).toEqual(before)
    expect(await ask(headers, 'GET', '/api/v1/tenants/acme/kbs')).toMatchObject({ total: 1 })
  })
})
