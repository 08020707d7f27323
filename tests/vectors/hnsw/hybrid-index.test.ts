import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HybridIndex } from '../../../src/vectors/hnsw/hybrid-index.ts'
import {
  countedLibrary,
  randomVector,
  recall,
  seeded,
  Vectors,
} from '../../stores/vector-harness.ts'

const DIMENSION = 16
const MANY = 1000

describe('the vectors of a sqlite store above the cross-over', () => {
  let dir: string
  let vectors: Vectors
  let random: () => number
  let library: ReturnType<typeof countedLibrary>
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'vector-graph-'))
    random = seeded(7)
    library = countedLibrary()
    vectors = await new Vectors({ dir, loadLibrary: library.loadLibrary }).load()
  })
  afterEach(async () => {
    await vectors.close()
    await rm(dir, { recursive: true })
  })

  const some = (count: number) =>
    Array.from({ length: count }, () => randomVector(random, DIMENSION))
  const one = () => randomVector(random, DIMENSION)

  /** Mean share of the true neighbours that is found. */
  const recallOf = async (limit: number, accept?: (vectorId: number) => boolean) => {
    let sum = 0
    for (const query of some(30)) {
      const found = await vectors.search(query, limit, accept)
      expect(found).toHaveLength(limit)
      sum += recall(found, vectors.exact(query, limit, accept))
    }
    return sum / 30
  }

  it('are searched in a graph that finds what comparing with all of them finds', async () => {
    vectors.publish(some(MANY))
    await vectors.table.atRest()
    expect(library.counts.built).toBe(1)
    expect(await recallOf(10)).toBeGreaterThan(0.99)
    expect(library.counts.searched).toBeGreaterThanOrEqual(30)
  })

  it('are compared one by one up to the cross-over, and the library is not even loaded', async () => {
    vectors.publish(some(500))
    await vectors.table.atRest()
    const query = one()
    expect(await vectors.search(query, 40)).toEqual(vectors.exact(query, 40))
    expect(library.counts.loads).toBe(0)
  })

  it('are searched exactly until the graph is complete', async () => {
    vectors.publish(some(MANY))
    const query = one()
    const wanted = vectors.exact(query, 40)
    let isBuilt = false
    const rest = vectors.table.atRest().then(() => {
      isBuilt = true
    })
    let searches = 0
    for (;;) {
      const found = await vectors.search(query, 40)
      // A search gives way to the building, too.
      if (library.counts.added === MANY) break
      expect(found).toEqual(wanted)
      expect(isBuilt).toBe(false)
      searches++
      await new Promise((resolve) => setImmediate(resolve))
    }
    await rest
    expect(searches).toBeGreaterThan(3)
  })

  it('are found from their publication on, while they move to the graph', async () => {
    vectors.publish(some(MANY))
    await vectors.table.atRest()
    for (let round = 0; round < 20; round++) {
      const added = some(30)
      const vectorIds = vectors.publish(added)
      for (const [index, vector] of added.entries()) {
        expect(await vectors.search(vector, 1)).toEqual([vectorIds[index]])
      }
    }
    await vectors.table.atRest()
    expect(library.counts.added).toBe(MANY + 600)
  })

  it('are found once each though they move to the graph while a search has paused', async () => {
    const known = new Map(some(MANY).map((vector, vectorId) => [vectorId, vector]))
    const index = new HybridIndex({
      dimension: DIMENSION,
      crossOver: MANY - 1,
      loadLibrary: library.loadLibrary,
      file: null,
      mark: () => ({ embedding: '', dimension: DIMENSION, generation: 0 }),
      stored: (vectorId) => known.get(vectorId) ?? null,
      isSettled: () => true,
    })
    for (const [vectorId, vector] of known) index.add(vectorId, vector)
    index.maintain()
    await index.atRest()
    const query = one()
    index.add(MANY, query)
    const search = index.search(query, 10, () => true)
    expect(search.next().done).toBe(false)
    index.maintain()
    await index.atRest()
    expect(library.counts.added).toBe(MANY + 1)
    let step = search.next()
    while (step.done !== true) step = search.next()
    const vectorIds = step.value.map(({ vectorId }) => vectorId)
    expect(vectorIds[0]).toBe(MANY)
    expect(new Set(vectorIds).size).toBe(10)
    await index.close()
  })

  it('stay out of sight, and out of the graph, until they are published', async () => {
    const [first = 0] = vectors.publish(some(MANY))
    await vectors.table.atRest()
    const query = one()
    const before = await vectors.search(query, 40)
    vectors.connection.durably(() => vectors.table.stage(9999, query))
    expect(await vectors.search(query, 40)).toEqual(before)
    vectors.connection.durably(() =>
      vectors.table.put(
        first,
        query.map((value) => -value),
      ),
    )
    await vectors.table.atRest()
    expect(library.counts.added).toBe(MANY + 1)
    vectors.table.publish([])
    expect(await vectors.search(query, 1)).toEqual([9999])
    expect((await vectors.search(query, 41)).slice(1)).toEqual(before)
    await vectors.table.atRest()
    expect(library.counts.added).toBe(MANY + 2)
  })

  it('are searched exactly where the native library is missing', async () => {
    await vectors.close()
    vectors = await new Vectors({ dir, loadLibrary: async () => null }).load()
    vectors.publish(some(MANY))
    await vectors.table.atRest()
    for (const query of some(5)) {
      expect(await vectors.search(query, 40)).toEqual(vectors.exact(query, 40))
    }
    expect((await readdir(dir)).filter((name) => name.includes('hnsw'))).toEqual([])
  })

  it.each([2, 20, 300, 900])('come in full when one in %i passes the filter', async (share) => {
    vectors.publish(some(MANY))
    await vectors.table.atRest()
    const limit = Math.min(40, Math.floor(MANY / share))
    expect(await recallOf(limit, (vectorId) => vectorId % share === 0)).toBeGreaterThan(0.99)
  })

  it.each([0, 1, 300, 900, 5000])('come in full when %i are asked for', async (limit) => {
    vectors.publish(some(MANY))
    await vectors.table.atRest()
    const found = await vectors.search(one(), limit)
    expect(found).toHaveLength(Math.min(limit, MANY))
    expect(new Set(found).size).toBe(found.length)
  })

  it('come in full when the closest have died', async () => {
    vectors.publish(some(MANY))
    await vectors.table.atRest()
    const query = one()
    const closest = await vectors.search(query, 140)
    vectors.publish([], closest)
    const next = vectors.exact(query, 40)
    expect(recall(await vectors.search(query, 40), next)).toBeGreaterThan(0.99)
    vectors.sweep(closest)
    expect(recall(await vectors.search(query, 40), next)).toBeGreaterThan(0.99)
  })

  it('get a new graph when 15 % of them are dead, and not before', async () => {
    const vectorIds = vectors.publish(some(MANY))
    await vectors.table.atRest()
    const most = 0.15 * MANY
    vectors.publish([], vectorIds.slice(0, most - 1))
    vectors.sweep(vectorIds.slice(0, most - 1))
    await vectors.table.atRest()
    expect(library.counts.built).toBe(1)
    vectors.publish([], vectorIds.slice(most - 1, most))
    vectors.sweep(vectorIds.slice(most - 1, most))
    await vectors.table.atRest()
    expect(library.counts.built).toBe(2)
    expect(library.counts.added).toBe(2 * MANY - most)
    expect(await recallOf(10)).toBeGreaterThan(0.99)
  })

  it('lose their graph when hardly any are left', async () => {
    const vectorIds = vectors.publish(some(MANY))
    await vectors.table.atRest()
    vectors.publish([], vectorIds.slice(100))
    vectors.sweep(vectorIds.slice(100))
    await vectors.table.atRest()
    expect((await readdir(dir)).filter((name) => name.endsWith('head'))).toEqual([])
    const { searched } = library.counts
    const query = one()
    expect(await vectors.search(query, 40)).toEqual(vectors.exact(query, 40))
    expect(library.counts.searched).toBe(searched)
    expect(vectors.table.bytes).toBeLessThan(100_000)
  })

  it('are found where they are after they were given other values', async () => {
    const vectorIds = vectors.publish(some(MANY))
    await vectors.table.atRest()
    const moved = one()
    const vectorId = vectorIds[5] ?? 0
    vectors.connection.durably(() => vectors.table.put(vectorId, moved))
    expect(await vectors.search(moved, 1)).toEqual([vectorId])
    await vectors.table.atRest()
    expect(await vectors.search(moved, 1)).toEqual([vectorId])
    await vectors.close()
    vectors = await new Vectors({ dir, loadLibrary: library.loadLibrary }).load()
    expect(await vectors.search(moved, 1)).toEqual([vectorId])
  })

  it('have the same similarities in the graph as one by one', async () => {
    const all = some(MANY)
    const vectorIds = vectors.publish(all)
    const query = one()
    const before = vectors.table.similarities([...vectorIds, 99_999], query)
    await vectors.table.atRest()
    expect(vectors.table.similarities([...vectorIds, 99_999], query)).toEqual(before)
    expect(before.at(-1)).toBeNaN()
  })

  it('count the native memory as theirs', async () => {
    vectors.publish(some(MANY))
    await vectors.table.atRest()
    expect(vectors.table.bytes).toBeGreaterThan(MANY * (4 * DIMENSION + 8 * 16 + 100))
    expect(vectors.table.bytes).toBeLessThan(MANY * 400)
  })

  it('are refused when they are not finite or of another length', async () => {
    vectors.publish(some(MANY))
    await vectors.table.atRest()
    const bad = [Number.NaN, Number.POSITIVE_INFINITY].map((value) => one().fill(value, 3, 4))
    for (const vector of bad) {
      expect(() => vectors.publish([vector])).toThrow('not finite')
      await expect(vectors.search(vector, 5)).rejects.toThrow('not finite')
    }
    expect(() => vectors.publish([Float32Array.of(1)])).toThrow('1 values')
    expect(await recallOf(10)).toBeGreaterThan(0.99)
  })

  it('may be closed at any moment of a build', async () => {
    vectors.publish(some(MANY))
    for (let step = 0; step < 12; step++) {
      const closing = new Vectors({ dir, loadLibrary: library.loadLibrary })
      await closing.load()
      for (let turn = 0; turn < step * 3; turn++) {
        await new Promise((resolve) => setImmediate(resolve))
      }
      const search = closing.search(one(), 10).catch(() => undefined)
      await closing.close()
      await search
    }
    await vectors.table.atRest()
    expect(await recallOf(10)).toBeGreaterThan(0.99)
  })
})
