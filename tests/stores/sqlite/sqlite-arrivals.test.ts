import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../src/engine/ports/store.ts'
import { Connection } from '../../../src/stores/sqlite/database/connection.ts'
import { markEmbedding } from '../../../src/stores/sqlite/database/embedding-mark.ts'
import { openDatabase } from '../../../src/stores/sqlite/database/open-database.ts'
import { WorkspaceLock } from '../../../src/stores/sqlite/database/workspace-lock.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { WorkspaceStore } from '../../../src/stores/sqlite/workspace-store.ts'
import { manyDocuments } from '../many-documents.ts'
import { runChild } from '../run-child.ts'
import { DIMENSION, EMBEDDING, LEASE_MS, newDocument, OWNER } from '../samples.ts'

const DOCUMENTS = 4000
/** More than what one turn takes in, on any machine. */
const MANY = 3000
const KEEP = { onConflict: 'keep' } as const
const REPLACE = { onConflict: 'replace' } as const
const LIST = {
  statuses: null,
  sortField: 'id',
  sortDirection: 'asc',
  offset: 0,
  limit: 10,
} as const

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('very many documents that come at once', () => {
  let dir: string
  let connection: Connection
  let store: Store
  let other: Database.Database
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sqlite-arrivals-'))
    const lock = WorkspaceLock.acquire(dir)
    connection = new Connection(openDatabase(dir))
    markEmbedding(connection, EMBEDDING)
    store = new WorkspaceStore(connection, lock, DIMENSION)
    other = new Database(join(dir, 'rag.db'), { readonly: true })
  })
  afterEach(async () => {
    other.close()
    await store.close()
  })

  const rows = () => Number(other.prepare('SELECT count(*) FROM documents').pluck().get())
  const takeIn = () => {
    let isDone = false
    const outcomes = store.queue.enqueue(manyDocuments(DOCUMENTS), KEEP).finally(() => {
      isDone = true
    })
    return { outcomes, isDone: () => isDone }
  }
  const someIn = async () => {
    while (rows() === 0) await turn()
  }
  const seen = async () => ({
    listed: (await store.documents.list(LIST)).total,
    counted: (await store.counts()).documents,
    pending: (await store.documents.statusCounts()).pending,
    waiting: await store.queue.pendingCount(),
    ofTrack: (await store.documents.byTrack('track')).length,
    first: (await store.documents.byId('d0')) === null ? 0 : DOCUMENTS,
    named: (await store.documents.byPath('d0.txt')) === null ? 0 : DOCUMENTS,
  })
  const all = (count: number) => ({
    listed: count,
    counted: count,
    pending: count,
    waiting: count,
    ofTrack: count,
    first: count,
    named: count,
  })

  it('are taken in some at a time, and others have turns in between', async () => {
    const { outcomes, isDone } = takeIn()
    const counts = [0, rows()]
    while (!isDone()) {
      await turn()
      counts.push(rows())
    }
    expect((await outcomes).filter(({ kind }) => kind === 'queued')).toHaveLength(DOCUMENTS)
    const steps = counts.slice(1).map((now, index) => now - (counts[index] ?? 0))
    console.log(`Arrivals: at most ${Math.max(...steps)} documents in one turn`)
    expect(Math.max(...steps)).toBeLessThan(MANY)
    expect(await seen()).toEqual(all(DOCUMENTS))
  })

  it('are seen all at once, and none is claimed or deleted before', async () => {
    const { outcomes, isDone } = takeIn()
    await someIn()
    while (!isDone()) {
      const [now, claimed, scheduled] = await Promise.all([
        seen(),
        store.queue.claim(OWNER, LEASE_MS),
        store.queue.scheduleDeletion(['d0'], { forgetAnswers: false, deleteFiles: false }),
      ])
      if (isDone()) break
      expect(now).toEqual(all(0))
      expect(claimed).toBeNull()
      expect(scheduled).toEqual([])
      await turn()
    }
    await outcomes
    expect((await store.documents.byId('d0'))?.filePath).toBe('d0.txt')
  })

  it('let another one in behind them, which is known by what they brought', async () => {
    const { outcomes } = takeIn()
    await someIn()
    const [same] = await store.queue.enqueue([newDocument('x', { filePath: 'd7.txt' })], KEEP)
    expect(same).toMatchObject({ kind: 'duplicate', by: 'name' })
    expect(await store.documents.byId('d0')).not.toBeNull()
    await outcomes
  })

  it('are told by their track some at a time, and others have turns in between', async () => {
    await takeIn().outcomes
    let turns = 0
    let isOver = false
    const count = () => {
      turns += 1
      if (!isOver) setImmediate(count)
    }
    setImmediate(count)
    const told = await store.documents.byTrack('track')
    isOver = true
    expect(told.map(({ id }) => id)).toEqual(manyDocuments(DOCUMENTS).map(({ id }) => id))
    expect(turns).toBeGreaterThan(1)
  })

  it('are taken in without the one that is here already', async () => {
    const known = newDocument('known', { filePath: `d${DOCUMENTS - 1}.txt` })
    await store.queue.enqueue([known], KEEP)
    const { outcomes } = takeIn()
    const kinds = (await outcomes).map(({ kind }) => kind)
    expect(kinds.slice(0, -1)).toEqual(Array.from({ length: DOCUMENTS - 1 }, () => 'queued'))
    expect(kinds.at(-1)).toBe('duplicate')
    expect(await store.counts()).toMatchObject({ documents: DOCUMENTS })
    expect(await store.queue.claim(OWNER, LEASE_MS)).toMatchObject({ id: 'known' })
  })

  it('take the places of others, each with its own text', async () => {
    await takeIn().outcomes
    const next = manyDocuments(DOCUMENTS).map((document) => ({
      ...document,
      id: `${document.id} anew`,
      contentHash: `${document.contentHash} anew`,
      text: `${document.text} anew`,
    }))
    const outcomes = await store.queue.enqueue(next, REPLACE)
    expect(new Set(outcomes.map(({ kind }) => kind))).toEqual(new Set(['queued']))
    expect(await seen()).toEqual(all(DOCUMENTS))
    expect(await store.documents.text('d3999')).toBe('Text of d3999 anew')
  })

  it('leave nothing on a full disk, and come when there is room again', async () => {
    connection.pragma(`max_page_count = ${connection.pragma<number>('page_count') + 60}`)
    await expect(takeIn().outcomes).rejects.toMatchObject({ code: 'storage_full' })
    expect(await seen()).toEqual(all(0))
    expect(await store.queue.claim(OWNER, LEASE_MS)).toBeNull()
    connection.pragma('max_page_count = 1000000')
    await takeIn().outcomes
    expect(await seen()).toEqual(all(DOCUMENTS))
    expect(rows()).toBe(DOCUMENTS)
  })

  it('are none at the next start when the process is killed in between, and may come again', async () => {
    await store.close()
    await runChild(new URL('./arrivals-child.ts', import.meta.url), [dir, String(DOCUMENTS)]).ended
    const left = rows()
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThan(DOCUMENTS)

    store = await openSqliteStore({ dir, embedding: EMBEDDING })
    expect(await seen()).toEqual(all(0))
    await store.queue.recover(OWNER)
    expect(await store.queue.claim(OWNER, LEASE_MS)).toBeNull()
    await takeIn().outcomes
    expect(await seen()).toEqual(all(DOCUMENTS))
    expect(rows()).toBe(DOCUMENTS)
    console.log(`Killed with ${left} of ${DOCUMENTS} documents there`)
  })

  it('that a killed process has left behind are gone when the next one closes', async () => {
    await store.close()
    await runChild(new URL('./arrivals-child.ts', import.meta.url), [dir, String(DOCUMENTS)]).ended
    store = await openSqliteStore({ dir, embedding: EMBEDDING })
    await store.close()
    expect(rows()).toBe(0)
    expect(other.prepare('SELECT count(*) FROM arriving').pluck().get()).toBe(0)
  })
})
