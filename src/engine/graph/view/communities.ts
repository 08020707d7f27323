import { yieldAheadIfDue } from '../../work/turns.ts'
import type { GraphColumns } from './walk-graph.ts'

/** Nodes looked at before it is looked at the time. */
const NODES_PER_LOOK = 256
/** By then labels have come to rest, or go round in circles. */
const MOST_ROUNDS = 12

/**
 * Which entities belong together: each takes the label that weighs most among its neighbours, again
 * and again (label propagation). The same graph always has the same communities.
 *
 * @returns a number for each node, 0 for the largest community
 */
export async function communitiesOf(
  { keys, sources, targets, weights }: GraphColumns,
  signal?: AbortSignal,
): Promise<Uint32Array> {
  const neighbours = await adjacency(keys.length, { sources, targets, weights })
  const labels = Uint32Array.from(keys, (_, node) => node)
  for (let round = 0, changed = 1; round < MOST_ROUNDS && changed > 0; round++) {
    changed = 0
    for (let node = 0; node < labels.length; node++) {
      if (node % NODES_PER_LOOK === 0) await pause(signal)
      const label = heaviest(neighbours, labels, node)
      if (label === labels[node]) continue
      labels[node] = label
      changed += 1
    }
  }
  return bySize(labels)
}

async function pause(signal: AbortSignal | undefined): Promise<void> {
  await yieldAheadIfDue()
  signal?.throwIfAborted()
}

/** The neighbours of all nodes in one list, those of node `n` from `starts[n]` to `starts[n + 1]`. */
interface Adjacency {
  readonly starts: Uint32Array
  readonly others: Uint32Array
  readonly weights: Float64Array
}

async function adjacency(
  nodes: number,
  { sources, targets, weights }: Pick<GraphColumns, 'sources' | 'targets' | 'weights'>,
): Promise<Adjacency> {
  const starts = new Uint32Array(nodes + 1)
  const count = (node: number) => {
    starts[node + 1] = (starts[node + 1] ?? 0) + 1
  }
  for (const [edge, source] of sources.entries()) {
    if (edge % NODES_PER_LOOK === 0) await yieldAheadIfDue()
    count(source)
    count(targets[edge] ?? 0)
  }
  for (let node = 0; node < nodes; node++) {
    starts[node + 1] = (starts[node + 1] ?? 0) + (starts[node] ?? 0)
  }
  const free = starts.slice()
  const all: Adjacency = {
    starts,
    others: new Uint32Array(2 * sources.length),
    weights: new Float64Array(2 * sources.length),
  }
  const add = (node: number, other: number, weight: number) => {
    const at = free[node] ?? 0
    free[node] = at + 1
    all.others[at] = other
    all.weights[at] = weight
  }
  for (const [edge, source] of sources.entries()) {
    if (edge % NODES_PER_LOOK === 0) await yieldAheadIfDue()
    const target = targets[edge] ?? 0
    const weight = weights[edge] ?? 1
    add(source, target, weight)
    add(target, source, weight)
  }
  return all
}

/** Its own label stands against equals, and else the smallest wins. */
function heaviest({ starts, others, weights }: Adjacency, labels: Uint32Array, node: number) {
  const own = labels[node] ?? node
  const sums = new Map<number, number>()
  for (let at = starts[node] ?? 0; at < (starts[node + 1] ?? 0); at++) {
    const label = labels[others[at] ?? 0] ?? 0
    sums.set(label, (sums.get(label) ?? 0) + (weights[at] ?? 0))
  }
  let best = own
  let most = sums.get(own) ?? 0
  for (const [label, sum] of sums) {
    if (sum > most || (sum === most && best !== own && label < best)) {
      best = label
      most = sum
    }
  }
  return best
}

/** Numbers communities by their size, and equals by their first node. */
function bySize(labels: Uint32Array): Uint32Array {
  const sizes = new Map<number, number>()
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1)
  // They stand in the order of their first nodes, and the sort is stable.
  const ranked = [...sizes].sort((a, b) => b[1] - a[1])
  const ranks = new Map(ranked.map(([label], rank) => [label, rank]))
  return labels.map((label) => ranks.get(label) ?? 0)
}
