import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import type { Store } from '../../../../src/engine/ports/store.ts'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { openSqliteStore } from '../../../../src/stores/sqlite/sqlite-store.ts'
import { CHUNK_TEXTS, FullTextTable } from '../../../../src/stores/sqlite/tables/full-text-table.ts'
import { EMBEDDING, newChunk, newDocument, publish } from '../../samples.ts'
import { seeded } from '../../vector-harness.ts'

const DOCUMENTS = 120
const WORDS = 400

/** Prose of random words, with one word that stands in every fifth document. */
function proseOf(number: number): string {
  const random = seeded(number)
  const words = Array.from({ length: WORDS }, () => `w${Math.floor(random() ** 2 * 20_000)}x`)
  return [...words, number % 5 === 0 ? 'beacon' : 'lantern'].join(' ')
}

async function withStore(count: number, test: (store: Store, dir: string) => Promise<void>) {
  const dir = await mkdtemp(join(tmpdir(), 'pieces-'))
  const store = await openSqliteStore({ dir, embedding: EMBEDDING })
  try {
    for (let number = 0; number < count; number++) await insert(store, number)
    await test(store, dir)
  } finally {
    await store.close()
    await rm(dir, { recursive: true, force: true })
  }
}

async function insert(store: Store, number: number): Promise<void> {
  const id = `doc-${number}`
  await publish(store, newDocument(id), [newChunk(`${id}-c`, { content: proseOf(number) })])
}

/** Pages of each piece of the index, by what the file has. */
function piecesIn(dir: string): number[] {
  const database = new Database(join(dir, 'rag.db'), { readonly: true })
  try {
    return database
      .prepare('SELECT count(*) FROM chunk_index_idx GROUP BY segid')
      .pluck()
      .all() as number[]
  } finally {
    database.close()
  }
}

async function eventually(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo(); tries++) {
    if (tries > 300) throw new Error('it has not come about')
    await pause(50)
  }
}

describe('the full-text index of a workspace at rest', () => {
  it('becomes one piece, and finds what it found before', async () => {
    await withStore(DOCUMENTS, async (store, dir) => {
      expect(piecesIn(dir).length).toBeGreaterThan(1)
      const before = await store.searches.matchChunks('beacon w7x', 50)
      expect(before.length).toBeGreaterThanOrEqual(DOCUMENTS / 5)
      await eventually(() => piecesIn(dir).length === 1)
      expect(await store.searches.matchChunks('beacon w7x', 50)).toEqual(before)
      // What comes later is found beside it.
      await insert(store, 1000)
      const after = await store.searches.matchChunks('beacon', 50)
      expect(after).toHaveLength(DOCUMENTS / 5 + 1)
    })
  })

  it('is left in pieces where it is small', async () => {
    await withStore(6, async (store, dir) => {
      await store.close()
      const database = openDatabase(dir)
      try {
        const table = new FullTextTable(new Connection(database), CHUNK_TEXTS)
        expect(table.beginUnion()).toBe(false)
        expect(piecesIn(dir).length).toBeGreaterThan(1)
      } finally {
        database.close()
      }
    })
  })
})
