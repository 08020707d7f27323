import { describe, expect, it } from 'vitest'
import { byCoverage } from '../../../../src/stores/sqlite/search/coverage.ts'

/** The entries that have a word. */
const having = (...keys: number[]) => keys.flatMap((key) => [key, 1])

describe('a score by how much of a question an entry covers', () => {
  it('puts the entry of all words before one that says a single one better', () => {
    const hits = [
      { key: 1, score: 6 },
      { key: 2, score: 5 },
    ]
    const found = byCoverage(hits, [having(1, 2), having(2, 3)], 100)
    expect(found.map(({ key }) => key)).toEqual([2, 1])
    expect(found[0]?.score).toBe(5)
    expect(found[1]?.score).toBeCloseTo(6 * Math.SQRT1_2)
  })

  it('counts a rare word for more than a common one', () => {
    const hits = [
      { key: 1, score: 1 },
      { key: 2, score: 1 },
    ]
    const common = having(1, ...Array.from({ length: 50 }, (_, at) => at + 10))
    expect(byCoverage(hits, [common, having(2)], 200).map(({ key }) => key)).toEqual([2, 1])
  })

  it('asks nothing of words that none or too many have', () => {
    const hits = [
      { key: 1, score: 2 },
      { key: 2, score: 1 },
    ]
    expect(byCoverage(hits, [null, having(), having(1, 2)], 100)).toEqual(hits)
    expect(byCoverage(hits, [null, having()], 100)).toEqual(hits)
  })
})
