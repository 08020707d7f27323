import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadConfig } from '../../../src/config.ts'
import { startControlServer } from '../control-server.ts'

describe('a server with tenants', () => {
  it('is strict, asks everybody for credentials and has no super admin unless told otherwise', () => {
    const config = loadConfig({ ENABLE_MULTI_TENANTS: 'true' })
    expect(config).toMatchObject({
      multiTenant: true,
      LIGHTRAG_MULTI_TENANT_STRICT: true,
      LIGHTRAG_REQUIRE_USER_AUTH: true,
      LIGHTRAG_SUPER_ADMIN_USERS: [],
      TENANT_SELF_SERVICE: false,
      CORS_ORIGINS: [],
    })
    for (const bad of [
      { LIGHTRAG_REQUIRE_USER_AUTH: 'false' },
      { LIGHTRAG_MULTI_TENANT: 'false' },
      { LIGHTRAG_MULTI_TENANT_STRICT: 'perhaps' },
    ]) {
      expect(() => loadConfig({ ENABLE_MULTI_TENANTS: 'true', ...bad })).toThrow()
    }
  })

  it('gives nobody a pass without a password', async () => {
    const server = await startControlServer()
    try {
      const nobody = server.by({})
      const status = await nobody('GET', '/auth-status')
      expect(status.body).toMatchObject({ auth_configured: true, multi_tenant_enabled: true })
      expect(status.text).not.toContain('access_token')
      for (const username of ['admin', 'guest', 'operator']) {
        const raw = new URLSearchParams({ username, password: 'admin' })
        expect((await nobody('POST', '/login', { raw })).status).toBe(401)
      }
      const created = await server.user('fresh')
      const tenant = await created.call('POST', '/api/v1/admin/users', {
        body: { username: 'another' },
      })
      expect(tenant.status).toBe(403)
    } finally {
      await server.close()
    }
  })

  it('takes no workspace for its stores from the environment', async () => {
    const names = [
      'POSTGRES',
      'NEO4J',
      'REDIS',
      'MONGODB',
      'MILVUS',
      'QDRANT',
      'MEMGRAPH',
      'SQLITE',
    ]
    const env = Object.fromEntries(names.map((name) => [`${name}_WORKSPACE`, 'one_for_all']))
    const server = await startControlServer({ ...env, WORKSPACE: 'one_for_all' })
    try {
      const ann = await server.user('ann')
      await ann.call('POST', '/api/v1/tenants', { body: { name: 'acme' } })
      await ann.call('GET', '/documents')
      const open = server.gauges().engines.map(({ workspace }) => workspace)
      expect(open).toEqual(['acme__default'])
      expect(join(server.folder, 'rag_storage')).not.toContain('one_for_all')
    } finally {
      await server.close()
    }
  })
})
