import { describe, expect, it } from 'vitest'
import type { Key } from '../../../../src/engine/ports/stored-rows.ts'
import { Generation } from '../../../../src/stores/sqlite/database/visibility.ts'
import { RowCache } from '../../../../src/stores/sqlite/search/row-cache.ts'

const rowOf = (key: Key, description = '') => ({
  key,
  description,
  sourceIds: ['s'],
  filePaths: ['f'],
  embeddingPending: key < 0,
})
const range = (from: Key, count: number) => Array.from({ length: count }, (_, n) => from + n)

const OPTIONS = {
  maxSize: 2 * 1024 * 1024,
  bytesOf: ({ description }: ReturnType<typeof rowOf>) => 700 + description.length,
  isSettled: ({ embeddingPending }: ReturnType<typeof rowOf>) => !embeddingPending,
}

/** A cache that has read enough to keep rows, and what it reads from now on. Odd keys below 100 have no row. */
async function warmCache(generation = new Generation(1), description = '') {
  const cache = new RowCache(generation, OPTIONS)
  const reads: Key[][] = []
  const ask = (keys: readonly Key[], meanwhile = () => {}) =>
    cache.rows(keys, async (missing) => {
      reads.push([...missing])
      meanwhile()
      return missing
        .filter((key) => key >= 100 || key % 2 === 0)
        .map((key) => rowOf(key, description))
    })
  const keysOf = async (keys: readonly Key[]) => (await ask(keys)).map(({ key }) => key)
  for (let from = 1000; from < 1600; from += 150) await ask(range(from, 150))
  reads.length = 0
  return { cache, reads, ask, keysOf, generation }
}

describe('the cache of rows', () => {
  it('reads each row once, and answers in the order asked for', async () => {
    const { keysOf, reads } = await warmCache()
    expect(await keysOf([2, 4])).toEqual([2, 4])
    expect(await keysOf([6, 4, 2, 4])).toEqual([6, 4, 2, 4])
    expect(reads).toEqual([[2, 4], [6]])
  })

  it('leaves out keys without a row, and asks for them again', async () => {
    const { keysOf, reads } = await warmCache()
    expect(await keysOf([1, 2])).toEqual([2])
    expect(await keysOf([1, 2])).toEqual([2])
    expect(reads).toEqual([[1, 2], [1]])
  })

  it('holds nothing for who hardly asks', async () => {
    const cache = new RowCache(new Generation(1), OPTIONS)
    await cache.rows(range(100, 150), async (missing) => missing.map((key) => rowOf(key)))
    expect(cache.bytes).toBe(0)
  })

  it('forgets all when something was published, also while it read', async () => {
    const { ask, keysOf, reads, generation } = await warmCache()
    await keysOf([2])
    generation.current = 2
    await keysOf([2])
    await ask([4], () => {
      generation.current = 3
      // Who asks by then begins the new generation.
      void ask([6])
    })
    await keysOf([4, 6])
    expect(reads).toEqual([[2], [2], [4], [6], [4]])
  })

  it('reads rows anew that will change when their vector comes', async () => {
    const { keysOf, reads } = await warmCache()
    await keysOf([-2])
    await keysOf([-2])
    expect(reads).toEqual([[-2], [-2]])
  })

  it('holds a bounded number of bytes, the latest rows', async () => {
    const { cache, ask, keysOf, reads } = await warmCache(new Generation(1), 'x'.repeat(10_000))
    for (let from = 2000; from < 4500; from += 100) await ask(range(from, 100))
    expect(cache.bytes).toBeGreaterThan(1024 * 1024)
    expect(cache.bytes).toBeLessThanOrEqual(2 * 1024 * 1024)
    reads.length = 0
    await keysOf([4499])
    expect(reads).toEqual([])
  })

  it('is not filled by who reads everything', async () => {
    const { ask, keysOf, reads } = await warmCache()
    await ask(range(5000, 300))
    reads.length = 0
    await keysOf([5000])
    expect(reads).toEqual([[5000]])
  })
})
