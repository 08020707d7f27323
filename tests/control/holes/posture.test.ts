import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
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
    // Else a user without a name, or of the guide's default name, would be one.
    for (const nobody of ['', ' ', ' , ']) {
      const env = { ENABLE_MULTI_TENANTS: 'true', LIGHTRAG_SUPER_ADMIN_USERS: nobody }
      expect(loadConfig(env).LIGHTRAG_SUPER_ADMIN_USERS).toEqual([])
    }
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
      for (const name of ['acme', 'techstart']) {
        const owner = await server.user(name)
        await owner.call('POST', '/api/v1/tenants', { body: { name } })
        const body = { text: `The books of ${name}.`, file_source: 'books.txt' }
        expect((await owner.call('POST', '/documents/text', { body })).status).toBe(200)
        const listed = await owner.call('GET', '/documents/status_counts')
        expect(listed.body.status_counts.all).toBe(1)
      }
      const open = server.gauges().engines.map(({ workspace }) => workspace)
      expect(open.sort()).toEqual(['acme__default', 'techstart__default'])
      const folders = await readdir(join(server.folder, 'rag_storage'))
      expect(folders.sort()).toEqual(['_control', 'acme__default', 'techstart__default'])
    } finally {
      await server.close()
    }
  })

  it('compares no secret letter by letter, which would tell how much of it is right', async () => {
    const root = fileURLToPath(new URL('../../../src', import.meta.url))
    const files = await readdir(root, { recursive: true })
    const compared: string[] = []
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const text = await readFile(join(root, file), 'utf8')
      const found = text.match(COMPARED) ?? []
      compared.push(...found.map((what) => `${file}: ${what}`))
    }
    expect(compared).toEqual([])
    expect('if (user.password === password)').toMatch(COMPARED)
    expect('apiKey !== expected').toMatch(COMPARED)
    expect('if (token === undefined)').not.toMatch(COMPARED)
  })
})

/** A secret beside a sign of equality, but for the question whether there is one. */
const COMPARED =
  /\b(\w*[pP]assword|\w*[sS]ecret|apiKey|api_key|bearerKey|\w*[tT]oken)\s*[!=]==?(?!=|\s*(undefined|null|''|0)(?!\w))/g
