import type { ChunkTie } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'
import type { Bridges } from './bridges.ts'
import { TieReader, type WalkGraph } from './tie-reader.ts'

type Weights = Map<Key, number>

export interface WalkStart {
  /** The best passages of the text search; greater is better. */
  readonly chunks: ReadonlyMap<Key, number>
  /** The entities that the question names, with their spread. */
  readonly entities: ReadonlyMap<Key, { readonly weight: number; readonly spread: number }>
  /** 0 to 1 for chunks that answer the rest of the question: what its entities leave unsaid. */
  readonly relevance: ReadonlyMap<Key, number>
  /** How strongly some passages lead to the entities that they name; all others lead to all alike. */
  readonly bridges?: Bridges
  /** How many chunks the workspace has. */
  readonly total: number
}

export interface Walked {
  /** The share of the start that came to each chunk on the way, over all steps. */
  readonly chunks: ReadonlyMap<Key, number>
  /** Likewise, with what the entities began with. */
  readonly entities: ReadonlyMap<Key, number>
}

/** Two bridges: passage, entity, passage, entity, passage. */
const STEPS = 4
/** The share of the weight that goes on at each step, as in PageRank. */
const DAMPING = 0.85
/** The share of the start that the question's own entities get; the passages get the rest. */
const ENTITY_SHARE = 0.25
/** An entity in more chunks than this says nothing about any of them, and is not followed. */
export const HUB = 100
/** The passage that is about an entity, against one that only mentions it. */
const NAMED = 5
/** A passage with the rest of the question's words, against one without. */
const RELEVANT = 3
/** Nodes followed in one step, the heaviest first. */
const FRONTIER = 30
const LEAST = 1e-3

/**
 * A random walk from passages and entities that fit the question, over "is named in". It ends after
 * two bridges and follows no hub, so that it reads a bounded part of the graph however large it is.
 */
export async function walk(graph: WalkGraph, start: WalkStart): Promise<Walked> {
  const entityShare = start.entities.size > 0 ? ENTITY_SHARE : 0
  const rarity = rarityIn(start.total)
  const weights = new Map(Array.from(start.entities, ([key, { weight }]) => [key, weight]))
  const hubs = new Set<Key>()
  let chunks = scaled(start.chunks, 1 - entityShare)
  let entities = scaled(weights, entityShare)
  for (const [key, { spread }] of start.entities) {
    // A question about common names alone begins with less than its share.
    entities.set(key, (entities.get(key) ?? 0) * rarity(spread))
    if (spread > HUB) hubs.add(key)
  }
  const sums = { chunks: new Map<Key, number>(), entities: new Map(entities) }
  const ties = new TieReader(graph, HUB)
  for (let step = 0; step < STEPS; step += 1) {
    for (const hub of hubs) entities.delete(hub)
    const [reachedEntities, reachedChunks] = await Promise.all([
      fromChunks(ties, chunks, rarity, start.bridges),
      fromEntities(ties, entities, start.relevance),
    ])
    chunks = reachedChunks
    entities = reachedEntities
    addAll(sums.chunks, chunks)
    addAll(sums.entities, entities)
  }
  return sums
}

/** 1 for an entity of one chunk, near 0 for one of every chunk. */
export function rarityIn(total: number): (spread: number) => number {
  const most = Math.log(1 + Math.max(total, 1))
  return (spread) => Math.log(1 + total / Math.max(spread, 1)) / most
}

/** How strongly an entity leads to a passage, given how well the passage fits the question. */
export function pullOf(tie: ChunkTie, relevance: ReadonlyMap<Key, number>): number {
  return (tie.named ? NAMED : 1) * (1 + RELEVANT * (relevance.get(tie.chunk) ?? 0))
}

async function fromChunks(
  ties: TieReader,
  weights: Weights,
  rarity: (spread: number) => number,
  bridges: Bridges | undefined,
): Promise<Weights> {
  const frontier = heaviest(weights)
  const reached: Weights = new Map()
  const lists = await ties.ofChunks(frontier.map(([key]) => key))
  frontier.forEach(([key, weight], at) => {
    const own = lists[at] ?? []
    const strengths = own.map(({ entity }) => bridges?.get(key)?.get(entity) ?? 1)
    const sum = strengths.reduce((total, strength) => total + strength, 0)
    // A passage gives each bridge its part, of which a common name lets most trickle away.
    own.forEach((tie, i) => {
      const part = (weight * DAMPING * (strengths[i] ?? 1)) / sum
      add(reached, tie.entity, part * rarity(tie.spread))
    })
  })
  return reached
}

async function fromEntities(
  ties: TieReader,
  weights: Weights,
  relevance: ReadonlyMap<Key, number>,
): Promise<Weights> {
  const frontier = heaviest(weights)
  const reached: Weights = new Map()
  const passages = await ties.ofEntities(frontier.map(([key]) => key))
  frontier.forEach(([, weight], at) => {
    const own = passages[at] ?? []
    const pulls = own.map((tie) => pullOf(tie, relevance))
    const sum = pulls.reduce((total, pull) => total + pull, 0)
    own.forEach((tie, i) => {
      add(reached, tie.chunk, (weight * DAMPING * (pulls[i] ?? 0)) / sum)
    })
  })
  return reached
}

function add(weights: Weights, key: Key, weight: number): void {
  weights.set(key, (weights.get(key) ?? 0) + weight)
}

function heaviest(weights: Weights): [Key, number][] {
  const live = [...weights].filter(([, weight]) => weight >= LEAST)
  return live.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, FRONTIER)
}

function scaled(weights: ReadonlyMap<Key, number>, sum: number): Weights {
  let total = 0
  for (const weight of weights.values()) total += weight
  const factor = total > 0 ? sum / total : 0
  return new Map(Array.from(weights, ([key, weight]) => [key, weight * factor]))
}

function addAll(sums: Weights, more: ReadonlyMap<Key, number>): void {
  for (const [key, weight] of more) add(sums, key, weight)
}
