import type { Tables } from './tables.ts'
import type { GraphChange } from './working-graph.ts'

/** Rows read at a time. */
const PAGE_ROWS = 200

/** All visible entities and relations, in pages. */
export function* graphContent(tables: Tables): Generator<GraphChange, void, void> {
  let label = 0
  for (;;) {
    const page = tables.entities.page(label, PAGE_ROWS)
    yield { nodes: page.map((row) => row.key), deadNodes: [], edges: [], deadEdges: [] }
    const last = page.at(-1)
    if (last === undefined) break
    label = last.label
  }
  label = 0
  for (;;) {
    const page = tables.relations.page(label, PAGE_ROWS)
    yield { nodes: [], deadNodes: [], edges: page, deadEdges: [] }
    const last = page.at(-1)
    if (last === undefined) break
    label = last.label
  }
}
