import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Store } from '../../../src/engine/ports/store.ts'
import { Connection } from '../../../src/stores/sqlite/database/connection.ts'
import { markEmbedding } from '../../../src/stores/sqlite/database/embedding-mark.ts'
import { openDatabase } from '../../../src/stores/sqlite/database/open-database.ts'
import { WorkspaceLock } from '../../../src/stores/sqlite/database/workspace-lock.ts'
import { WorkspaceStore } from '../../../src/stores/sqlite/workspace-store.ts'
import { manyDocuments } from '../many-documents.ts'
import { DIMENSION, EMBEDDING } from '../samples.ts'

const DOCUMENTS = 6000
/** More than what one turn changes, on any machine. */
const MANY = 5000
const HOW = { forgetAnswers: false, deleteFiles: true } as const

describe('of very many documents', () => {
  let connection: Connection
  let store: Store
  let other: Database.Database
  beforeEach(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sqlite-many-'))
    const lock = WorkspaceLock.acquire(dir)
    connection = new Connection(openDatabase(dir))
    markEmbedding(connection, EMBEDDING)
    store = new WorkspaceStore(connection, lock, DIMENSION)
    other = new Database(join(dir, 'rag.db'), { readonly: true })
    await store.queue.enqueue(manyDocuments(DOCUMENTS), { onConflict: 'keep' })
  })
  afterEach(async () => {
    other.close()
    await store.close()
  })

  /** What work comes to, and the most by which a count grew from one turn of the event loop to the next. */
  async function whileCounting<T>(sql: string, work: () => Promise<T>) {
    const statement = other.prepare(sql).pluck()
    const count = () => Number(statement.get())
    let before = count()
    let most = 0
    let isOver = false
    const look = () => {
      if (isOver) return
      const now = count()
      most = Math.max(most, now - before)
      before = now
      setImmediate(look)
    }
    setImmediate(look)
    const result = await work()
    isOver = true
    const now = count()
    return { result, most: Math.max(most, now - before), count: now }
  }

  it('deletions are scheduled some at a time, and others have turns in between', async () => {
    const ids = [...manyDocuments(DOCUMENTS).map(({ id }) => id), 'unknown', 'd0']
    const { result, most, count } = await whileCounting(
      'SELECT count(*) FROM scheduled_deletions',
      () => store.queue.scheduleDeletion(ids, HOW),
    )
    expect(result.map(({ id }) => id)).toEqual(ids.slice(0, DOCUMENTS))
    expect(count).toBe(DOCUMENTS)
    expect(most).toBeLessThan(MANY)
    expect(await store.queue.scheduledDeletions()).toEqual(ids.slice(0, DOCUMENTS))
  })

  it('those that failed are put back some at a time, in the order in which they came', async () => {
    connection.run(`UPDATE documents SET status = 'failed', error_msg = 'planted'`)
    const { result, most, count } = await whileCounting(
      `SELECT count(*) FROM documents WHERE status = 'pending'`,
      () => store.queue.requeueFailed(null),
    )
    expect([result, count]).toEqual([DOCUMENTS, DOCUMENTS])
    expect(most).toBeLessThan(MANY)
    const last = await store.queue.positions(['d0', `d${DOCUMENTS - 1}`])
    expect([...last]).toEqual([
      ['d0', 0],
      [`d${DOCUMENTS - 1}`, DOCUMENTS - 1],
    ])
  })

  it('those that wait for another attempt come due some at a time', async () => {
    connection.run('UPDATE documents SET next_attempt_at = ?', Date.now() + 60_000)
    const { result, most, count } = await whileCounting(
      'SELECT count(*) FROM documents WHERE next_attempt_at = 0',
      () => store.queue.hurry(),
    )
    expect([result, count]).toEqual([DOCUMENTS, DOCUMENTS])
    expect(most).toBeLessThan(MANY)
  })

  it.each(['created_at', 'updated_at', 'id', 'file_path'] as const)(
    'those of a long list by %s are read some at a time, each once and in order',
    async (sortField) => {
      const read = vi.spyOn(connection, 'all')
      const list = (offset: number, limit: number) =>
        store.documents.list({ statuses: null, sortField, sortDirection: 'desc', offset, limit })
      const { documents, total } = await list(3, 1000)
      const rows = read.mock.results.map(({ value }) => (value as unknown[]).length)
      expect(Math.max(...rows)).toBeLessThanOrEqual(100)
      expect([documents.length, total]).toEqual([1000, DOCUMENTS])
      const ids = documents.map(({ id }) => id)
      expect(new Set(ids).size).toBe(1000)
      const pages = await Promise.all([0, 1, 2, 3, 4].map((page) => list(3 + page * 200, 200)))
      expect(pages.flatMap((page) => page.documents.map(({ id }) => id))).toEqual(ids)
    },
  )

  it('those that are named are found some at a time, in the order in which they came', async () => {
    const read = vi.spyOn(connection, 'all')
    const filePaths = manyDocuments(1000).map(({ filePath }) => filePath)
    const found = await store.documents.idsBy({ externalIds: ['none'], filePaths })
    expect(found).toEqual(manyDocuments(1000).map(({ id }) => id))
    expect(read.mock.calls.length).toBeGreaterThanOrEqual(5)
  })
})
