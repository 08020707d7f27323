import { describe, expect, it } from 'vitest'
import { VectorKeys } from '../../../../src/stores/sqlite/search/vector-keys.ts'

/** Labels from a million on are gone. */
function countedKeys() {
  const reads: (readonly number[])[] = []
  const keys = new VectorKeys({
    keysOf: (vectorIds) => {
      reads.push(vectorIds)
      return new Map(
        vectorIds
          .filter((vectorId) => vectorId < 1_000_000)
          .map((vectorId) => [vectorId, 2 * vectorId]),
      )
    },
  })
  return { keys, reads }
}

describe('the keys of vector ids', () => {
  it('are read once each, and told in the order asked for', () => {
    const { keys, reads } = countedKeys()
    expect(keys.of([3, 1])).toEqual([6, 2])
    expect(keys.of([1, 2, 3])).toEqual([2, 4, 6])
    expect(keys.of([])).toEqual([])
    expect(reads).toEqual([[3, 1], [2]])
  })

  it('are told one by one from the same memory', () => {
    const { keys, reads } = countedKeys()
    expect([keys.one(4), keys.one(4), keys.one(1_000_000)]).toEqual([8, 8, undefined])
    expect(keys.of([4])).toEqual([8])
    expect(reads).toEqual([[4], [1_000_000]])
  })

  it('are undefined for vector ids that are gone', () => {
    const { keys } = countedKeys()
    expect(keys.of([1, 1_000_000])).toEqual([2, undefined])
  })

  it('are bounded in number, and all told even when older ones must go', () => {
    const { keys } = countedKeys()
    for (let from = 0; from < 30_000; from += 100) {
      const vectorIds = Array.from({ length: 100 }, (_, at) => from + at)
      expect(keys.of([5, ...vectorIds])).toEqual([10, ...vectorIds.map((vectorId) => 2 * vectorId)])
    }
    expect(keys.bytes).toBeGreaterThan(0)
    expect(keys.bytes).toBeLessThan(512 * 1024)
  })
})
