import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { Connection } from '../../src/stores/sqlite/database/connection.ts'
import { Generation } from '../../src/stores/sqlite/database/visibility.ts'
import { GraphLookups } from '../../src/stores/sqlite/search/graph-lookups.ts'
import { type GraphChange, WorkingGraph } from '../../src/stores/sqlite/search/working-graph.ts'
import { collectGarbage } from '../collect-garbage.ts'

function heapInUse(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

// In a process of its own: elsewhere what other tests leave and take is counted too.
it.each([
  { graphs: 20, entities: 600, relations: 750 },
  { graphs: 1, entities: 6000, relations: 30_000 },
])('graphs take about the memory that they say: $graphs of $relations ties', async (shape) => {
  const { graphs, entities, relations } = shape
  const edges = Array.from({ length: relations }, (_, i) => {
    const apart = 7 + 31 * Math.floor(i / entities)
    const [source, target] = [1 + (i % entities), 1 + ((i + apart) % entities)]
    return { key: i + 1, source, target, weight: 1 }
  })
  const nodes = edges.flatMap(({ source, target }) => [source, target])
  const content = function* (): Generator<GraphChange, void, void> {
    yield { edges, nodes, deadEdges: [], deadNodes: [] }
  }
  const lookups = new GraphLookups(new Connection(new Database(':memory:')), new Generation(0))
  const before = heapInUse()
  const held = Array.from({ length: graphs }, () => new WorkingGraph(lookups, async () => {}))
  for (const one of held) await one.fill(content, () => true)
  const took = heapInUse() - before
  const said = held.reduce((sum, { bytes }) => sum + bytes, 0)
  expect(took / said).toBeLessThan(1.5)
  expect(took / said).toBeGreaterThan(0.5)
})
