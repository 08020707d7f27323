import { describe, expect, it } from 'vitest'
import { LabelKeys } from '../../../../src/stores/sqlite/search/label-keys.ts'

/** Labels from a million on are gone. */
function countedKeys() {
  const reads: (readonly number[])[] = []
  const keys = new LabelKeys({
    keysOf: (labels) => {
      reads.push(labels)
      return new Map(labels.filter((label) => label < 1_000_000).map((label) => [label, 2 * label]))
    },
  })
  return { keys, reads }
}

describe('the keys of labels', () => {
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

  it('are undefined for labels that are gone', () => {
    const { keys } = countedKeys()
    expect(keys.of([1, 1_000_000])).toEqual([2, undefined])
  })

  it('are bounded in number, and all told even when older ones must go', () => {
    const { keys } = countedKeys()
    for (let from = 0; from < 30_000; from += 100) {
      const labels = Array.from({ length: 100 }, (_, at) => from + at)
      expect(keys.of([5, ...labels])).toEqual([10, ...labels.map((label) => 2 * label)])
    }
    expect(keys.bytes).toBeGreaterThan(0)
    expect(keys.bytes).toBeLessThan(512 * 1024)
  })
})
