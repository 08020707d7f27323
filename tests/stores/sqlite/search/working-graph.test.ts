import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RelationTie } from '../../../../src/engine/ports/searches.ts'
import { Connection } from '../../../../src/stores/sqlite/database/connection.ts'
import { openDatabase } from '../../../../src/stores/sqlite/database/open-database.ts'
import { Generation } from '../../../../src/stores/sqlite/database/visibility.ts'
import { GraphLookups } from '../../../../src/stores/sqlite/search/graph-lookups.ts'
import {
  type GraphChange,
  WorkingGraph,
} from '../../../../src/stores/sqlite/search/working-graph.ts'

const tie = (key: number, source: number, target: number, weight = 1): RelationTie => ({
  key,
  source,
  target,
  weight,
})
const changeOf = (edges: RelationTie[]): GraphChange => ({
  edges,
  deadEdges: [],
  nodes: edges.flatMap(({ source, target }) => [source, target]),
  deadNodes: [],
})

const pagesOf = (pages: readonly GraphChange[]) =>
  function* () {
    yield* pages
  }

describe('the working graph in memory', () => {
  let dir: string
  let connection: Connection
  let lookups: GraphLookups
  let graph: WorkingGraph
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'working-graph-'))
    connection = new Connection(openDatabase(dir))
    lookups = new GraphLookups(connection, new Generation(0))
    graph = new WorkingGraph(lookups, async () => undefined)
  })
  afterEach(async () => {
    connection.close()
    await rm(dir, { recursive: true })
  })

  const fill = (edges: RelationTie[]) => graph.fill(pagesOf([changeOf(edges)]), () => true)

  it('gives each tie once, in the order of the keys, with its ends as they were given', async () => {
    const edges = [tie(9, 1, 2), tie(3, 3, 1), tie(5, 2, 3), tie(7, 4, 4), tie(8, 5, 6)]
    await fill(edges)
    const byKey = (keys: number[]) => keys.map((key) => edges.find((edge) => edge.key === key))
    expect(await graph.ties([1, 2, 3])).toEqual(byKey([3, 5, 9]))
    expect(await graph.ties([2, 1, 2, 99])).toEqual(byKey([3, 5, 9]))
    expect(await graph.ties([4])).toEqual(byKey([7]))
  })

  it('is loaded also while calls follow one another without a pause', async () => {
    const edges = [tie(1, 1, 2), tie(2, 2, 3)]
    // Each page takes a whole slice.
    const slow = function* () {
      for (const edge of edges) {
        const end = performance.now() + 20
        while (performance.now() < end);
        yield changeOf([edge])
      }
    }
    const asked: WorkingGraph = new WorkingGraph(lookups, () => asked.fill(slow, () => true))
    for (let call = 0; call < 100 && !asked.loaded; call++) {
      await asked.ties([1])
      await asked.degrees([1])
    }
    expect(asked.loaded).toBe(true)
    expect(await asked.degrees([2])).toEqual([2])
  })

  it('tells of every tie as it is, however often it was asked before', async () => {
    await fill([tie(1, 1, 2), tie(2, 2, 3)])
    for (const entity of [1, 2, 3, 4]) await graph.ties([entity])
    const deadEdges = [{ source: 1, target: 2 }]
    await graph.publish({ ...changeOf([tie(3, 3, 4)]), deadEdges })
    expect(await graph.ties([1])).toEqual([])
    expect(await graph.ties([2, 4])).toEqual([tie(2, 2, 3), tie(3, 3, 4)])
    graph.clear()
    expect(await graph.ties([2, 3])).toEqual([])
    await fill([tie(5, 2, 3)])
    expect(await graph.ties([2])).toEqual([tie(5, 2, 3)])
  })

  it('keeps no more lists of ties than it has room for, and tells what they take', async () => {
    const leaves = 60_000
    await fill(Array.from({ length: leaves }, (_, at) => tie(at + 1, 1, at + 2)))
    const bare = graph.bytes
    await graph.ties([1])
    const hub = graph.bytes - bare
    expect(hub).toBeGreaterThan(8 * leaves)
    for (let leaf = 2; leaf < leaves; leaf += 1000) {
      await graph.ties(Array.from({ length: 1000 }, (_, at) => leaf + at))
      expect(graph.bytes - bare).toBeLessThan(8_000_000)
    }
    expect(await graph.ties([1])).toHaveLength(leaves)
  })

  it('tells the entities with most ties, also when they change while it counts', async () => {
    const leaves = 100_000
    await fill(Array.from({ length: leaves }, (_, at) => tie(at + 1, 1, at + 2)))
    const before = graph.hubs(3)
    // It has begun, and no node is looked at twice.
    await nextTurn()
    const more = Array.from({ length: 5 }, (_, at) => tie(leaves + 1 + at, 50, 60 + at))
    await graph.publish(changeOf(more))
    const [during, after] = [await before, await graph.hubs(3)]
    expect(after).toEqual([1, 50, 60])
    expect([
      [1, 2, 3],
      [1, 50, 60],
    ]).toContainEqual(during)
    expect(await graph.hubs(1)).toEqual([1])
    expect(await graph.hubs(3)).toEqual([1, 50, 60])
  })

  it('changes nothing that it has handed out', async () => {
    await fill([tie(1, 1, 2)])
    const before = await graph.ties([1])
    await graph.publish(changeOf([tie(1, 1, 2, 5)]))
    expect(before).toEqual([tie(1, 1, 2)])
    expect(await graph.ties([1])).toEqual([tie(1, 1, 2, 5)])
  })
})
