import { describe, expect, it } from 'vitest'
import type { ChunkTie } from '../../../../src/engine/ports/searches.ts'
import type { Key } from '../../../../src/engine/ports/stored-rows.ts'
import { HUB, type WalkStart, walk } from '../../../../src/engine/retrieve/rank/walk.ts'

/** A graph in memory that counts the rows it hands out. */
function graphOf(chunks: Readonly<Record<Key, readonly Key[]>>, named: readonly string[] = []) {
  const all: ChunkTie[] = []
  const spread = new Map<Key, number>()
  for (const entities of Object.values(chunks)) {
    for (const entity of entities) spread.set(entity, (spread.get(entity) ?? 0) + 1)
  }
  for (const [chunk, entities] of Object.entries(chunks)) {
    for (const entity of entities) {
      const isNamed = named.includes(`${chunk}:${entity}`)
      all.push({ chunk: Number(chunk), entity, named: isNamed, spread: spread.get(entity) ?? 0 })
    }
  }
  let rows = 0
  const counted = (ties: ChunkTie[]) => {
    rows += ties.length
    return Promise.resolve(ties)
  }
  return {
    rows: () => rows,
    spread: (entity: Key) => spread.get(entity) ?? 0,
    tiesOfChunks: (keys: readonly Key[], min: number, max: number) =>
      counted(
        all.filter((tie) => keys.includes(tie.chunk) && tie.spread >= min && tie.spread <= max),
      ),
    tiesOfEntities: (keys: readonly Key[], limit: number) =>
      counted(keys.flatMap((key) => all.filter((tie) => tie.entity === key).slice(0, limit))),
  }
}

const from = (chunk: Key, more: Partial<WalkStart> = {}): WalkStart => ({
  chunks: new Map([[chunk, 1]]),
  entities: new Map(),
  relevance: new Map(),
  total: 1000,
  ...more,
})

const range = (length: number, first: number) => Array.from({ length }, (_, n) => n + first)

describe('walk', () => {
  it('reaches a passage over two bridges, and weighs it less than one over one', async () => {
    const { chunks } = await walk(graphOf({ 1: [10], 2: [10, 11], 3: [11], 4: [12] }), from(1))
    expect(chunks.get(3)).toBeGreaterThan(0)
    expect(chunks.get(2)).toBeGreaterThan(chunks.get(3) ?? 0)
    expect(chunks.has(4)).toBe(false)
  })

  it('leads rather to the passage that is about an entity', async () => {
    const { chunks } = await walk(graphOf({ 1: [10], 2: [10], 3: [10] }, ['3:10']), from(1))
    expect(chunks.get(3)).toBeGreaterThan(4 * (chunks.get(2) ?? 0))
  })

  it('leads rather to the passage with the rest of the question', async () => {
    const start = from(1, { relevance: new Map([[3, 1]]) })
    const { chunks } = await walk(graphOf({ 1: [10], 2: [10], 3: [10] }), start)
    expect(chunks.get(3)).toBeGreaterThan(3 * (chunks.get(2) ?? 0))
  })

  it('leads rather over the bridge that the passage says more of', async () => {
    const start = from(1, { bridges: new Map([[1, new Map([[11, 4]])]]) })
    const { chunks } = await walk(graphOf({ 1: [10, 11], 2: [10], 3: [11] }), start)
    expect(chunks.get(3)).toBeGreaterThan(2 * (chunks.get(2) ?? 0))
  })

  it('lets a common name lead less than a rare one', async () => {
    const common = Object.fromEntries(range(60, 100).map((chunk) => [chunk, [11]]))
    const graph = graphOf({ 1: [10, 11], 2: [10], ...common })
    const { chunks, entities } = await walk(graph, from(1))
    expect(entities.get(10)).toBeGreaterThan(1.5 * (entities.get(11) ?? 0))
    expect(chunks.get(2)).toBeGreaterThan(20 * (chunks.get(100) ?? 0))
  })

  it('begins at the entities of the question too', async () => {
    const start = from(1, { entities: new Map([[12, { weight: 1, spread: 2 }]]) })
    const { chunks } = await walk(graphOf({ 1: [10], 3: [12], 4: [12] }), start)
    expect(chunks.get(3)).toBeCloseTo(chunks.get(4) ?? 0)
    expect(chunks.get(3)).toBeGreaterThan(0)
  })

  it('follows no hub, whether it comes past one or the question names it', async () => {
    const everywhere = Object.fromEntries(range(HUB + 50, 100).map((chunk) => [chunk, [10]]))
    const graph = graphOf({ 1: [10, 11], 2: [11], ...everywhere })
    const spread = graph.spread(10)
    const { chunks } = await walk(
      graph,
      from(1, { entities: new Map([[10, { weight: 1, spread }]]) }),
    )
    expect([...chunks.keys()].sort()).toEqual([1, 2])
    expect(graph.rows()).toBeLessThan(10)
  })

  it('reads the ties of a place once, however often it comes past', async () => {
    const graph = graphOf({ 1: [10], 2: [10] })
    await walk(graph, from(1))
    expect(graph.rows()).toBe(4)
  })

  it('reads a bounded part of a graph in which everything hangs together', async () => {
    const scattered = (seed: number) => (Math.imul(seed, 2654435761) >>> 8) % 2000
    const dense = Object.fromEntries(
      range(3000, 0).map((chunk) => [chunk, range(40, chunk * 40).map(scattered)]),
    )
    const graph = graphOf(dense)
    const { chunks } = await walk(graph, from(1))
    expect(chunks.size).toBeGreaterThan(100)
    // Of 120,000 ties: at most 30 nodes a step, each read once.
    expect(graph.rows()).toBeLessThan(20_000)
  })

  it('adds up to no more than it began with at each step', async () => {
    const { chunks, entities } = await walk(graphOf({ 1: [10, 11], 2: [10], 3: [11] }), from(1))
    const sum = [...chunks.values(), ...entities.values()].reduce((a, b) => a + b, 0)
    expect(sum).toBeLessThanOrEqual(1 + 0.85 + 0.85 ** 2 + 0.85 ** 3 + 0.85 ** 4)
  })
})
