import { type Dirent, readdirSync, statSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { listWorkspaces } from '../../src/commands/workspace/workspace-list.ts'
import {
  type Answer,
  type ControlServer,
  type Person,
  startControlServer,
} from './control-server.ts'

const WORKSPACE = 'acme__default'
const BYTES_IN_GB = 1024 ** 3

/** Every word begins like a name, so that nearly everything becomes an entity. */
function denseText(bytes: number, seed: number): string {
  const syllables = ['Ka', 'Lo', 'Mi', 'Tra', 'Ven', 'Dor', 'Sul', 'Hal', 'Bor', 'Quin']
  let text = ''
  let state = seed + 1
  const next = (below: number) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
  const name = () =>
    Array.from({ length: 2 + next(2) }, (_, i) => {
      const syllable = syllables[next(syllables.length)] ?? ''
      return i === 0 ? syllable : syllable.toLowerCase()
    }).join('')
  while (text.length < bytes) text += `${name()} ${name()} met ${name()} ${name()} in ${name()}. `
  return text.slice(0, bytes)
}

/** The sizes of all files of the workspace, as `du --apparent-size` adds them up. */
function sizeOf(server: ControlServer): number {
  const folders = ['rag_storage', 'inputs'].map((root) => join(server.folder, root, WORKSPACE))
  return folders.reduce((sum, folder) => sum + sizeIn(folder), 0)
}

function sizeIn(folder: string): number {
  let entries: Dirent[] = []
  try {
    entries = readdirSync(folder, { withFileTypes: true })
  } catch {
    return 0
  }
  return entries.reduce((sum, entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sum + sizeIn(path)
    return sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0)
  }, 0)
}

describe('what a workspace takes', () => {
  let server: ControlServer
  let owner: Person
  beforeEach(async () => {
    server = await startControlServer()
    owner = await server.user('owner')
    await owner.call('POST', '/api/v1/tenants', { body: { name: 'acme' } })
  })
  afterEach(() => server.close())

  const bound = (max_storage_gb: number) =>
    server.operator('PATCH', '/api/v1/tenants/acme/quota', { body: { max_storage_gb } })
  const insert = (texts: readonly string[], name: string) =>
    owner.call('POST', '/documents/texts', {
      body: { texts, file_sources: texts.map((_, i) => `${name}-${i}.txt`) },
    })
  const statusCounts = async () =>
    (await owner.call('GET', '/documents/status_counts')).body.status_counts
  const processed = async () => {
    for (;;) {
      const { processed, all } = await statusCounts()
      if (processed === all) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  const removeAll = async () => {
    const listed = await owner.call('POST', '/documents/paginated', { body: { page_size: 100 } })
    const doc_ids = listed.body.documents.map(({ id }: { id: string }) => id)
    const left = async () => {
      // It may have been busy the time before.
      await owner.call('DELETE', '/documents/delete_document', { body: { doc_ids } })
      return (await statusCounts()).all
    }
    await expect.poll(left, { timeout: 30_000, interval: 200 }).toBe(0)
  }

  /** In bytes, by each way in which it is told. */
  const told = async () => {
    const quota = await owner.call('GET', '/api/v1/tenants/acme/quota')
    const tenant = await owner.call('GET', '/api/v1/tenants/acme')
    const kb = await owner.call('GET', '/api/v1/tenants/acme/kbs/default')
    const kbs = await owner.call('GET', '/api/v1/tenants/acme/kbs')
    const tenants = await server.operator('GET', '/api/v1/admin/tenants')
    const printed: string[] = []
    const env = {
      WORKING_DIR: join(server.folder, 'rag_storage'),
      INPUT_DIR: join(server.folder, 'inputs'),
    }
    const context = {
      env: () => env,
      print: (line: string) => printed.push(line),
      readInput: async () => '',
      setExitCode: () => undefined,
    }
    await listWorkspaces(context, { json: true })
    const listed: { name: string; bytes: number }[] = JSON.parse(printed.join(''))
    return {
      quota: Math.round(quota.body.used.storage_gb * BYTES_IN_GB),
      tenant: Math.round(tenant.body.storage_used_gb * BYTES_IN_GB),
      tenants: Math.round(tenants.body.items[0].storage_used_gb * BYTES_IN_GB),
      kb: Math.round(kb.body.storage_used_mb * 1024 ** 2),
      kbs: Math.round(kbs.body.items[0].storage_used_mb * 1024 ** 2),
      'workspace list': listed.find(({ name }) => name === WORKSPACE)?.bytes,
    }
  }
  /** Exact once nothing is under way. */
  const expectTold = async () => {
    await processed()
    await expect
      .poll(
        async () => {
          const size = sizeOf(server)
          return Object.entries(await told()).filter(([, bytes]) => bytes !== size)
        },
        { timeout: 20_000, interval: 300 },
      )
      .toEqual([])
    return sizeOf(server)
  }

  it('is one number, wherever it is told, and the size of its files in every state', async () => {
    await insert([denseText(1000, 1), denseText(1000, 2)], 'two')
    const two = await expectTold()
    await removeAll()
    await insert([denseText(1000, 3)], 'one')
    await expectTold()
    const inputs = join(server.folder, 'inputs', WORKSPACE)
    await mkdir(inputs, { recursive: true })
    await writeFile(join(inputs, 'waits.txt'), 'x'.repeat(3_000_000))
    expect(await expectTold()).toBeGreaterThan(two + 2_500_000)
    await insert([denseText(40_000, 4)], 'more')
    await processed()
    await removeAll()
    const before = await expectTold()
    await server.operator('POST', `/api/v1/admin/engines/${WORKSPACE}/evict`)
    await expect
      .poll(async () => (await server.operator('GET', '/api/v1/admin/engines')).body.items)
      .toEqual([])
    const file = join(server.folder, 'rag_storage', WORKSPACE, 'rag.db')
    const database = new Database(file)
    database.exec('VACUUM')
    database.close()
    expect(await expectTold()).toBeLessThan(before - 500_000)
  }, 120_000)

  it.each([
    { texts: Array.from({ length: 10 }, (_, i) => denseText(1000, i)) },
    { texts: [denseText(60_000, 1)] },
    { texts: ['He said so, and then again nothing of it was so. '.repeat(600)] },
  ])(
    'grows by no more than was reserved before (%#)',
    async ({ texts }) => {
      await statusCounts()
      const before = sizeOf(server)
      const tenantKb = await server.plane.quotas.tenantKbs.of(WORKSPACE)
      if (tenantKb === undefined) throw new Error('the workspace has no place')
      const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
      const amounts = { documents: texts.length, text: bytes }
      const reservation = await server.plane.quotas.ledger.reserve(tenantKb, amounts)
      const rows = server.plane.core.db.selectFrom('reservations').selectAll()
      const [row] = await rows.where('kind', '=', 'bytes').execute()
      await reservation.giveBack()
      let peak = 0
      let done = false
      const watching = (async () => {
        while (!done) {
          peak = Math.max(peak, sizeOf(server))
          await new Promise((resolve) => setTimeout(resolve, 5))
        }
      })()
      await insert(texts, 'a')
      await processed()
      done = true
      await watching
      expect(peak - before).toBeLessThanOrEqual(row?.amount ?? 0)
      console.log(`${bytes} bytes: reserved ${row?.amount}, grew by ${peak - before}`)
    },
    60_000,
  )

  it('never comes to more than the bound, and what is deleted makes room again', async () => {
    const limit = 0.05
    await bound(limit)
    let most = 0
    let refused: Answer | undefined
    for (let n = 0; n < 60 && refused === undefined; n += 1) {
      const answer = await insert([denseText(8000, n)], `n${n}`)
      most = Math.max(most, sizeOf(server))
      if (answer.status !== 200) refused = answer
      else await processed()
      most = Math.max(most, sizeOf(server))
    }
    expect(refused).toMatchObject({
      status: 403,
      body: { detail: expect.stringMatching(/storage .* full/) },
    })
    expect(most).toBeLessThanOrEqual(limit * BYTES_IN_GB)
    const { all } = await statusCounts()
    expect(all).toBeGreaterThan(3)
    await removeAll()
    await expect
      .poll(async () => (await insert([denseText(8000, 100)], 'again')).status, {
        timeout: 20_000,
        interval: 500,
      })
      .toBe(200)
  }, 120_000)
})
