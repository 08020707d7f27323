import { setImmediate as nextTurn } from 'node:timers/promises'
import { UndirectedGraph } from 'graphology'
import type { RelationTie } from '../../../engine/ports/searches.ts'
import type { Key } from '../../../engine/ports/stored-rows.ts'
import { TopHits } from '../../../vectors/kernel/top-hits.ts'
import { inBatches, inSlices, LOAD_SLICE_MS, type Steps } from '../../../vectors/slices.ts'
import type { GraphLookups } from './graph-lookups.ts'

/** What one published change does to the graph. */
export interface GraphChange {
  readonly edges: RelationTie[]
  readonly deadEdges: { readonly source: Key; readonly target: Key }[]
  readonly nodes: Key[]
  readonly deadNodes: Key[]
}

/** A tie, handed out as it is; so it is replaced as a whole, never changed. */
interface EdgeAttributes extends RelationTie {
  readonly [name: string]: number
}
type EntityGraph = UndirectedGraph<Record<string, never>, EdgeAttributes>

/** Of one node or edge with its neighbour entries, by measurement. */
const NODE_BYTES = 220
const EDGE_BYTES = 400

/** Lists of ties and ties in them that are kept, and what each takes in memory. */
const MOST_LISTED = 100_000
const LIST_BYTES = 120
const LISTED_BYTES = 8

/** Looking up this share of a graph takes about as long as loading all of it. */
const LOOKUPS_WORTH_LOADING = 1 / 8
/** Nodes looked at in one step, and how often that begins anew when the graph changes meanwhile. */
const NODES_PER_STEP = 256
const PATIENCE = 3

/** So few that one statement holds nobody up, whatever they are tied to. */
const LOOKED_UP_AT_ONCE = 4

/**
 * Entities and their relations in memory: who is tied to whom. It holds numbers only; texts stay
 * in the tables. The first questions are answered from the tables, so that none waits for the graph,
 * and a workspace that is hardly asked never holds it.
 *
 * A large change enters it in slices; reads wait until it is whole.
 */
export class WorkingGraph {
  readonly #lookups: GraphLookups
  readonly #load: () => Promise<void>
  #lookedUp = 0
  #loading = false
  #graph: EntityGraph | null = null
  #updating: Promise<unknown> | null = null
  /** The ties of the entities that were asked for, in the order of their keys. */
  readonly #ties = new Map<Key, readonly RelationTie[]>()
  #listed = 0
  #changes = 0
  /** Counts what was published; the lists may be forgotten more often. */
  #version = 0
  #hubs: { readonly limit: number; readonly keys: readonly Key[] } | null = null

  /** @param load must end with {@link fill}, or throw */
  constructor(lookups: GraphLookups, load: () => Promise<void>) {
    this.#lookups = lookups
    this.#load = load
  }

  get bytes(): number {
    if (this.#graph === null) return 0
    const lists = this.#ties.size * LIST_BYTES + this.#listed * LISTED_BYTES
    return this.#graph.order * NODE_BYTES + this.#graph.size * EDGE_BYTES + lists
  }

  get loaded(): boolean {
    return this.#graph !== null
  }

  /** Sets the whole content. Nothing may be published meanwhile. @param isWanted false ends it early */
  async fill(
    content: () => Generator<GraphChange, void, void>,
    isWanted: () => boolean,
  ): Promise<void> {
    const graph: EntityGraph = new UndirectedGraph()
    const ended = await inSlices(
      (function* () {
        for (const change of content()) {
          for (const node of change.nodes) graph.mergeNode(nodeOf(node))
          for (const edge of change.edges) addEdge(graph, edge)
          yield
        }
      })(),
      { wanted: isWanted, sliceMs: LOAD_SLICE_MS },
    )
    if (!ended) return
    this.#graph = graph
    this.#forgetLists()
  }

  /** Takes over a published change; what the graph has not loaded yet it will read anyway. */
  async publish(change: GraphChange): Promise<void> {
    const graph = this.#graph
    if (graph === null) return
    this.#version++
    this.#forgetLists()
    this.#updating = inSlices(steps(graph, change))
    try {
      await this.#updating
    } finally {
      this.#updating = null
    }
  }

  clear(): void {
    this.#version++
    this.#graph?.clear()
    this.#forgetLists()
  }

  /** Forgets everything; the next read loads anew. */
  close(): void {
    this.#version++
    this.#graph = null
    this.#forgetLists()
    this.#lookedUp = 0
  }

  /** Number of relations of each entity. */
  async degrees(entities: readonly Key[]): Promise<number[]> {
    await this.#giveTurn()
    if (this.#graph === null) {
      this.#noteLookups(entities.length)
      return inBatches(entities, LOOKED_UP_AT_ONCE, (some) => this.#lookups.degrees(some))
    }
    return this.#read((graph) =>
      entities.map((entity) => {
        const known = this.#ties.get(entity)
        if (known !== undefined) return known.length
        const node = nodeOf(entity)
        return graph.hasNode(node) ? graph.degree(node) : 0
      }),
    )
  }

  /** Relations that touch these entities, each once. */
  async ties(entities: readonly Key[]): Promise<RelationTie[]> {
    await this.#giveTurn()
    if (this.#graph === null) {
      const ties = new Map<Key, RelationTie>()
      const found = await inBatches(entities, LOOKED_UP_AT_ONCE, (some) => this.#lookups.ties(some))
      for (const tie of found) ties.set(tie.key, tie)
      this.#noteLookups(entities.length + ties.size)
      return byKey([...ties.values()])
    }
    for (let attempt = 1; ; attempt++) {
      const graph = await this.#read((whole) => whole)
      const version = this.#version
      const ties: RelationTie[] = []
      const steps = this.#tiesIn(graph, entities, ties)
      // A reader that is always disturbed has its answer at once in the end.
      if (attempt > PATIENCE) for (const _ of steps);
      else if (!(await inSlices(steps, { wanted: () => this.#version === version }))) continue
      return byKey(ties)
    }
  }

  *#tiesIn(graph: EntityGraph, entities: readonly Key[], ties: RelationTie[]): Steps {
    const seen = new Set<Key>()
    for (const entity of entities) {
      if (seen.has(entity)) continue
      for (const tie of this.#tiesOf(graph, entity)) {
        // What ties two of them has come with the first.
        if (!seen.has(tie.source === entity ? tie.target : tie.source)) ties.push(tie)
      }
      seen.add(entity)
      yield
    }
  }

  /** Kept, because the graph hands out what is at a node one by one. */
  #tiesOf(graph: EntityGraph, entity: Key): readonly RelationTie[] {
    const known = this.#ties.get(entity)
    if (known !== undefined) return known
    const ties: RelationTie[] = []
    const node = nodeOf(entity)
    if (graph.hasNode(node)) graph.forEachEdge(node, (_edge, tie) => void ties.push(tie))
    if (this.#listed + this.#ties.size + ties.length > MOST_LISTED) this.#forgetLists()
    this.#ties.set(entity, byKey(ties))
    this.#listed += ties.length
    return ties
  }

  #forgetLists(): void {
    this.#ties.clear()
    this.#listed = 0
    this.#hubs = null
    this.#changes++
  }

  /** The entities with most relations, best first; among equals the older. */
  async hubs(limit: number): Promise<readonly Key[]> {
    for (let attempt = 1; ; attempt++) {
      const graph = await this.#read((whole) => whole)
      if (this.#hubs?.limit === limit) return this.#hubs.keys
      const changes = this.#changes
      const isSame = () => this.#changes === changes
      const best = new TopHits(limit)
      await inSlices(hubSteps(graph, best), attempt < PATIENCE ? { wanted: isSame } : {})
      if (!isSame() && attempt < PATIENCE) continue
      const keys = best.sorted().map((hit) => hit.key)
      // Every node was looked at, so the answer is kept until the graph changes.
      if (isSame()) this.#hubs = { limit, keys }
      return keys
    }
  }

  /** Calls that never leave the turn of the event loop would look up for ever, and nothing loads. */
  async #giveTurn(): Promise<void> {
    if (this.#loading) await nextTurn()
  }

  #noteLookups(count: number): void {
    this.#lookedUp += count
    if (this.#loading || this.#lookedUp < this.#lookups.size() * LOOKUPS_WORTH_LOADING) return
    this.#loading = true
    // Nobody waits for it; what fails now is tried again by the next that asks.
    this.#load()
      .catch(() => undefined)
      .finally(() => {
        this.#loading = false
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

/**
 * The name of an entity's node. Bare numbers would make the neighbours of a node an array as long as
 * the greatest of them: four times the memory, and half the speed.
 */
function nodeOf(entity: Key): string {
  return `n${entity}`
}

function keyOf(node: string): Key {
  return Number(node.slice(1))
}

function* hubSteps(graph: EntityGraph, best: TopHits): Steps {
  let looked = 0
  for (const { node } of graph.nodeEntries()) {
    const degree = graph.degree(node)
    if (degree >= best.threshold) best.offer(keyOf(node), degree)
    if (++looked % NODES_PER_STEP === 0) yield
  }
}

function* steps(graph: EntityGraph, change: GraphChange): Steps {
  for (const { source, target } of change.deadEdges) {
    const [from, to] = [nodeOf(source), nodeOf(target)]
    if (graph.hasEdge(from, to)) graph.dropEdge(from, to)
    yield
  }
  for (const edge of change.edges) {
    setEdge(graph, edge)
    yield
  }
  for (const node of change.nodes) {
    graph.mergeNode(nodeOf(node))
    yield
  }
  for (const node of change.deadNodes.map(nodeOf)) {
    // A relation outlives its entity only until its own end is published.
    if (graph.hasNode(node) && graph.degree(node) === 0) graph.dropNode(node)
    yield
  }
}

/** The same order whether they come from the tables or from memory. */
function byKey(ties: RelationTie[]): RelationTie[] {
  return ties.sort((one, other) => one.key - other.key)
}

/** For an empty graph, which has neither the edge nor anything under its key. */
function addEdge(graph: EntityGraph, { key, source, target, weight }: RelationTie): void {
  const [from, to] = [nodeOf(source), nodeOf(target)]
  if (!graph.hasNode(from) || !graph.hasNode(to)) setEdge(graph, { key, source, target, weight })
  else graph.addUndirectedEdge(from, to, { key, weight, source, target })
}

function setEdge(graph: EntityGraph, { key, source, target, weight }: RelationTie): void {
  const [from, to] = [nodeOf(source), nodeOf(target)]
  const tie = { key, weight, source, target }
  if (graph.hasEdge(from, to)) graph.replaceEdgeAttributes(from, to, tie)
  else graph.mergeUndirectedEdge(from, to, tie)
}
