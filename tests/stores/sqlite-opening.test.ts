import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { beforeEach, describe, expect, it } from 'vitest'
import { pendingWorkAt } from '../../src/stores/sqlite/database/pending-documents.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { runChild } from './run-child.ts'
import {
  change,
  EMBEDDING,
  entity,
  LEASE_MS,
  newChunk,
  newDocument,
  OWNER,
  publish,
  vector,
} from './samples.ts'

describe('opening a sqlite store', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sqlite-opening-'))
  })
  const open = (embedding = EMBEDDING) => openSqliteStore({ dir, embedding })

  it('makes the folder, and finds everything again', async () => {
    dir = join(dir, 'deep', 'folder')
    const first = await open()
    await publish(first, newDocument('a'), [newChunk('a-0')], { entities: [entity('Ada')] })
    const keys = await first.searches.entityKeys(['Ada'])
    const version = await first.dataVersion()
    await first.close()
    const second = await open()
    expect(await second.searches.entityKeys(['Ada'])).toEqual(keys)
    expect(await second.dataVersion()).toBe(version)
    expect(await second.searches.nearestChunks(vector(1), 5)).toHaveLength(1)
    expect(await second.searches.matchChunks('content', 5)).toHaveLength(1)
    await second.close()
  })

  it('is refused while the store is open in this process', async () => {
    const first = await open()
    await expect(open()).rejects.toMatchObject({ code: 'workspace_locked' })
    await first.queue.enqueue([newDocument('a')], { onConflict: 'keep' })
    await expect(open()).rejects.toMatchObject({ code: 'workspace_locked' })
    await first.close()
    const second = await open()
    expect(await second.queue.pendingCount()).toBe(1)
    await second.close()
  })

  it('is refused while another process has the store, until that is killed', async () => {
    const child = runChild(new URL('./lock-child.ts', import.meta.url), [dir])
    await child.line('open')
    await expect(open()).rejects.toMatchObject({ code: 'workspace_locked' })
    child.process.kill('SIGKILL')
    await child.ended
    const store = await open()
    const other = runChild(new URL('./lock-child.ts', import.meta.url), [dir])
    await other.ended
    expect(other.lines).toEqual(['refused workspace_locked'])
    await store.close()
  })

  it('removes the vector files of earlier versions, and nothing else', async () => {
    await (await open()).close()
    const kept = ['chunks.hnsw', 'index', 'notes.index']
    const outdated = ['chunks.index', 'entities.index', 'relations.index', 'chunks.index.tmp']
    for (const name of [...kept, ...outdated]) await writeFile(join(dir, name), 'x')
    const store = await open()
    const left = await readdir(dir)
    await store.close()
    expect(left).toEqual(expect.arrayContaining(kept))
    for (const name of outdated) expect(left).not.toContain(name)
  })

  it('leaves no log behind when it closes', async () => {
    const store = await open()
    await store.queue.enqueue([newDocument('a')], { onConflict: 'keep' })
    expect((await stat(join(dir, 'rag.db-wal'))).size).toBeGreaterThan(0)
    await store.close()
    await expect(stat(join(dir, 'rag.db-wal'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('refuses vectors of another embedding, and names the way out', async () => {
    const store = await open()
    await store.graph.apply(change({ entities: [entity('Ada')] }))
    await store.close()
    for (const other of [
      { id: EMBEDDING.id, dimension: 8 },
      { id: 'test/other', dimension: EMBEDDING.dimension },
    ]) {
      await expect(open(other)).rejects.toMatchObject({
        code: 'dimension_mismatch',
        message: expect.stringContaining('workspace reindex'),
      })
    }
    await (await open()).close()
  })

  it('takes any embedding as long as there are no vectors', async () => {
    const first = await open()
    await first.queue.enqueue([newDocument('a')], { onConflict: 'keep' })
    await first.close()
    const wide = { id: 'test/wide', dimension: 6 }
    const second = await open(wide)
    const unit = Float32Array.of(0, 0, 0, 0, 0, 1)
    await second.graph.apply(change({ entities: [entity('Ada', { vector: unit })] }))
    await second.close()
    await expect(open()).rejects.toMatchObject({ code: 'dimension_mismatch' })
  })

  it('takes any embedding once everything was cleared', async () => {
    const first = await open()
    const many = Array.from({ length: 3000 }, (_, index) => entity(`Entity ${index}`))
    await first.graph.apply(change({ entities: many }))
    const cleared = first.graph.clear()
    await Promise.all([cleared, first.close()])
    const second = await open({ id: 'test/wide', dimension: 6 })
    expect(await second.counts()).toMatchObject({ entities: 0 })
    await second.close()
  })

  it('refuses what a newer version has written', async () => {
    await (await open()).close()
    const database = new Database(join(dir, 'rag.db'))
    database.pragma('user_version = 999')
    database.close()
    await expect(open()).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('newer version'),
    })
  })

  it('refuses a file that is no database, without naming or changing it', async () => {
    await writeFile(join(dir, 'rag.db'), 'This is no database. '.repeat(500))
    const refusal = await open().catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'store_unavailable' })
    expect(String(refusal)).not.toContain(dir)
    expect(await readFile(join(dir, 'rag.db'), 'utf8')).toContain('This is no database')
    await expect(open()).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('refuses a folder that cannot be made', async () => {
    await writeFile(join(dir, 'file'), '')
    dir = join(dir, 'file', 'folder')
    await expect(open()).rejects.toMatchObject({ code: 'store_unavailable' })
  })

  it('is not needed to tell whether documents wait', async () => {
    expect(pendingWorkAt(dir)).toBeNull()
    const store = await open()
    expect(pendingWorkAt(dir)).toBeNull()
    await store.queue.enqueue([newDocument('a')], { onConflict: 'keep' })
    expect(pendingWorkAt(dir)).toBe(0)
    await expect(open()).rejects.toMatchObject({ code: 'workspace_locked' })
    await store.queue.claim(OWNER, LEASE_MS)
    await store.close()
    expect(pendingWorkAt(dir)).toBe(0)
  })

  it('is not needed to tell until when documents wait', async () => {
    const store = await open()
    await store.queue.enqueue([newDocument('a')], { onConflict: 'keep' })
    await store.queue.claim(OWNER, LEASE_MS)
    const nextAttemptAt = Date.now() + 5_000
    const waiting = { status: 'waiting', errorMsg: 'later', nextAttemptAt, blame: 1 } as const
    await store.queue.endAttempt('a', 1, waiting, OWNER)
    await store.close()
    expect(pendingWorkAt(dir)).toBe(nextAttemptAt)
  })

  it('is not needed to tell whether all is to be cleared', async () => {
    const store = await open()
    await store.queue.scheduleClearing()
    expect(await store.queue.isClearingScheduled()).toBe(true)
    expect(pendingWorkAt(dir)).toBe(0)
    await store.graph.clear()
    expect(await store.queue.isClearingScheduled()).toBe(false)
    await store.close()
    expect(pendingWorkAt(dir)).toBeNull()
  })

  it('is not needed to tell whether a scheduled deletion waits', async () => {
    const store = await open()
    await store.queue.enqueue([newDocument('a')], { onConflict: 'keep' })
    await store.queue.claim(OWNER, LEASE_MS)
    await store.queue.endAttempt('a', 1, { status: 'failed', errorMsg: 'No text.' }, OWNER)
    expect(pendingWorkAt(dir)).toBeNull()
    await store.queue.scheduleDeletion(['a'], { forgetAnswers: false, deleteFiles: false })
    await store.close()
    expect(pendingWorkAt(dir)).toBe(0)
  })
})
