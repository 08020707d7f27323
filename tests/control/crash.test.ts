import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OPERATOR } from '../../src/control/authority/actor.ts'
import { openPlane, type TestPlane } from './plane.ts'

/** More by the environment, as for a release. */
const KILLS = Number(process.env.CONTROL_KILLS ?? 4)
const LONGEST_MS = 700

describe('a control plane that is killed', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenantrag-control-kill-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it(
    'at random moments has lost nothing that it acknowledged',
    async () => {
      const said: string[] = []
      for (let round = 0; round < KILLS; round += 1) {
        said.push(...(await runAndKill(folder, round * 1000)))
        const plane = await openPlane({}, folder)
        try {
          await plane.start()
          await assertConsistent(plane)
          await plane.deletions.resume()
          expect(plane.errors).toEqual([])
          await assertKept(plane, said)
        } finally {
          await plane.close()
        }
      }
      expect(said.filter((line) => line.startsWith('created')).length).toBeGreaterThan(0)
    },
    60_000 + KILLS * 10_000,
  )
})

async function runAndKill(folder: string, first: number): Promise<string[]> {
  const script = fileURLToPath(new URL('crash-child.ts', import.meta.url))
  const args = ['--import', import.meta.resolve('tsx'), script, folder, String(first)]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  let printed = ''
  child.stdout.on('data', (part) => {
    printed += String(part)
  })
  // Something is acknowledged in the first round, however slow the machine is.
  const awaited = first === 0 ? 'created' : 'open\n'
  while (!printed.includes(awaited) && child.exitCode === null) await sleep(5)
  expect(child.exitCode).toBeNull()
  await sleep(Math.random() * LONGEST_MS)
  child.kill('SIGKILL')
  await ended
  // The last line may be torn: what was not said whole was not acknowledged.
  return printed.split('\n').slice(0, -1)
}

async function assertConsistent({ core }: TestPlane): Promise<void> {
  const { rows } = await sql<{ integrity_check: string }>`PRAGMA integrity_check`.execute(core.db)
  expect(rows).toEqual([{ integrity_check: 'ok' }])
  expect((await sql`PRAGMA foreign_key_check`.execute(core.db)).rows).toEqual([])
  expect(await core.db.selectFrom('reservations').selectAll().execute()).toEqual([])
  const homeless = await core.db
    .selectFrom('tenants')
    .select('slug')
    .where('tenant_id', 'not in', core.db.selectFrom('kbs').select('tenant_id'))
    .execute()
  expect(homeless).toEqual([])
  const ownerless = await core.db
    .selectFrom('tenants')
    .select('slug')
    .where('tenant_id', 'not in', core.db.selectFrom('memberships').select('tenant_id'))
    .execute()
  expect(ownerless).toEqual([])
}

async function assertKept(plane: TestPlane, said: readonly string[]): Promise<void> {
  const all = await plane.core.db.selectFrom('tenants').select(['slug', 'status']).execute()
  const status = new Map(all.map((row) => [row.slug, row.status]))
  const of = (word: string) =>
    said.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1))
  const [deleted, purged] = [of('deleted'), of('purged')]
  for (const slug of purged) expect(status.has(slug), slug).toBe(false)
  for (const slug of deleted.filter((one) => !purged.includes(one))) {
    expect([undefined, 'deleting']).toContain(status.get(slug))
    expect(existsSync(join(plane.root, `${slug}__default`)), slug).toBe(false)
  }
  for (const slug of of('created').filter((one) => Number(one.slice(1)) % 2 === 0)) {
    expect(status.get(slug), slug).toBe('active')
  }
  for (const slug of of('kb').filter((one) => status.get(one) === 'active')) {
    expect((await plane.kbs.list(OPERATOR, slug, {})).total).toBe(2)
  }
  const total = (await plane.tenants.list(OPERATOR, {})).total
  expect(total).toBe(all.filter((row) => row.status !== 'deleting').length)
}
