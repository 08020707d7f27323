import type { Tables } from '../tables/tables.ts'
import type { GraphChange } from './working-graph.ts'

/** Rows read at a time. */
const PAGE_ROWS = 200

/** All visible entities and relations, in pages. */
export function* graphContent(tables: Tables): Generator<GraphChange, void, void> {
  let nodes = tables.entities.keysAfter(0, PAGE_ROWS)
  for (let last = nodes.at(-1); last !== undefined; last = nodes.at(-1)) {
    yield { nodes, deadNodes: [], edges: [], deadEdges: [] }
    nodes = tables.entities.keysAfter(last, PAGE_ROWS)
  }
  let edges = tables.relations.tiesAfter(0, PAGE_ROWS)
  for (let last = edges.at(-1); last !== undefined; last = edges.at(-1)) {
    yield { nodes: [], deadNodes: [], edges, deadEdges: [] }
    edges = tables.relations.tiesAfter(last.key, PAGE_ROWS)
  }
}
