import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RelationTie } from '../../src/engine/store.ts'
import { Connection } from '../../src/stores/sqlite/connection.ts'
import { GraphLookups } from '../../src/stores/sqlite/graph-lookups.ts'
import { openDatabase } from '../../src/stores/sqlite/open-database.ts'
import { Generation } from '../../src/stores/sqlite/visibility.ts'
import { type GraphChange, WorkingGraph } from '../../src/stores/sqlite/working-graph.ts'

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

function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
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

  it.each([
    { graphs: 20, entities: 600, relations: 750 },
    { graphs: 1, entities: 6000, relations: 30_000 },
  ])('takes about as much memory as it says: $graphs of $relations relations', async (shape) => {
    const { graphs, entities, relations } = shape
    const edges = Array.from({ length: relations }, (_, i) => {
      const apart = 7 + 31 * Math.floor(i / entities)
      return tie(i + 1, 1 + (i % entities), 1 + ((i + apart) % entities))
    })
    const before = heapInUse()
    const held = Array.from({ length: graphs }, () => new WorkingGraph(lookups, async () => {}))
    for (const one of held) await one.fill(pagesOf([changeOf(edges)]), () => true)
    const took = heapInUse() - before
    const said = held.reduce((sum, { bytes }) => sum + bytes, 0)
    expect(took / said).toBeLessThan(1.5)
    expect(took / said).toBeGreaterThan(0.5)
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

  it('changes nothing that it has handed out', async () => {
    await fill([tie(1, 1, 2)])
    const before = await graph.ties([1])
    await graph.publish(changeOf([tie(1, 1, 2, 5)]))
    expect(before).toEqual([tie(1, 1, 2)])
    expect(await graph.ties([1])).toEqual([tie(1, 1, 2, 5)])
  })
})
