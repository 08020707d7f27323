import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { startRealProcess } from './real-process.ts'
import { tempFolder } from './temp-folder.ts'

// Each starts real servers; a busy machine takes its time.
vi.setConfig({ testTimeout: 300_000 })

let folder: Awaited<ReturnType<typeof tempFolder>>
beforeEach(async () => {
  folder = await tempFolder()
})
afterEach(() => folder.remove())

it('starts beside a server that has its workspace, says so, and takes over when that ends', async () => {
  const first = await startRealProcess(folder.path)
  expect((await fetch(`${first.url}/documents/status_counts`)).status).toBe(200)
  const second = await startRealProcess(folder.path, { POOL_PINNED: 'default' })
  try {
    const health = await fetch(`${second.url}/health`)
    expect([health.status, await health.json()]).toEqual([
      200,
      expect.objectContaining({
        status: 'unhealthy',
        problem: { code: 'workspace_locked', message: expect.any(String) },
      }),
    ])
    for (const path of ['/documents/status_counts', '/graph/label/list', '/api/tags']) {
      const refused = await fetch(`${second.url}${path}`)
      if (path === '/api/tags') expect(refused.status).toBe(200)
      else {
        expect(refused.status).toBe(503)
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
        expect(await refused.json()).toEqual({ detail: expect.stringMatching(/open elsewhere/) })
      }
    }
    expect(await first.stop()).toBe(0)
    expect((await fetch(`${second.url}/documents/status_counts`)).status).toBe(200)
    expect(await (await fetch(`${second.url}/health`)).json()).toMatchObject({
      status: 'healthy',
      configuration: { workspace: 'default' },
    })
    expect(await second.stop()).toBe(0)
  } finally {
    await first.kill()
    await second.kill()
  }
})

it('tells why a workspace cannot be opened without naming a path', async () => {
  // A folder in the place of the database.
  await mkdir(join(folder.path, 'rag_storage', 'default', 'rag.db'), { recursive: true })
  const server = await startRealProcess(folder.path)
  const health = await (await fetch(`${server.url}/health`)).json()
  expect(health).toMatchObject({ status: 'unhealthy' })
  expect(JSON.stringify(health)).not.toContain(folder.path)
  await server.kill()
})
