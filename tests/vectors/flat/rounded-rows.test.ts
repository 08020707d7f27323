import { describe, expect, it } from 'vitest'
import { RoundedQuery, RoundedRows } from '../../../src/vectors/flat/rounded-rows.ts'
import { canMultiplyRounded, roundedProducts } from '../../../src/vectors/kernel/dot-products.ts'
import { dot } from '../../../src/vectors/kernel/vector-values.ts'
import { randomVector, seeded } from '../../stores/vector-harness.ts'

/** The most that is said of each row that is visited. */
function possible(rows: RoundedRows, query: RoundedQuery, threshold = -Infinity) {
  const found = new Map<number, number>()
  rows.compare(query).visitPossible(threshold, (row, atMost) => void found.set(row, atMost))
  return found
}

/** What is said of each row that is visited. */
function likely(rows: RoundedRows, query: RoundedQuery, threshold: () => number) {
  const found = new Map<number, number>()
  rows.compare(query).visitLikely(threshold, (row, product) => void found.set(row, product))
  return found
}

describe('rounded rows', () => {
  it('know how much each product can be', () => {
    const random = seeded(1)
    for (const dimension of [16, 48, 384, 1536]) {
      const vectors = Array.from({ length: 100 }, () => randomVector(random, dimension))
      // One value alone, none at all, one beside many that are too small for a byte, and very long.
      const lonely = new Float32Array(dimension)
      lonely[3] = -1
      const uneven = Float32Array.from({ length: dimension }, (_, i) => (i === 0 ? 1 : 0.003))
      const faint = new Float32Array(dimension).fill(1e-38)
      const long = randomVector(random, dimension).map((value) => value * 1e6)
      vectors.push(lonely, new Float32Array(dimension), uneven, faint, long)
      const rows = new RoundedRows(dimension, vectors.length)
      for (const [row, vector] of vectors.entries()) rows.set(row, vector)
      for (const vector of [...vectors.slice(90)]) {
        const query = new RoundedQuery(vector)
        const found = possible(rows, query)
        const rounded = likely(rows, query, () => -Infinity)
        for (const [row, other] of vectors.entries()) {
          const exact = dot(vector, other)
          const [atMost, near] = [found.get(row) ?? Number.NaN, rounded.get(row) ?? Number.NaN]
          expect(atMost).toBeGreaterThanOrEqual(exact)
          expect(near - (atMost - near)).toBeLessThanOrEqual(exact)
        }
      }
    }
  })

  it('come close enough to tell most rows apart', () => {
    const random = seeded(2)
    const rows = new RoundedRows(384, 50)
    for (let row = 0; row < 50; row++) rows.set(row, randomVector(random, 384))
    const query = new RoundedQuery(randomVector(random, 384))
    const rounded = likely(rows, query, () => -Infinity)
    for (const [row, atMost] of possible(rows, query)) {
      const reach = atMost - (rounded.get(row) ?? Number.NaN)
      expect(reach).toBeGreaterThan(0)
      expect(reach).toBeLessThan(0.015)
    }
  })

  it('are visited only where they may reach what is wanted', () => {
    const random = seeded(3)
    const vectors = Array.from({ length: 60 }, () => randomVector(random, 48))
    const rows = new RoundedRows(48, 60)
    for (const [row, vector] of vectors.entries()) rows.set(row, vector)
    const other = randomVector(random, 48)
    for (const [row, vector] of vectors.entries()) {
      expect(possible(rows, new RoundedQuery(other), dot(other, vector)).has(row)).toBe(true)
    }
    const query = vectors[7] ?? new Float32Array(48)
    expect([...possible(rows, new RoundedQuery(query), 0.99).keys()]).toEqual([7])
    expect(possible(rows, new RoundedQuery(query), 1.1).size).toBe(0)
  })

  it('are likely in the order of their products, as far as a threshold that rises', () => {
    const random = seeded(4)
    const vectors = Array.from({ length: 60 }, () => randomVector(random, 48))
    const rows = new RoundedRows(48, 60)
    for (const [row, vector] of vectors.entries()) rows.set(row, vector)
    const query = new RoundedQuery(randomVector(random, 48))
    const all = likely(rows, query, () => -Infinity)
    expect([...all.keys()]).toEqual([...vectors.keys()])
    let best = -Infinity
    const rising = likely(rows, query, () => best)
    expect(rising).toEqual(all)
    const records: number[] = []
    rows.compare(query).visitLikely(
      () => best,
      (row, product) => {
        best = product
        records.push(row)
      },
    )
    const expected = [...all].reduce<number[]>((found, [row, product]) => {
      const last = all.get(found.at(-1) ?? -1) ?? -Infinity
      if (product >= last) found.push(row)
      return found
    }, [])
    expect(records).toEqual(expected)
    expect(records.length).toBeGreaterThan(2)
  })

  it('add up without passing 32 bits, whatever stands in them', () => {
    for (const dimension of [16, 384, 3072]) {
      const ones = new Float32Array(dimension).fill(1)
      const query = new RoundedQuery(ones)
      const products = new Int32Array(2)
      const codes = new Int8Array(2 * dimension).fill(127, 0, dimension).fill(-127, dimension)
      roundedProducts(query.codes, codes, 2, products)
      const most = 127 * dimension * (query.codes[0] ?? 0)
      expect(most).toBeLessThan(2 ** 31)
      expect(most).toBeGreaterThan(127 * dimension * 100)
      expect([...products]).toEqual([most, -most])
    }
  })

  it('can be had of the lengths that go into the kernel', () => {
    expect([16, 384, 1024, 3072].map(canMultiplyRounded)).not.toContain(false)
    expect([1, 100, 400_000].map(canMultiplyRounded)).not.toContain(true)
  })
})
