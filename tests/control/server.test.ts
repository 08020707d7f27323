import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, OPERATOR } from '../../src/control/authority/actor.ts'
import { startTestServer, type TestServer } from '../server/test-server.ts'
import { addUser, openPlane, type TestPlane } from './plane.ts'

const ROOT = {
  username: 'root',
  password: 'the password of root',
  api_key: 'key-of-root',
  workspace: 'rootspace',
  super_admin: true,
}

describe('a server with tenants', () => {
  let server: TestServer
  /** The same database from beside the server, as a command would open it. */
  let plane: TestPlane
  let owner: Actor
  beforeEach(async () => {
    server = await startTestServer([ROOT], { ENABLE_MULTI_TENANTS: 'true' })
    const root = join(server.folder, 'rag_storage')
    plane = await openPlane({ root }, server.folder)
    owner = await addUser(plane, 'ada')
    await plane.users.setPassword(OPERATOR, 'ada', 'the password of ada')
    for (const name of ['acme', 'techstart']) await plane.tenants.create(owner, { name })
  })
  afterEach(async () => {
    await plane.close()
    await server.close()
  })

  const call = async (
    path: string,
    headers: Readonly<Record<string, string>>,
    body?: unknown,
  ): Promise<{ status: number; body: string }> => {
    const response = await fetch(`${server.url}${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: await response.text() }
  }
  const login = async (username: string, password: string) => {
    const response = await fetch(`${server.url}/login`, {
      method: 'POST',
      body: new URLSearchParams({ username, password }),
    })
    const { access_token } = (await response.json()) as { access_token: string }
    return { authorization: `Bearer ${access_token}` }
  }
  const insert = (headers: Readonly<Record<string, string>>, text: string) =>
    call('/documents/text', headers, { text, file_source: `${text.length}.txt` })

  it('serves users of both sources, each in their own workspaces', async () => {
    const ada = await login('ada', 'the password of ada')
    expect((await insert(ada, 'Ada mends nets.')).status).toBe(400)
    const acme = { ...ada, 'x-tenant-id': 'acme' }
    expect((await insert(acme, 'Ada mends nets.')).status).toBe(200)
    expect(existsSync(join(server.folder, 'rag_storage/acme__default/rag.db'))).toBe(true)
    const other = await call('/documents', { ...ada, 'x-tenant-id': 'techstart' })
    expect(other.body).not.toContain('Ada mends')
    const root = { 'x-api-key': ROOT.api_key }
    expect((await insert(root, 'Root keeps watch.')).status).toBe(200)
    expect((await call('/documents', { ...root, 'x-tenant-id': 'acme' })).status).toBe(403)
    expect((await call('/documents', { ...ada, 'x-tenant-id': 'rootspace' })).status).toBe(403)
  })

  it('ends the keys that an operator of the users file has made when they are none any more', async () => {
    const made = await call(
      '/api/v1/tenants/acme/api-keys',
      { 'x-api-key': ROOT.api_key },
      { name: 'k' },
    )
    const { key } = JSON.parse(made.body) as { key: string }
    const byKey = async () => (await call('/documents', { 'x-api-key': key })).status
    const asUsers = (users: readonly object[]) =>
      writeFile(join(server.folder, 'users.json'), JSON.stringify({ users }))
    expect([made.status, await byKey()]).toEqual([201, 200])
    await asUsers([{ ...ROOT, super_admin: false }])
    await expect.poll(byKey).toBe(401)
    await asUsers([ROOT])
    await expect.poll(byKey).toBe(200)
    await asUsers([{ ...ROOT, username: 'somebody', api_key: 'key-of-somebody' }])
    await expect.poll(byKey).toBe(401)
  })

  it('heeds the role of each tenant, and its changes on the very next request', async () => {
    const grace = await addUser(plane, 'grace')
    await plane.users.setPassword(OPERATOR, 'grace', 'the password of grace')
    await plane.members.add(owner, 'acme', { user_id: grace.id, role: 'editor' })
    await plane.members.add(owner, 'techstart', { user_id: grace.id, role: 'viewer' })
    const token = await login('grace', 'the password of grace')
    const acme = { ...token, 'x-tenant-id': 'acme' }
    expect((await insert(acme, 'One.')).status).toBe(200)
    expect((await insert({ ...token, 'x-tenant-id': 'techstart' }, 'Two.')).status).toBe(403)
    await plane.members.remove(owner, 'acme', grace.id)
    expect((await insert(acme, 'Three.')).status).toBe(403)
    await plane.tenants.suspend(OPERATOR, 'techstart', 'unpaid')
    const suspended = await call('/documents', { ...token, 'x-tenant-id': 'techstart' })
    expect(suspended).toMatchObject({ status: 403, body: expect.stringContaining('suspended') })
    await plane.users.setDisabled(OPERATOR, grace.id, true)
    expect((await call('/documents', token)).status).toBe(401)
  })

  it('refuses what a quota does not allow, with its status', async () => {
    await plane.tenants.update(OPERATOR, 'acme', { quota: { max_documents: 1 } })
    const { key } = await plane.apiKeys.create(owner, 'acme', { name: 'k', role: 'editor' })
    expect((await insert({ 'x-api-key': key }, 'One.')).status).toBe(200)
    const refused = await insert({ 'x-api-key': key }, 'Two words.')
    expect(refused).toMatchObject({ status: 403, body: expect.stringContaining('documents') })
  })

  it('holds a key to its own rate', async () => {
    const { key } = await plane.apiKeys.create(owner, 'acme', { name: 'k', rate: 2 })
    const statuses: number[] = []
    for (let n = 0; n < 3; n += 1) {
      statuses.push((await call('/documents', { 'x-api-key': key })).status)
    }
    expect(statuses).toEqual([200, 200, 429])
    const other = await plane.apiKeys.create(owner, 'acme', { name: 'free' })
    expect((await call('/documents', { 'x-api-key': other.key })).status).toBe(200)
  })

  it('lets a super admin into a tenant for a reason alone, and records it', async () => {
    const root = { 'x-api-key': ROOT.api_key, 'x-acting-for': 'acme' }
    expect((await call('/documents', root)).status).toBe(403)
    const reasoned = { ...root, 'x-acting-reason': 'the customer asked for help' }
    expect((await call('/documents', reasoned)).status).toBe(200)
    const { items } = await plane.acts.list(OPERATOR, 'acme', { action: 'acted_for' })
    expect(items).toMatchObject([
      { actor: 'file:root', details: { reason: 'the customer asked for help' } },
    ])
    const ada = await login('ada', 'the password of ada')
    const denied = await call('/documents', { ...ada, ...reasoned, 'x-api-key': '' })
    expect(denied.status).toBe(403)
  })
})

describe('a start with tenants', () => {
  it.each([
    [{ LIGHTRAG_REQUIRE_USER_AUTH: 'false' }, /LIGHTRAG_REQUIRE_USER_AUTH/],
    [{ LIGHTRAG_MULTI_TENANT: 'false' }, /contradict/],
    [{ LIGHTRAG_API_KEY: 'k' }, /LIGHTRAG_API_KEY/],
    [{ CONTROL_SECRETS_KEY: 'short' }, /CONTROL_SECRETS_KEY/],
    [{ MODEL_PRICES: '{"x": 1}' }, /MODEL_PRICES/],
    [{ TENANT_DEFAULT_QUOTA: 'none' }, /TENANT_DEFAULT_QUOTA/],
    [{ SMTP_URL: 'smtp://localhost' }, /SMTP_FROM/],
  ])('is refused with %j', async (env, problem) => {
    await expect(startTestServer(null, { ENABLE_MULTI_TENANTS: 'true', ...env })).rejects.toThrow(
      problem,
    )
  })

  it('without any user lets nobody in', async () => {
    const server = await startTestServer(null, { LIGHTRAG_MULTI_TENANT: '1' })
    try {
      for (const path of ['/documents', '/graph/label/list']) {
        expect((await fetch(`${server.url}${path}`)).status).toBe(401)
      }
    } finally {
      await server.close()
    }
  })
})
