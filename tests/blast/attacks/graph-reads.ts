import type { Attack, AttackKind } from '../attack.ts'
import { hub } from '../hub-graph.ts'

const q = encodeURIComponent

const reading = (name: string, pathOf: (turn: number) => string, lanes = 4): Attack => ({
  name,
  by: 'tenant',
  lanes,
  ready: async (caller) => {
    await caller.land('/documents/custom_kg', hub('Hub', 8000, 'hub'))
    return async (turn) => {
      await caller.get(pathOf(turn))
    }
  },
})

/** Looking at a graph of eight thousand ties to one. */
export const graphReads: AttackKind = {
  kind: 'graph-reads',
  attacks: [
    reading('graph-around-a-hub', () => '/graphs?label=Hub&max_depth=100&max_nodes=1000'),
    reading('whole-graph', () => '/graphs?label=*&max_depth=100&max_nodes=100000'),
    reading('search-for-a-letter', (turn) => `/graph/label/search?q=${turn % 10}&limit=100`),
    reading(
      'search-for-a-pattern',
      (turn) => `/graph/label/search?q=${q(`${turn}%_*".*(a+)+$ `.repeat(60).slice(0, 1000))}`,
    ),
    reading('all-names', () => '/graph/label/list'),
    reading('names-by-degree', () => '/graph/label/popular?limit=1000'),
    reading('export-to-a-sheet', () => '/graph/export?format=xlsx'),
    reading('export-to-xml', () => '/graph/export?format=graphml'),
    reading(
      'existence-of-long-names',
      (turn) => `/graph/entity/exists?name=${turn}${q('\u00c9e\u0301'.repeat(300))}`,
      16,
    ),
  ],
}
