import { describe, expect, it } from 'vitest'
import { BLOCK_ROWS, FlatIndex, PAGE_ROWS } from '../../../src/vectors/flat/flat-index.ts'
import { dotProductsOf } from '../../../src/vectors/kernel/dot-products.ts'
import type { VectorMatch } from '../../../src/vectors/vector-index.ts'
import { randomVector, seeded } from '../../stores/vector-harness.ts'

const DIMENSION = 48
const ALL = () => true

function searched(
  index: FlatIndex,
  query: Float32Array,
  limit: number,
  accept: (vectorId: number) => boolean = ALL,
  meanwhile: (pause: number) => void = () => {},
): readonly VectorMatch[] {
  const search = index.search(query, limit, accept)
  for (let pause = 0; ; pause++) {
    const step = search.next()
    if (step.done === true) return step.value
    meanwhile(pause)
  }
}

/** What comparing each vector by itself finds. */
function compared(
  vectors: ReadonlyMap<number, Float32Array>,
  query: Float32Array,
  limit: number,
  accept: (vectorId: number) => boolean = ALL,
): VectorMatch[] {
  return [...vectors]
    .filter(([vectorId]) => accept(vectorId))
    .map(([vectorId, vector]) => ({ vectorId, score: dotProductsOf(query, [vector])[0] ?? 0 }))
    .sort((a, b) => b.score - a.score || a.vectorId - b.vectorId)
    .slice(0, limit)
}

/** An index that has been asked often enough to look through rounded rows. */
function warmIndex(count: number, make: () => Float32Array) {
  const index = new FlatIndex(DIMENSION)
  const vectors = new Map<number, Float32Array>()
  const add = (vectorId: number, vector = make()) => {
    index.add(vectorId, vector)
    vectors.set(vectorId, vector)
  }
  const remove = (vectorId: number) => {
    index.remove(vectorId)
    vectors.delete(vectorId)
  }
  for (let vectorId = 1; vectorId <= count; vectorId++) add(vectorId)
  const before = index.bytes
  for (let i = 0; i < 10; i++) searched(index, make(), 5)
  return { index, vectors, add, remove, before }
}

describe('an exact index', () => {
  it('looks through rounded rows once it is asked again and again, and reports them', () => {
    const random = seeded(1)
    const { index, before } = warmIndex(2 * BLOCK_ROWS, () => randomVector(random, DIMENSION))
    expect(index.bytes - before).toBeGreaterThan(2 * BLOCK_ROWS * DIMENSION)
    const few = warmIndex(1000, () => randomVector(random, DIMENSION))
    expect(few.index.bytes).toBe(few.before)
  })

  it('finds what comparing every vector finds, filtered or not', () => {
    const random = seeded(2)
    const make = () => randomVector(random, DIMENSION)
    const { index, vectors } = warmIndex(3 * BLOCK_ROWS + 700, make)
    for (let i = 0; i < 30; i++) {
      const query = make()
      for (const limit of [1, 10, 100, 5000]) {
        expect(searched(index, query, limit)).toEqual(compared(vectors, query, limit))
        const odd = (vectorId: number) => vectorId % 7 === 3
        expect(searched(index, query, limit, odd)).toEqual(compared(vectors, query, limit, odd))
      }
    }
  })

  it('finds it where vectors lie so close that rounding cannot tell them apart', () => {
    const random = seeded(3)
    const middle = randomVector(random, DIMENSION)
    const near = () => middle.map((value) => value + (random() - 0.5) / 2000)
    const { index, vectors } = warmIndex(2 * BLOCK_ROWS, near)
    for (let i = 0; i < 80; i++) {
      const query = near()
      const wanted = compared(vectors, query, 10).map(({ score }) => score)
      const found = searched(index, query, 10).map(({ score }) => score)
      for (const [at, score] of wanted.entries()) expect(found[at]).toBeCloseTo(score, 6)
    }
    // Of equal ones the oldest.
    const same = warmIndex(2 * BLOCK_ROWS, () => middle)
    for (let i = 0; i < 80; i++) {
      const found = searched(same.index, middle, 5).map(({ vectorId }) => vectorId)
      expect(found).toEqual([1, 2, 3, 4, 5])
    }
  })

  it('follows what comes, goes and changes after it was rounded', () => {
    const random = seeded(4)
    const make = () => randomVector(random, DIMENSION)
    const { index, vectors, add, remove } = warmIndex(BLOCK_ROWS + 600, make)
    let next = 100_000
    for (let round = 0; round < 60; round++) {
      for (const vectorId of [...vectors.keys()].filter(() => random() < 0.02)) {
        if (random() < 0.5) remove(vectorId)
        else add(vectorId)
      }
      for (let i = 0; i < 30; i++) add(next++)
      const query = make()
      expect(searched(index, query, 20)).toEqual(compared(vectors, query, 20))
    }
  })

  it('takes in many at once, in whatever state its pages are', () => {
    const random = seeded(8)
    const make = () => randomVector(random, DIMENSION)
    const { index, vectors, remove } = warmIndex(BLOCK_ROWS + 600, make)
    for (const vectorId of [3, BLOCK_ROWS + 5]) remove(vectorId)
    let next = 100_000
    for (const count of [0, 1, 63, 900, 2 * BLOCK_ROWS]) {
      const added = Array.from({ length: count }, () => [next++, make()] as const)
      const values = added.flatMap(([, vector]) => [...vector])
      index.append(
        added.map(([vectorId]) => vectorId),
        Float32Array.from(values),
      )
      for (const [vectorId, vector] of added) vectors.set(vectorId, vector)
      for (let i = 0; i < 8; i++) {
        const query = make()
        expect(searched(index, query, 20)).toEqual(compared(vectors, query, 20))
      }
    }
    expect(index.size).toBe(vectors.size)
    for (const [vectorId, vector] of vectors) expect(index.vector(vectorId)).toEqual(vector)
  })

  it('keeps pages that come whole where they are, and room for no more than they hold', () => {
    const random = seeded(9)
    const vectorIds = Array.from({ length: 3 * PAGE_ROWS }, (_, i) => i + 1)
    const values = Float32Array.from(vectorIds.flatMap(() => [...randomVector(random, DIMENSION)]))
    const index = new FlatIndex(DIMENSION)
    index.append(vectorIds, values)
    for (const vectorId of vectorIds) expect(index.vector(vectorId)?.buffer).toBe(values.buffer)
    expect(index.bytes).toBeLessThan(values.byteLength + 100 * vectorIds.length)
  })

  it('begins anew when all have gone', () => {
    const random = seeded(7)
    const make = () => randomVector(random, DIMENSION)
    const { index, vectors, add, remove } = warmIndex(2 * BLOCK_ROWS, make)
    for (const vectorId of [...vectors.keys()]) remove(vectorId)
    expect(index.bytes).toBe(0)
    for (let vectorId = 5000; vectorId < 5000 + 2 * BLOCK_ROWS; vectorId++) add(vectorId)
    const query = make()
    expect(searched(index, query, 20)).toEqual(compared(vectors, query, 20))
  })

  it('misses nothing that stays while a search pauses, and finds nothing under another vectorId', () => {
    const random = seeded(5)
    const make = () => randomVector(random, DIMENSION)
    for (let round = 0; round < 10; round++) {
      const { index, vectors, add, remove } = warmIndex(2 * BLOCK_ROWS, make)
      const query = make()
      const nearest = compared(vectors, query, 12).map(({ vectorId }) => vectorId)
      const gone = nearest.filter((_, at) => at % 2 === 0)
      const found = searched(index, query, 12, ALL, (pause) => {
        // After the last block, before what was listed is compared.
        if (pause !== 1) return
        for (const vectorId of gone) remove(vectorId)
        for (const vectorId of gone) add(900_000 + vectorId, query)
      }).map(({ vectorId }) => vectorId)
      expect(found.filter((vectorId) => gone.includes(vectorId))).toEqual([])
      const left = nearest.filter((vectorId) => !gone.includes(vectorId))
      expect(found).toEqual(expect.arrayContaining(left))
    }
  })

  it('is the same for lengths that the kernel does not take', () => {
    const random = seeded(6)
    const index = new FlatIndex(20)
    const vectors = new Map<number, Float32Array>()
    for (let vectorId = 1; vectorId <= BLOCK_ROWS + 10; vectorId++) {
      const vector = randomVector(random, 20)
      index.add(vectorId, vector)
      vectors.set(vectorId, vector)
    }
    for (let i = 0; i < 10; i++) {
      const query = randomVector(random, 20)
      expect(searched(index, query, 10)).toEqual(compared(vectors, query, 10))
    }
  })
})
