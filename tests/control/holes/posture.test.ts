import crypto, { createHmac } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import { loadConfig } from '../../../src/config/config.ts'
import { OPERATOR } from '../../../src/control/authority/actor.ts'
import { PasswordChecker } from '../../../src/tenancy/sign-in/password.ts'
import { PASSWORD, startControlServer } from '../control-server.ts'

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

  it('is so in effect where nothing is set, and stays so whatever the environment says later', async () => {
    const server = await startControlServer({
      TENANT_SELF_SERVICE: '',
      LIGHTRAG_SUPER_ADMIN_USERS: '',
    })
    try {
      const admin = await server.user('admin')
      const health = await server.by({})('GET', '/health')
      expect(health.body).toMatchObject({ multi_tenant_enabled: true, multi_tenant_strict: true })
      const late = {
        LIGHTRAG_SUPER_ADMIN_USERS: 'later',
        TENANT_SELF_SERVICE: 'true',
        LIGHTRAG_MULTI_TENANT_STRICT: 'false',
        LIGHTRAG_REQUIRE_USER_AUTH: 'false',
        ENABLE_MULTI_TENANTS: 'false',
      }
      for (const [name, value] of Object.entries(late)) vi.stubEnv(name, value)
      // Nothing is known yet of who comes after that.
      for (const { call } of [admin, await server.user('later')]) {
        expect((await call('GET', '/api/v1/admin/users')).status).toBe(403)
        const body = { name: 'mine' }
        expect((await call('POST', '/api/v1/tenants', { body })).status).toBe(403)
      }
      const origin = { origin: 'https://elsewhere.example' }
      const crossed = await admin.call('GET', '/api/v1/users/me', { headers: origin })
      expect(crossed.headers.get('access-control-allow-origin')).toBeNull()
      expect((await server.by({})('GET', '/documents')).status).toBe(401)
      for (const name of ['one', 'two']) {
        const body = { name, owner: admin.id }
        expect((await server.operator('POST', '/api/v1/tenants', { body })).status).toBe(201)
      }
      expect((await admin.call('GET', '/documents')).status).toBe(400)
    } finally {
      vi.unstubAllEnvs()
      await server.close()
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
      // Signed by this very server, as it would be where nobody needs a password.
      const authorization = `Bearer ${await guestToken(server.folder)}`
      for (const path of ['/documents', '/api/v1/tenants', '/api/v1/users/me', '/api/tags']) {
        const answer = await nobody('GET', path, { headers: { authorization } })
        expect([path, answer.status]).toEqual([path, 401])
      }
      await server.plane.users.create(OPERATOR, { username: 'without' })
      for (const password of ['', ' ', 'null']) {
        const raw = new URLSearchParams({ username: 'without', password })
        const answer = await nobody('POST', '/login', { raw })
        expect([password, [401, 422].includes(answer.status)]).toEqual([password, true])
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
    const set = { ...env, WORKSPACE: 'one_for_all' }
    // Also where a store would look by itself.
    for (const [name, value] of Object.entries(set)) vi.stubEnv(name, value)
    const server = await startControlServer(set)
    try {
      for (const name of ['acme', 'techstart']) {
        const owner = await server.user(name)
        await owner.call('POST', '/api/v1/tenants', { body: { name } })
        const body = { text: `The books of ${name}.`, file_source: 'books.txt' }
        expect((await owner.call('POST', '/documents/text', { body })).status).toBe(200)
        const listed = await owner.call('GET', '/documents/status_counts')
        expect(listed.body.status_counts.all).toBe(1)
      }
      const open = (await server.gauges()).engines.map(({ workspace }) => workspace)
      expect(open.sort()).toEqual(['acme__default', 'techstart__default'])
      const folders = await readdir(join(server.folder, 'rag_storage'))
      expect(folders.sort()).toEqual(['_control', 'acme__default', 'techstart__default'])
    } finally {
      vi.unstubAllEnvs()
      await server.close()
    }
  })

  it('compares no secret letter by letter, which would tell how much of it is right', async () => {
    const root = fileURLToPath(new URL('../../../src', import.meta.url))
    const files = await readdir(root, { recursive: true })
    const plain: string[] = []
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      const text = await readFile(join(root, file), 'utf8')
      const found = text.match(COMPARED) ?? []
      plain.push(...found.map((what) => `${file}: ${what}`))
    }
    expect(plain).toEqual([])
    expect('if (user.password === password)').toMatch(COMPARED)
    expect('apiKey !== expected').toMatch(COMPARED)
    expect('if (token === undefined)').not.toMatch(COMPARED)
  })

  it('compares digests of secrets, all of them, wherever one is wrong', async () => {
    const right = 'a-key-of-many-letters'
    const wrong = ['', 'a', right.slice(0, -1), `${right}s`, right.toUpperCase()]
    const passwords = new PasswordChecker()
    const single = await startControlServer({
      ENABLE_MULTI_TENANTS: 'false',
      USERS_FILE: '',
      LIGHTRAG_API_KEY: right,
    })
    const compared = vi.spyOn(crypto, 'timingSafeEqual')
    syncBuiltinESMExports()
    /** Of both sides, in bytes. */
    const lengths = () =>
      compared.mock.calls.map((sides) => sides.map(({ byteLength }) => byteLength))
    try {
      for (const key of wrong) {
        compared.mockClear()
        const stored = { field: right, bcrypt: undefined }
        expect(await passwords.matches(key, stored, 4)).toBe(false)
        expect([key, lengths()]).toEqual([key, [[32, 32]]])
        if (key === '') continue
        compared.mockClear()
        const asked = await single.by({ 'x-api-key': key })('GET', '/documents')
        expect([key, asked.status, lengths()]).toEqual([key, 403, [[32, 32]]])
      }
      compared.mockClear()
      const both = single.by({ 'x-api-key': right, authorization: `Bearer ${right}s` })
      expect((await both('GET', '/documents')).status).toBe(401)
      expect(lengths()).toEqual([
        [32, 32],
        [32, 32],
      ])
    } finally {
      compared.mockRestore()
      syncBuiltinESMExports()
      await single.close()
      await passwords.close()
    }
  })

  it('keeps no password, but its hash', async () => {
    const server = await startControlServer()
    try {
      const body = { username: 'kept', password: 'a password of kept' }
      const made = await server.operator('POST', '/api/v1/admin/users', { body })
      expect(made.status).toBe(201)
      const renewed = await server.user('renewed')
      const change = { current_password: PASSWORD, new_password: 'another password of renewed' }
      const changed = await renewed.call('PUT', '/api/v1/users/me/password', { body: change })
      expect([changed.status < 300, changed.text]).toEqual([true, changed.text])
      const rows = await server.plane.core.db
        .selectFrom('users')
        .select(['username', 'password_hash'])
        .orderBy('username')
        .execute()
      const hash = expect.stringMatching(/^\$2[aby]\$1[0-5]\$[./A-Za-z0-9]{53}$/)
      expect(rows).toEqual([
        { username: 'kept', password_hash: hash },
        { username: 'renewed', password_hash: hash },
      ])
    } finally {
      await server.close()
    }
  })
})

async function guestToken(folder: string): Promise<string> {
  const secret = await readFile(join(folder, 'rag_storage', '_control', 'token_secret'), 'utf8')
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = [
    encode({ alg: 'HS256', typ: 'JWT' }),
    encode({ sub: 'guest', exp: Math.floor(Date.now() / 1000) + 3600, role: 'guest' }),
  ].join('.')
  return `${signed}.${createHmac('sha256', secret.trim()).update(signed).digest('base64url')}`
}

/** A secret beside a sign of equality, but for the question whether there is one. */
const COMPARED =
  /\b(\w*[pP]assword|\w*[sS]ecret|apiKey|api_key|bearerKey|\w*[tT]oken)\s*[!=]==?(?!=|\s*(undefined|null|''|0)(?!\w))/g
