import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Actor, OPERATOR } from '../../../src/control/authority/actor.ts'
import { addTenant, addUser, openPlane, type TestPlane } from '../plane.ts'

const CANARY = 'zyxwvut-canary'
const DAY_MS = 24 * 3600 * 1000

describe('deletion', () => {
  let plane: TestPlane
  let owner: Actor
  let now = Date.now()
  beforeEach(async () => {
    now = Date.now()
    plane = await openPlane({ now: () => now, retentionMs: DAY_MS })
    owner = (await addTenant(plane, 'acme')).owner
  })
  afterEach(() => plane.remove())

  const fill = async (workspace: string) => {
    for (const root of [plane.root, join(plane.root, '../inputs')]) {
      await mkdir(join(root, workspace), { recursive: true })
      await writeFile(join(root, workspace, 'rag.db'), CANARY)
    }
  }
  const folders = async () => (await readdir(plane.root)).filter((name) => !name.startsWith('_'))
  const found = async (text: string) => {
    const base = join(plane.root, '..')
    const hits: string[] = []
    for (const entry of await readdir(base, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      if (path.includes(text)) hits.push(path)
      if (entry.isFile() && (await readFile(path)).includes(text)) hits.push(path)
    }
    return hits
  }

  it('hides a tenant at once, keeps it for a while, and gives it back as it was', async () => {
    await fill('acme__default')
    const { key } = await plane.apiKeys.create(owner, 'acme', { name: 'k' })
    const job = await plane.deletions.deleteTenant(owner, 'acme', 'acme')
    expect(await plane.directory.findByApiKey(key)).toMatchObject({ workspaces: [] })
    await expect(plane.tenants.get(owner, 'acme')).rejects.toMatchObject({ code: 'not_found' })
    await plane.deletions.settled(job.job_id)
    expect(await folders()).toEqual([])
    expect((await plane.tenants.list(OPERATOR, {})).total).toBe(0)
    await expect(plane.deletions.restoreTenant(owner, 'acme')).rejects.toMatchObject({
      code: 'super_admin_only',
    })
    await plane.deletions.restoreTenant(OPERATOR, 'acme')
    expect(await folders()).toEqual(['acme__default'])
    expect(await plane.directory.findByApiKey(key)).toMatchObject({
      workspaces: ['acme__default'],
    })
    expect((await plane.tenants.list(owner, {})).total).toBe(1)
  })

  it('asks for the slug, and for an owner', async () => {
    await expect(plane.deletions.deleteTenant(owner, 'acme', 'yes')).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await addUser(plane, 'ada')
    await plane.members.add(OPERATOR, 'acme', { user_id: 'ada', role: 'admin' })
    const { user_id } = await plane.users.get(OPERATOR, 'ada')
    const ada = { id: user_id, userId: user_id, superAdmin: false }
    await expect(plane.deletions.deleteTenant(ada, 'acme', 'acme')).rejects.toMatchObject({
      code: 'forbidden',
    })
  })

  it('leaves nothing behind when the time is over: no file, no row, no freed page', async () => {
    await fill('acme__default')
    await plane.tenants.update(owner, 'acme', { description: CANARY, metadata: { x: CANARY } })
    const { kb_id, workspace } = await plane.kbs.create(owner, 'acme', { name: CANARY })
    await fill(workspace)
    await plane.secrets.set(owner, 'acme', { provider: 'openai', key: `sk-${CANARY}` })
    await plane.apiKeys.create(owner, 'acme', { name: CANARY })
    await plane.invitations.create(owner, 'acme', { email: `${CANARY}@example.com` })
    const kbJob = await plane.deletions.deleteKb(owner, 'acme', kb_id)
    await plane.deletions.settled(kbJob.job_id)
    const { job_id } = await plane.deletions.deleteTenant(owner, 'acme', 'acme')
    await plane.deletions.settled(job_id)
    expect((await found(CANARY)).length).toBeGreaterThan(0)
    await plane.deletions.resume()
    expect((await plane.deletions.status(OPERATOR, job_id)).step).toBe('trashed')
    now += DAY_MS
    await plane.deletions.resume()
    expect(plane.errors).toEqual([])
    expect((await plane.deletions.status(OPERATOR, job_id)).step).toBe('purged')
    expect(await found(CANARY)).toEqual([])
    const again = await plane.tenants.create(owner, { name: 'acme' })
    expect(again).toMatchObject({ slug: 'acme', num_knowledge_bases: 1, description: '' })
    const [kb] = (await plane.kbs.list(owner, 'acme', {})).items
    expect(kb).toMatchObject({ workspace: 'acme__default', num_documents: 0 })
    expect((await plane.apiKeys.list(owner, 'acme', {})).total).toBe(0)
  })

  it('at once takes with it what was in the trash already', async () => {
    const { kb_id, workspace } = await plane.kbs.create(owner, 'acme', { name: CANARY })
    await fill(workspace)
    const kbJob = await plane.deletions.deleteKb(owner, 'acme', kb_id)
    await plane.deletions.settled(kbJob.job_id)
    await plane.deletions.deleteTenant(owner, 'acme', 'acme')
    await plane.deletions.purgeTenantNow(OPERATOR, 'acme')
    expect(await found(CANARY)).toEqual([])
  })

  it('of a knowledge base leaves the others, and spares the default one', async () => {
    await plane.kbs.create(owner, 'acme', { name: 'Manuals' })
    await Promise.all([fill('acme__default'), fill('acme__manuals')])
    await expect(plane.deletions.deleteKb(owner, 'acme', 'default')).rejects.toMatchObject({
      code: 'default_kb',
    })
    const { job_id } = await plane.deletions.deleteKb(owner, 'acme', 'manuals')
    await plane.deletions.settled(job_id)
    expect(await folders()).toEqual(['acme__default'])
    await plane.deletions.restoreKb(owner, 'acme', 'manuals')
    expect((await folders()).sort()).toEqual(['acme__default', 'acme__manuals'])
    const second = await plane.deletions.deleteKb(owner, 'acme', 'manuals')
    await plane.deletions.settled(second.job_id)
    now += DAY_MS
    await plane.deletions.resume()
    expect((await plane.kbs.list(owner, 'acme', {})).total).toBe(1)
    expect(await folders()).toEqual(['acme__default'])
  })

  it('is taken up where it was interrupted', async () => {
    await fill('acme__default')
    let broken = true
    const files = {
      trash: async () => {
        if (broken) throw new Error('the disk is gone')
      },
      restore: async () => undefined,
      purge: async () => undefined,
      remains: async () => false,
    }
    await plane.remove()
    plane = await openPlane({ files, now: () => now, retentionMs: DAY_MS })
    owner = (await addTenant(plane, 'acme')).owner
    const { job_id } = await plane.deletions.deleteTenant(owner, 'acme', 'acme')
    await plane.deletions.settled(job_id)
    expect((await plane.deletions.status(OPERATOR, job_id)).step).toBe('marked')
    broken = false
    plane = await plane.again()
    await plane.deletions.resume()
    expect((await plane.deletions.status(OPERATOR, job_id)).step).toBe('trashed')
  })

  it('does not count as done while something is left', async () => {
    const files = {
      trash: async () => undefined,
      restore: async () => undefined,
      purge: async () => undefined,
      remains: async () => true,
    }
    await plane.remove()
    plane = await openPlane({ files, now: () => now, retentionMs: 0 })
    owner = (await addTenant(plane, 'acme')).owner
    const { job_id } = await plane.deletions.deleteTenant(owner, 'acme', 'acme')
    await plane.deletions.settled(job_id)
    await plane.deletions.resume()
    expect(plane.errors).toMatchObject([{ code: 'deletion_unverified' }])
    expect((await plane.deletions.status(OPERATOR, job_id)).step).toBe('purging')
  })

  it('does not count as done while a row is left, and ends when it can go', async () => {
    const { db } = plane.core
    const { tenant_id } = await plane.tenants.get(owner, 'acme')
    await sql`INSERT INTO monthly_calls VALUES (${tenant_id}, '2026-01', 1)`.execute(db)
    // As a delete that goes wrong without a word.
    await sql`CREATE TRIGGER stays BEFORE DELETE ON monthly_calls
      BEGIN SELECT RAISE(IGNORE); END`.execute(db)
    const { job_id } = await plane.deletions.deleteTenant(owner, 'acme', 'acme')
    await plane.deletions.settled(job_id)
    now += DAY_MS
    await plane.deletions.resume()
    expect(plane.errors).toMatchObject([{ code: 'deletion_unverified' }])
    expect((await plane.deletions.status(OPERATOR, job_id)).step).toBe('purging')
    await sql`DROP TRIGGER stays`.execute(db)
    await plane.deletions.resume()
    expect((await plane.deletions.status(OPERATOR, job_id)).step).toBe('purged')
  })

  it('tells of a delete that fails, and does not count as done', async () => {
    await sql`CREATE TRIGGER fails BEFORE DELETE ON kbs
      BEGIN SELECT RAISE(ABORT, 'not now'); END`.execute(plane.core.db)
    const { job_id } = await plane.deletions.deleteTenant(owner, 'acme', 'acme')
    await plane.deletions.settled(job_id)
    now += DAY_MS
    await plane.deletions.resume()
    expect(plane.errors).toMatchObject([{ message: 'not now' }])
    expect((await plane.deletions.status(OPERATOR, job_id)).step).toBe('purging')
  })
})
