import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Store } from '../../../../src/engine/ports/store.ts'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { markEmbedding } from '../../../../src/stores/sqlite/database/embedding-mark.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { WorkspaceLock } from '../../../../src/stores/sqlite/database/workspace-lock.ts'
import { WorkspaceStore } from '../../../../src/stores/sqlite/workspace-store.ts'
import { CHUNKS, crashChange, crashDocument } from '../../crash-documents.ts'
import {
  change,
  DIMENSION,
  EMBEDDING,
  LEASE_MS,
  newDocument,
  OWNER,
  vector,
} from '../../samples.ts'

const MANY = 10_000
/** Chunks of a change that is still being written, on any machine, when something else comes. */
const LONG = 600

describe('a large change of a sqlite store', () => {
  let connection: Connection
  let store: Store
  beforeEach(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sqlite-slices-'))
    const lock = WorkspaceLock.acquire(dir)
    connection = new Connection(openDatabase(dir))
    markEmbedding(connection, EMBEDDING)
    store = new WorkspaceStore(connection, lock, DIMENSION)
  })
  afterEach(() => store.close())

  const claimed = async (number: number) => {
    await store.queue.enqueue([crashDocument(number)], { onConflict: 'keep' })
    return (await store.queue.claim(OWNER, LEASE_MS))?.revision ?? 0
  }
  const seen = async () =>
    JSON.stringify([
      await store.counts(),
      (await store.searches.matchChunks('chunk', MANY)).length,
      (await store.searches.nearestChunks(vector(1), MANY)).length,
      (await store.searches.nearestEntities(vector(1), MANY)).length,
      (
        await store.searches.relationsOf([
          ...(await store.searches.entityKeys(['1/5', '2/5'])).values(),
        ])
      ).length,
      (await store.documents.byId('1'))?.status,
      (await store.documents.byId('2'))?.status,
    ])

  it('gives way to other work, which sees the old state or the new', async () => {
    await store.graph.apply(crashChange(1, await claimed(1), []))
    const revision = await claimed(2)
    const before = await seen()
    let done = false
    const applied = store.graph.apply(crashChange(2, revision, [1])).finally(() => {
      done = true
    })
    const between: string[] = []
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve))
      between.push(...(await atOnce(seen)))
    }
    expect(await applied).toBe(true)
    const after = await seen()
    expect(before).not.toBe(after)
    // How often it can be seen depends on how fast the machine is; without giving way, never.
    expect(between.length).toBeGreaterThan(1)
    expect(new Set([before, after, ...between])).toEqual(new Set([before, after]))
    expect(between).toContain(before)
  })

  /** What is read without a publication in between; nothing when there was one. */
  const atOnce = async (read: () => Promise<string>): Promise<string[]> => {
    const version = await store.dataVersion()
    const value = await read()
    return version === (await store.dataVersion()) ? [value] : []
  }

  it('lets documents in meanwhile', async () => {
    const applied = store.graph.apply(crashChange(1, await claimed(1), [], LONG))
    const order: string[] = []
    void applied.then(() => order.push('applied'))
    await new Promise((resolve) => setImmediate(resolve))
    await store.queue.enqueue([newDocument('x')], { onConflict: 'keep' })
    order.push('enqueued')
    await applied
    expect(order).toEqual(['enqueued', 'applied'])
    expect(await store.queue.pendingCount()).toBe(1)
  })

  it('is taken back when its document is replaced while it is being written', async () => {
    await store.searches.nearestEntities(vector(1), 1)
    const applied = store.graph.apply(crashChange(1, await claimed(1), [], LONG))
    await new Promise((resolve) => setImmediate(resolve))
    const next = newDocument('x', { filePath: '1.txt' })
    await store.queue.enqueue([next], { onConflict: 'replace' })
    expect(await applied).toBe(false)
    expect(await store.counts()).toMatchObject({ chunks: 0, entities: 0, relations: 0 })
    expect(await store.searches.nearestEntities(vector(1), MANY)).toEqual([])
    const chunks = 'chunks WHERE label > 0'
    for (const table of [chunks, 'chunk_index', 'entities', 'entity_fragments', 'entity_names']) {
      expect(connection.get(`SELECT count(*) AS n FROM ${table}`)).toEqual({ n: 0 })
    }
  })

  it('leaves the old state when the disk is full, and works when there is room again', async () => {
    await store.graph.apply(crashChange(1, await claimed(1), []))
    const revision = await claimed(2)
    const before = await seen()
    const pages = connection.pragma<number>('page_count')
    connection.pragma(`max_page_count = ${pages + 5}`)
    await expect(store.graph.apply(crashChange(2, revision, [1]))).rejects.toMatchObject({
      code: 'storage_full',
      message: expect.stringContaining('full'),
    })
    expect(await seen()).toBe(before)
    await expect(store.graph.apply(crashChange(2, revision, [1]))).rejects.toMatchObject({
      code: 'storage_full',
    })
    connection.pragma('max_page_count = 1000000')
    expect(await store.graph.apply(crashChange(2, revision, [1]))).toBe(true)
    expect(await store.counts()).toMatchObject({ documents: 1, chunks: CHUNKS })
  })

  it('leaves no dead rows behind', async () => {
    await store.graph.apply(crashChange(1, await claimed(1), []))
    await store.graph.apply(crashChange(2, await claimed(2), [1]))
    const rows = (table: string) =>
      connection.get<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)?.n
    // A change waits for a little of the sweep; the rest comes after it.
    const until = (table: string, count: number) =>
      expect.poll(() => rows(table), { timeout: 50_000 }).toBe(count)
    const chunkTables = [
      'chunks WHERE label > 0',
      'chunk_texts',
      'chunk_vectors',
      'chunk_index',
      'entity_fragments',
    ]
    for (const table of chunkTables) await until(table, CHUNKS)
    for (const table of ['entities', 'entity_names', 'entity_vectors', 'entity_index']) {
      await until(table, CHUNKS)
    }
    const relationTables = ['relation_fragments', 'relation_index']
    for (const table of [...relationTables, 'relations', 'relation_pairs', 'relation_vectors']) {
      await until(table, CHUNKS - 1)
    }
    await store.graph.apply(change({ removes: [{ documentId: '2', forget: true }] }))
    for (const table of [...chunkTables, ...relationTables]) await until(table, 0)
  })
})
