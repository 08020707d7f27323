import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from '../../src/stores/sqlite/database/connection.ts'
import { openSqliteStore } from '../../src/stores/sqlite/sqlite-store.ts'
import { change, entity, LEASE_MS, newChunk, newDocument, OWNER } from './samples.ts'

/** Numbers of a vector, as common models have them. */
const DIMENSION = 384
const EMBEDDING = { id: 'layout/384', dimension: DIMENSION }
const vectorOf = (number: number) =>
  Float32Array.from({ length: DIMENSION }, (_, i) => Math.sin(number + i))

describe('the database of a workspace', () => {
  let dir: string
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'sqlite-layout-'))
  })
  afterEach(() => rm(dir, { recursive: true }))

  /** One value of the database on disk. */
  const asked = <T>(sql: string): T => {
    const database = new Database(join(dir, 'rag.db'), { readonly: true })
    try {
      return database.prepare<[], T>(sql).pluck().get() as T
    } finally {
      database.close()
    }
  }

  it('keeps vectors in little more than their own size', async () => {
    const count = 2000
    const entities = Array.from({ length: count }, (_, i) =>
      entity(`E${i}`, { description: '', vector: vectorOf(i) }),
    )
    const store = await openSqliteStore({ dir, embedding: EMBEDDING })
    await store.graph.apply(change({ entities }))
    await store.close()
    const took = asked<number>("SELECT sum(pgsize) FROM dbstat WHERE name = 'entity_vectors'")
    expect(took / (count * DIMENSION * 4)).toBeLessThan(1.15)
  })

  it('looks words up in few pieces, however many changes brought them', async () => {
    const store = await openSqliteStore({ dir, embedding: EMBEDDING })
    for (let number = 0; number < 63; number++) {
      const id = `d${number}`
      await store.queue.enqueue([newDocument(id)], { onConflict: 'keep' })
      const { revision = 0 } = (await store.queue.claim(OWNER, LEASE_MS)) ?? {}
      const chunk = newChunk(`c${number}`, { content: `word${number}`, vector: vectorOf(number) })
      const publishes = { documentId: id, revision, owner: OWNER, chunks: [chunk], metadata: {} }
      await store.graph.apply(change({ publishes }))
    }
    await store.close()
    expect(asked<number>('SELECT count(DISTINCT segid) FROM chunk_index_idx')).toBeLessThan(3)
  })

  it('tells who is tied to whom by indexes alone, without the rows that hold texts', async () => {
    const store = await openSqliteStore({ dir, embedding: EMBEDDING })
    const reads = (['all', 'rows'] as const).map((name) => vi.spyOn(Connection.prototype, name))
    await store.searches.tiesOfChunks([1], 1, 9)
    await store.searches.tiesOfEntities([1], 9)
    await store.searches.relationsOf([1])
    // For the graph as a whole.
    await store.searches.popularEntities(1)
    const asked = reads.flatMap((read) => read.mock.calls.map(([sql]) => sql))
    for (const read of reads) read.mockRestore()
    await store.close()
    const database = new Database(join(dir, 'rag.db'), { readonly: true })
    const steps = asked.flatMap((sql) => {
      const unbound = sql.replaceAll('?', 'NULL')
      return database.prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${unbound}`).all()
    })
    database.close()
    const ofTexts = steps.filter(({ detail }) => /^(SEARCH|SCAN) [efrv]\b/.test(detail))
    expect(ofTexts.length).toBeGreaterThan(7)
    for (const { detail } of ofTexts) expect(detail).toContain('USING COVERING INDEX')
  })
})
