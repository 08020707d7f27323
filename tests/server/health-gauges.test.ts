import { afterAll, beforeAll, expect, it } from 'vitest'
import { manyUsers, startTestServer, type TestServer } from './test-server.ts'

let server: TestServer
beforeAll(async () => {
  const [operator, ...others] = manyUsers(3)
  if (operator === undefined) throw new Error('no user')
  server = await startTestServer([{ ...operator, super_admin: true }, ...others])
  for (const number of [0, 1, 2]) await ask('/documents/status_counts', number)
})
afterAll(() => server.close())

async function ask(path: string, user: number | null): Promise<string> {
  const headers = user === null ? {} : { 'x-api-key': `key-of-user-${user}` }
  const response = await fetch(`${server.url}${path}`, { headers })
  expect(response.status).toBe(200)
  return response.text()
}

it('shows a super admin what the server holds, workspace by workspace', async () => {
  const health = JSON.parse(await ask('/health', 0))
  expect(health.server).toMatchObject({
    memory: { rss: expect.any(Number), heap_used: expect.any(Number) },
    pool: { engines: 3, ready: 3, waiting: 0, background_leases: expect.any(Number) },
    audit: expect.any(Object),
    queries: null,
    bodies: { bytes: 0, callers: 0, refused: 0 },
  })
  expect(health.server.workspaces).toHaveLength(3)
  for (const number of [0, 1, 2]) {
    expect(health.server.workspaces).toContainEqual({
      workspace: `space-${number}`,
      state: 'ready',
      leases: expect.any(Number),
      background_leases: expect.any(Number),
      granted: expect.any(Number),
      bytes: expect.any(Number),
    })
  }
  const bytes = health.server.workspaces.map((one: { bytes: number }) => one.bytes)
  expect(Math.min(...bytes)).toBeGreaterThan(0)
})

it('shows nobody else a name, a count or the memory of others', async () => {
  for (const user of [1, 2, null]) {
    const text = await ask('/health', user)
    expect(JSON.parse(text)).not.toHaveProperty('server')
    expect(text).not.toContain('space-0')
    expect(text.includes('space-1')).toBe(user === 1)
    expect(text.includes('space-2')).toBe(user === 2)
  }
})
