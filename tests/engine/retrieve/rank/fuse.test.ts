import { describe, expect, it } from 'vitest'
import { sorted, topSorted } from '../../../../src/engine/retrieve/rank/fuse.ts'

describe('the first of many weights', () => {
  const weights = new Map(Array.from({ length: 500 }, (_, n) => [(n * 37) % 500, (n * 13) % 40]))

  it('are those that would come first if all were sorted', () => {
    for (const limit of [0, 1, 7, 12, 13, 60, 499, 500, 900]) {
      expect(topSorted(weights, limit), `${limit}`).toEqual(sorted(weights).slice(0, limit))
    }
  })

  it('are none of none', () => {
    expect(topSorted(new Map(), 5)).toEqual([])
  })
})
