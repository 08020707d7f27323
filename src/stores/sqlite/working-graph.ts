import { UndirectedGraph } from 'graphology'
import type { Key, RelationTie } from '../../engine/store.ts'
import { inSlices, type Steps } from './slices.ts'
import { TopHits } from './top-hits.ts'

/** What one published change does to the graph. */
export interface GraphChange {
  readonly edges: RelationTie[]
  readonly deadEdges: { readonly source: Key; readonly target: Key }[]
  readonly nodes: Key[]
  readonly deadNodes: Key[]
}

interface EdgeAttributes {
  key: Key
  weight: number
  [name: string]: number
}
type EntityGraph = UndirectedGraph<Record<string, never>, EdgeAttributes>

/** Of one node or edge with its neighbour entries, by measurement. */
const NODE_BYTES = 420
const EDGE_BYTES = 620

/**
 * Entities and their relations in memory: who is tied to whom. It holds numbers only; texts stay
 * in the tables.
 *
 * A large change enters it in slices; reads wait until it is whole.
 */
export class WorkingGraph {
  readonly #load: () => Promise<void>
  #graph: EntityGraph | null = null
  #updating: Promise<unknown> | null = null
  #hubs: { readonly limit: number; readonly keys: readonly Key[] } | null = null

  /** @param load must end with {@link fill}, or throw */
  constructor(load: () => Promise<void>) {
    this.#load = load
  }

  get bytes(): number {
    if (this.#graph === null) return 0
    return this.#graph.order * NODE_BYTES + this.#graph.size * EDGE_BYTES
  }

  get loaded(): boolean {
    return this.#graph !== null
  }

  /** Sets the whole content. Nothing may be published meanwhile. */
  async fill(content: () => Generator<GraphChange, void, void>): Promise<void> {
    const graph: EntityGraph = new UndirectedGraph()
    await inSlices(
      (function* () {
        for (const change of content()) {
          for (const edge of change.edges) setEdge(graph, edge)
          for (const node of change.nodes) graph.mergeNode(String(node))
          yield
        }
      })(),
    )
    this.#graph = graph
  }

  /** Takes over a published change; what the graph has not loaded yet it will read anyway. */
  async publish(change: GraphChange): Promise<void> {
    const graph = this.#graph
    if (graph === null) return
    this.#hubs = null
    this.#updating = inSlices(steps(graph, change))
    try {
      await this.#updating
    } finally {
      this.#updating = null
    }
  }

  clear(): void {
    this.#graph?.clear()
    this.#hubs = null
  }

  /** Forgets everything; the next read loads anew. */
  close(): void {
    this.#graph = null
    this.#hubs = null
  }

  /** Number of relations of each entity. */
  degrees(entities: readonly Key[]): Promise<number[]> {
    return this.#read((graph) =>
      entities.map((entity) => {
        const node = String(entity)
        return graph.hasNode(node) ? graph.degree(node) : 0
      }),
    )
  }

  /** Relations that touch these entities, each once. */
  ties(entities: readonly Key[]): Promise<RelationTie[]> {
    return this.#read((graph) => {
      const ties = new Map<Key, RelationTie>()
      for (const entity of entities) {
        const node = String(entity)
        if (!graph.hasNode(node)) continue
        graph.forEachEdge(node, (_edge, { key, weight }, source, target) => {
          ties.set(key, { key, weight, source: Number(source), target: Number(target) })
        })
      }
      return [...ties.values()]
    })
  }

  /** The entities with most relations, best first; among equals the older. */
  hubs(limit: number): Promise<readonly Key[]> {
    return this.#read((graph) => {
      // Every node is looked at, so the answer is kept until the graph changes.
      if (this.#hubs?.limit !== limit) this.#hubs = { limit, keys: hubsOf(graph, limit) }
      return this.#hubs.keys
    })
  }

  async #read<T>(read: (graph: EntityGraph) => T): Promise<T> {
    for (;;) {
      if (this.#updating !== null) await this.#updating.catch(() => undefined)
      else if (this.#graph === null) await this.#load()
      else return read(this.#graph)
    }
  }
}

function hubsOf(graph: EntityGraph, limit: number): Key[] {
  const best = new TopHits(limit)
  graph.forEachNode((node) => {
    const degree = graph.degree(node)
    if (best.admits(degree)) best.offer(Number(node), degree)
  })
  return best.sorted().map((hit) => hit.key)
}

function* steps(graph: EntityGraph, change: GraphChange): Steps {
  for (const { source, target } of change.deadEdges) {
    if (graph.hasEdge(source, target)) graph.dropEdge(source, target)
    yield
  }
  for (const edge of change.edges) {
    setEdge(graph, edge)
    yield
  }
  for (const node of change.nodes) {
    graph.mergeNode(String(node))
    yield
  }
  for (const node of change.deadNodes) {
    // A relation outlives its entity only until its own end is published.
    if (graph.hasNode(String(node)) && graph.degree(String(node)) === 0) {
      graph.dropNode(String(node))
    }
    yield
  }
}

function setEdge(graph: EntityGraph, tie: RelationTie): void {
  graph.mergeUndirectedEdge(String(tie.source), String(tie.target), {
    key: tie.key,
    weight: tie.weight,
  })
}
