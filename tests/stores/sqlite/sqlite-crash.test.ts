import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Store } from '../../../src/engine/ports/store.ts'
import { openSqliteStore } from '../../../src/stores/sqlite/sqlite-store.ts'
import { CHUNKS, names } from '../crash-documents.ts'
import { runChild } from '../run-child.ts'
import { EMBEDDING, vector } from '../samples.ts'

const ROUNDS = 6
const MANY = 10_000

describe('a sqlite store that is killed', () => {
  it('shows each change whole or not at all, and everything it acknowledged', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'sqlite-crash-'))
    let next = 0
    for (let round = 0; round < ROUNDS; round++) {
      const child = runChild(new URL('../crash-child.ts', import.meta.url), [dir, String(next)])
      // Something is acknowledged in the first round, however slow the machine is.
      await child.line(round === 0 ? 'enqueued' : 'open')
      await pause(20 + Math.random() * 400)
      child.process.kill('SIGKILL')
      await child.ended
      const last = (word: string) =>
        Math.max(
          -1,
          ...child.lines.filter((l) => l.startsWith(word)).map((l) => Number(l.split(' ')[1])),
        )

      const store = await openSqliteStore({ dir, embedding: EMBEDDING })
      const processed = await expectWhole(store)
      if (last('published') >= 0)
        expect(Math.max(...processed)).toBeGreaterThanOrEqual(last('published'))
      if (last('enqueued') >= 0)
        expect(await store.documents.byId(String(last('enqueued')))).not.toBeNull()
      // Also one that was kept just before its acknowledgement: its number is no longer free.
      const known = await numbersOf(store, null)
      await store.close()
      expectSound(dir, processed.length)
      next = Math.max(next, last('enqueued') + 1, ...known.map((number) => number + 1))
    }
    expect(next).toBeGreaterThan(0)
  }, 300_000)
})

async function numbersOf(store: Store, statuses: ['processed'] | null): Promise<number[]> {
  const { documents } = await store.documents.list({
    statuses,
    sortField: 'id',
    sortDirection: 'asc',
    offset: 0,
    limit: MANY,
  })
  return documents.map((document) => Number(document.id))
}

/** Returns the numbers of the documents that are visible. */
async function expectWhole(store: Store): Promise<number[]> {
  const numbers = await numbersOf(store, ['processed'])
  const rows = numbers.length * CHUNKS
  expect(await store.counts()).toMatchObject({
    chunks: rows,
    entities: rows,
    relations: rows - numbers.length,
  })
  expect(await store.searches.entityNames()).toEqual(
    numbers.flatMap((number) => names(number)).toSorted(),
  )
  expect(await store.searches.nearestChunks(vector(1), MANY)).toHaveLength(rows)
  expect(await store.searches.nearestEntities(vector(1), MANY)).toHaveLength(rows)
  expect(await store.searches.nearestRelations(vector(1), MANY)).toHaveLength(rows - numbers.length)
  const hits = await store.searches.matchChunks('chunk', MANY)
  const chunks = await store.searches.chunks(hits.map((hit) => hit.key))
  expect(new Set(chunks.map((chunk) => Number(chunk.documentId)))).toEqual(new Set(numbers))
  expect(chunks).toHaveLength(rows)
  const entities = await store.searches.popularEntities(MANY)
  expect(entities.filter((entity) => entity.degree === 0)).toEqual([])
  return numbers
}

/** The file itself: sound, and without rows that belong to nothing. */
function expectSound(dir: string, documents: number): void {
  const database = new Database(join(dir, 'rag.db'), { readonly: true })
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    const count = (sql: string) => database.prepare(sql).pluck().get()
    const orphans = (table: string, column: string) =>
      count(`SELECT count(*) FROM ${table} WHERE ${column} NOT IN (SELECT label FROM chunks)`)
    expect(orphans('chunk_texts', 'chunk')).toBe(0)
    expect(orphans('chunk_vectors', 'label')).toBe(0)
    expect(orphans('entity_fragments', 'chunk')).toBe(0)
    expect(count('SELECT count(*) FROM document_texts')).toBe(
      count('SELECT count(*) FROM documents'),
    )
    for (const table of ['chunks', 'entities', 'relations']) {
      const unpublished = 'born > generation OR (died > generation AND died < 9007199254740991)'
      expect(count(`SELECT count(*) FROM ${table}, workspace WHERE ${unpublished}`)).toBe(0)
    }
    expect(count('SELECT count(*) FROM chunks')).toBeGreaterThanOrEqual(documents * CHUNKS)
  } finally {
    database.close()
  }
}
