import { describe, expect, it } from 'vitest'
import type { ChunkTie } from '../../../../src/engine/ports/searches.ts'
import type { Key } from '../../../../src/engine/ports/stored-rows.ts'
import { Generation } from '../../../../src/stores/sqlite/database/visibility.ts'
import { TieCache } from '../../../../src/stores/sqlite/search/tie-cache.ts'

const tie = (chunk: Key, entity: Key): ChunkTie => ({ chunk, entity, named: false, spread: 1 })

/** A cache over ties of two entities a chunk that notes what is read. */
function cacheOf(generation = new Generation(1), perChunk = 2) {
  const cache = new TieCache(generation)
  const reads: Key[][] = []
  const ask = (keys: readonly Key[], kind = 'chunk', meanwhile = () => {}) =>
    cache.lists(
      kind,
      keys,
      (found) => found.chunk,
      async (missing) => {
        reads.push([...missing])
        meanwhile()
        return missing.flatMap((key) => Array.from({ length: perChunk }, (_, n) => tie(key, n)))
      },
    )
  return { cache, generation, reads, ask }
}

describe('the cache of ties', () => {
  it('reads each place once, and answers in the order asked for', async () => {
    const { ask, reads } = cacheOf()
    await ask([1, 2])
    const found = await ask([3, 2])
    expect(found.map(({ chunk }) => chunk)).toEqual([3, 3, 2, 2])
    expect(reads).toEqual([[1, 2], [3]])
  })

  it('keeps what was asked in different ways apart', async () => {
    const { ask, reads } = cacheOf()
    await ask([1], 'chunk 1 9')
    await ask([1], 'chunk 2 9')
    expect(reads).toEqual([[1], [1]])
  })

  it('remembers a place without ties', async () => {
    const { ask, reads, cache } = cacheOf(new Generation(1), 0)
    expect(await ask([1])).toEqual([])
    await ask([1])
    expect(reads).toEqual([[1]])
    expect(cache.bytes).toBeGreaterThan(0)
  })

  it('forgets all when something was published, also while it read', async () => {
    const { ask, generation, reads, cache } = cacheOf()
    await ask([1])
    generation.current = 2
    await ask([1])
    await ask([5], 'chunk', () => {
      generation.current = 3
    })
    expect(cache.bytes).toBe(0)
    await ask([5])
    expect(reads).toEqual([[1], [1], [5], [5]])
  })

  it('holds a bounded number of ties', async () => {
    const { ask, cache } = cacheOf(new Generation(1), 100)
    let most = 0
    for (let chunk = 1; chunk <= 1000; chunk++) {
      await ask([chunk])
      most = Math.max(most, cache.bytes)
    }
    expect(most).toBeGreaterThan(1024 * 1024)
    expect(most).toBeLessThan(4 * 1024 * 1024)
  })
})
