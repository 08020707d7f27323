import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { verifyWorkspace } from '../../../src/stores/sqlite/verify/verify-workspace.ts'
import { FolderRegistry } from '../../../src/workspaces/folder/folder-registry.ts'
import { newTicket } from '../../../src/workspaces/folder/workspace-trash.ts'
import { soundWorkspace, type WorkspacePaths } from '../../stores/sound-workspace.ts'

describe('the trash of workspaces', () => {
  let root: string
  let storage: string
  let inputs: string
  let registry: FolderRegistry
  let one: WorkspacePaths
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'workspace-trash-'))
    storage = join(root, 'rag_storage')
    inputs = join(root, 'inputs')
    registry = new FolderRegistry({ WORKING_DIR: storage, INPUT_DIR: inputs })
    one = await soundWorkspace(root, 'one')
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const isWhole = async () => {
    const { findings } = await verifyWorkspace(one.dir, one.uploadFolder)
    return findings.length === 0
  }

  it('takes a workspace out of the way with its files, privately, and puts it back', async () => {
    const bytes = await registry.bytes('one')
    await registry.trash('one', 'job_1')
    expect(await registry.isTaken('one')).toBe(false)
    expect(await registry.trashed()).toEqual([
      { workspace: 'one', ticket: 'job_1', at: null, bytes: expect.any(Number) },
    ])
    expect((await registry.trashed())[0]?.bytes).toBeGreaterThanOrEqual(bytes)
    for (const trash of [join(storage, '_trash'), join(inputs, '_trash', 'job_1')]) {
      expect((await stat(trash)).mode & 0o777).toBe(0o700)
    }
    await registry.restore('one', 'job_1')
    expect(await registry.list()).toEqual(['one'])
    expect(await isWhole()).toBe(true)
  })

  it('has one layout, whoever deletes, and tells when where nobody else knows it', async () => {
    await soundWorkspace(root, 'two')
    const before = Date.now()
    const ticket = newTicket()
    await registry.trash('one', ticket, { keepFiles: true })
    await registry.trash('two', 'job_1')
    expect(await readdir(join(storage, '_trash', ticket))).toEqual(['one'])
    expect(await readdir(join(storage, '_trash', 'job_1'))).toEqual(['two'])
    expect(await readdir(join(inputs, '_trash'))).toEqual(['job_1'])
    const [first, second] = await registry.trashed()
    expect(first?.at).toBeGreaterThanOrEqual(before)
    expect(second).toMatchObject({ workspace: 'two', at: null })
    await registry.purge(ticket)
    expect(await readdir(one.uploadFolder)).toHaveLength(1)
    expect(await readdir(join(storage, '_trash'))).toEqual(['job_1'])
  })

  it('finds what earlier commands put away under a name and a time, and gives it back', async () => {
    const at = Date.now() - 3_600_000
    await mkdir(join(storage, '_trash'))
    await rename(one.dir, join(storage, '_trash', `one.${at}`))
    const [found, ...more] = await registry.trashed()
    expect(more).toEqual([])
    expect(found).toMatchObject({ workspace: 'one', ticket: `one.${at}`, at })
    expect(found?.bytes).toBeGreaterThan(50_000)
    await registry.restore('one', found?.ticket ?? '')
    expect(await registry.trashed()).toEqual([])
    expect(await isWhole()).toBe(true)
  })

  it('finds what earlier servers put away for a deletion, and gives it back', async () => {
    for (const [at, folder] of [
      [storage, one.dir],
      [inputs, one.inputDir],
    ] as const) {
      await mkdir(join(at, '_trash', 'job_old'), { recursive: true })
      await rename(folder, join(at, '_trash', 'job_old', 'one'))
    }
    expect(await registry.remains(['one'], 'job_old')).toBe(true)
    expect(await registry.trashed()).toMatchObject([{ workspace: 'one', ticket: 'job_old' }])
    await registry.restore('one', 'job_old')
    expect(await isWhole()).toBe(true)
  })

  it('purges either layout, and what a crash left of deletions that had not begun', async () => {
    await mkdir(join(storage, '_trash', newTicket()), { recursive: true })
    await mkdir(join(storage, '_trash', 'job_begun'))
    await rename(one.dir, join(storage, '_trash', 'one.1700000000000'))
    await writeFile(join(storage, '_trash', 'one.1700000000000', 'more'), '')
    await registry.purge('one.1700000000000')
    await registry.purge(newTicket())
    expect(await readdir(join(storage, '_trash'))).toEqual(['job_begun'])
  })

  it('moves no workspace that somebody has open', async () => {
    const embedding = { id: 'offline-embedding:1', dimension: 384 }
    const { store } = await registry.open('one', { embedding })
    await expect(registry.trash('one', 'job_1')).rejects.toMatchObject({ code: 'workspace_locked' })
    await store.close()
    await registry.trash('one', 'job_1')
    expect(await registry.exists('one')).toBe(false)
  })
})
