import type { Hit } from '../../ports/searches.ts'
import type { Key } from '../../ports/stored-rows.ts'

/** One list of hits and how much it counts. */
export interface Share {
  readonly hits: readonly Hit[]
  readonly weight: number
}

/** Adds up the lists, each scaled so that its best hit scores its weight. Best first. */
export function fuse(shares: readonly Share[]): Hit[] {
  const sums = new Map<Key, number>()
  for (const { hits, weight } of shares) {
    const best = hits.reduce((most, hit) => Math.max(most, hit.score), 0)
    if (best <= 0 || weight <= 0) continue
    for (const { key, score } of hits) {
      sums.set(key, (sums.get(key) ?? 0) + (weight * score) / best)
    }
  }
  return sorted(sums)
}

/** Weights as hits, in any order. */
export function hitsOf(weights: ReadonlyMap<Key, number>): Hit[] {
  return Array.from(weights, ([key, score]) => ({ key, score }))
}

/** Weights as hits, best first; among equals the older. */
export function sorted(weights: ReadonlyMap<Key, number>): Hit[] {
  return hitsOf(weights).sort((a, b) => b.score - a.score || a.key - b.key)
}

/** The first of {@link sorted}, without sorting the others. */
export function topSorted(weights: ReadonlyMap<Key, number>, limit: number): Hit[] {
  if (weights.size <= limit) return sorted(weights)
  const ordered = new Float64Array(weights.size)
  let at = 0
  for (const weight of weights.values()) ordered[at++] = weight
  const least = ordered.sort()[weights.size - limit] ?? 0
  const first = new Map<Key, number>()
  for (const [key, weight] of weights) if (weight >= least) first.set(key, weight)
  return sorted(first).slice(0, limit)
}

/** Takes from the lists in turn, each key once with its first score. */
export function interleaved(...lists: readonly (readonly Hit[])[]): Hit[] {
  const taken = new Map<Key, Hit>()
  const longest = lists.reduce((most, list) => Math.max(most, list.length), 0)
  for (let at = 0; at < longest; at += 1) {
    for (const list of lists) {
      const hit = list[at]
      if (hit && !taken.has(hit.key)) taken.set(hit.key, hit)
    }
  }
  return [...taken.values()]
}
