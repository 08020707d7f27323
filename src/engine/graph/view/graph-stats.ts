import type { Store } from '../../ports/store.ts'
import { yieldAheadIfDue } from '../../work/turns.ts'
import { enabledSearches } from '../enabled-searches.ts'
import type { GraphStats } from '../graph-calls.ts'
import { type GraphColumns, walkGraph } from './walk-graph.ts'

const MOST_TYPES = 200
const KEYS_AT_ONCE = 1000

type StatsStore = Pick<Store, 'searches' | 'dataVersion' | 'counts'>

/** What the graph of a workspace is like; counted anew once it has changed. */
export class KnownStats {
  #known: GraphStats | null = null

  async of(store: StatsStore): Promise<GraphStats> {
    const version = await store.dataVersion()
    if (this.#known?.version === version) return this.#known
    const stats = await graphStats(store, version)
    this.#known = stats
    return stats
  }
}

async function graphStats(store: StatsStore, version: number): Promise<GraphStats> {
  const searches = await enabledSearches(store)
  const { entities } = await store.counts()
  // Some may come meanwhile.
  const graph = await walkGraph(searches, await searches.popularKeys(entities + KEYS_AT_ONCE))
  const types = new Map<string, number>()
  for (let at = 0; at < graph.keys.length; at += KEYS_AT_ONCE) {
    await yieldAheadIfDue()
    for (const { type } of await searches.entityHeads(graph.keys.slice(at, at + KEYS_AT_ONCE))) {
      types.set(type, (types.get(type) ?? 0) + 1)
    }
  }
  const byCount = (a: [string, number], b: [string, number]) =>
    b[1] - a[1] || (a[0] < b[0] ? -1 : 1)
  return {
    version,
    entities: graph.keys.length,
    relations: graph.relations,
    types: [...types]
      .sort(byCount)
      .slice(0, MOST_TYPES)
      .map(([type, n]) => ({ type, n })),
    degrees: histogram(graph.degrees),
    ...(await components(graph)),
    orphans: graph.degrees.reduce((count, degree) => count + (degree === 0 ? 1 : 0), 0),
  }
}

/** In steps that double: 0, 1, 2 to 3, 4 to 7 … */
function histogram(degrees: Uint32Array): { from: number; n: number }[] {
  const counts: number[] = []
  for (const degree of degrees) {
    const step = degree === 0 ? 0 : Math.floor(Math.log2(degree)) + 1
    counts[step] = (counts[step] ?? 0) + 1
  }
  return Array.from(counts, (n = 0, step) => ({ from: step === 0 ? 0 : 2 ** (step - 1), n }))
}

async function components({ keys, sources, targets }: GraphColumns) {
  const parents = Uint32Array.from(keys, (_, node) => node)
  const rootOf = (node: number): number => {
    let root = node
    while (parents[root] !== root) root = parents[root] ?? root
    for (let at = node; at !== root; ) {
      const next = parents[at] ?? root
      parents[at] = root
      at = next
    }
    return root
  }
  for (const [edge, source] of sources.entries()) {
    if (edge % KEYS_AT_ONCE === 0) await yieldAheadIfDue()
    parents[rootOf(source)] = rootOf(targets[edge] ?? source)
  }
  const sizes = new Map<number, number>()
  for (let node = 0; node < keys.length; node++) {
    if (node % KEYS_AT_ONCE === 0) await yieldAheadIfDue()
    const root = rootOf(node)
    sizes.set(root, (sizes.get(root) ?? 0) + 1)
  }
  let largest = 0
  for (const size of sizes.values()) largest = Math.max(largest, size)
  return { components: sizes.size, largest_component: largest }
}
