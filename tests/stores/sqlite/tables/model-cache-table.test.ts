import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CacheEntry } from '../../../../src/engine/ports/model-cache.ts'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { openSqliteStore } from '../../../../src/stores/sqlite/sqlite-store.ts'
import { ModelCacheTable } from '../../../../src/stores/sqlite/tables/model-cache-table.ts'
import { EMBEDDING } from '../../samples.ts'

const MOST = 1000
const entry = (key: string, kind: CacheEntry['kind'] = 'query', value = 'v'): CacheEntry => ({
  key,
  kind,
  value,
  chunkId: null,
})

describe('the answers of models', () => {
  let dir: string
  let connection: Connection
  let cache: ModelCacheTable
  beforeEach(async () => {
    vi.useFakeTimers()
    dir = await mkdtemp(join(tmpdir(), 'model-cache-'))
    connection = new Connection(openDatabase(dir))
    cache = new ModelCacheTable(connection)
  })
  afterEach(async () => {
    vi.useRealTimers()
    connection.close()
    await rm(dir, { recursive: true })
  })

  const written = () =>
    connection
      .all<{ key: string }>('SELECT key FROM model_cache ORDER BY rowid')
      .map(({ key }) => key)

  it('to questions are there at once, and written with others a moment later', () => {
    cache.put(entry('a'), MOST)
    cache.put(entry('b', 'keywords'))
    expect([cache.get('a'), cache.get('b')]).toEqual(['v', 'v'])
    expect(written()).toEqual([])
    vi.runAllTimers()
    expect(written()).toEqual(['a', 'b'])
    expect(cache.get('a')).toBe('v')
  })

  it('are the latest, also where an older one is written', () => {
    cache.put(entry('a', 'query', 'old'), MOST)
    cache.settle()
    cache.put(entry('a', 'query', 'new'), MOST)
    expect(cache.get('a')).toBe('new')
    cache.settle()
    expect(cache.get('a')).toBe('new')
  })

  it('that cost an extraction wait for nothing', () => {
    cache.put(entry('a', 'extract'))
    cache.put(entry('b', 'summary'))
    expect(written()).toEqual(['a', 'b'])
  })

  it('do not wait when they are many, long, or when few may be kept', () => {
    for (let n = 0; n < 40; n++) cache.put(entry(`k${n}`), MOST)
    expect(written().length).toBeGreaterThan(20)
    cache.put(entry('long', 'query', 'x'.repeat(100_000)), MOST)
    expect(written()).toContain('long')
    cache.put(entry('last'), 2)
    expect(written()).toEqual(['long', 'last'])
  })

  it('go with all others when they are cleared while they wait', () => {
    cache.put(entry('a'), MOST)
    cache.put(entry('b', 'keywords'))
    expect(cache.clear({ kind: 'query' })).toBe(1)
    expect(cache.get('a')).toBeNull()
    expect(cache.get('b')).toBe('v')
    cache.put(entry('c'), MOST)
    expect(cache.clear(null)).toBe(2)
    expect(cache.get('c')).toBeNull()
  })

  it('are written before a store closes', async () => {
    connection.close()
    vi.useRealTimers()
    const open = () => openSqliteStore({ dir, embedding: EMBEDDING })
    const store = await open()
    await store.cache.put(entry('a'), MOST)
    await store.close()
    const next = await open()
    expect(await next.cache.get('a')).toBe('v')
    await next.close()
  })

  it('that cannot be written are asked again, and nobody is told', () => {
    cache.put(entry('a'), MOST)
    connection.run('DROP TABLE model_cache')
    expect(() => vi.runAllTimers()).not.toThrow()
    const many = Array.from({ length: 40 }, (_, n) => entry(`k${n}`))
    expect(() => many.map((one) => cache.put(one, MOST))).not.toThrow()
    cache.settle()
    expect(() => cache.put(entry('b', 'extract'))).toThrow('model_cache')
  })
})
