import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { PageCache } from '../../../../src/stores/sqlite/database/page-cache.ts'
import { tempFolder } from '../../../server/temp-folder.ts'

const KIB = 1024
const SMALL = 512
const LARGE = 8192

describe('the page cache of a workspace', () => {
  let folder: Awaited<ReturnType<typeof tempFolder>>
  let connection: Connection
  let cache: PageCache
  beforeEach(async () => {
    folder = await tempFolder()
    connection = new Connection(openDatabase(folder.path))
    cache = new PageCache(connection)
  })
  afterEach(async () => {
    connection.close()
    await folder.remove()
  })

  const ask = (questions: number) => {
    for (let i = 0; i < questions; i++) cache.noteUse()
  }
  const limit = () => connection.pragma<number>('cache_size')
  const fill = (kib: number) =>
    connection.run(
      "INSERT INTO model_cache (key, kind, value) VALUES (?, 'answer', ?)",
      `key ${kib}`,
      'x'.repeat(kib * KIB),
    )

  it('is small for one that is hardly used', () => {
    fill(2 * LARGE)
    ask(10)
    expect(limit()).toBe(-SMALL)
    expect(cache.bytes).toBe(SMALL * KIB)
  })

  it('grows with many uses, and tells so', () => {
    fill(2 * LARGE)
    ask(100)
    expect(limit()).toBe(-LARGE)
    expect(cache.bytes).toBe(LARGE * KIB)
  })

  it('is told to be no larger than the database, also after that has grown', () => {
    ask(100)
    connection.pragma('wal_checkpoint(TRUNCATE)')
    expect(cache.bytes).toBe(statSync(join(folder.path, 'rag.db')).size)
    fill(2 * LARGE)
    ask(100)
    expect(cache.bytes).toBe(LARGE * KIB)
  })
})
