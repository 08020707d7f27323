import { dot } from '../../src/vectors/kernel/vector-values.ts'
import { randomVector, seeded } from '../stores/vector-harness.ts'

const TOPICS = 400
/** Texts differ in far fewer ways than their vectors have values. */
const WAYS = 24
const SPREAD = 0.8
const NOISE = 0.2

/** Makes vectors of length one; the same ones in every run. */
export type MakeVector = () => Float32Array

/** Vectors that lie as those of texts do: around topics, and in few directions. */
export function likeTexts(dimension: number, seed: number): MakeVector {
  const random = seeded(seed)
  const topics = Array.from({ length: TOPICS }, () => randomVector(random, dimension))
  const ways = Array.from({ length: WAYS }, () => randomVector(random, dimension))
  return () => {
    const vector = Float32Array.from(topics[Math.floor(random() * TOPICS)] ?? [])
    const own = ways.map(() => (SPREAD * (random() + random() + random() - 1.5) * 2) / WAYS ** 0.5)
    for (const [way, amount] of own.entries()) addTo(vector, ways[way], amount)
    addTo(vector, randomVector(random, dimension), NOISE)
    return normal(vector)
  }
}

/** Vectors without any order, which no text has: the hardest there are. */
export function likeNothing(dimension: number, seed: number): MakeVector {
  const random = seeded(seed)
  return () => randomVector(random, dimension)
}

/** Places of the closest `limit`, by comparing with all. */
export function closest(
  vectors: ReadonlyMap<number, Float32Array>,
  query: Float32Array,
  limit: number,
): number[] {
  return [...vectors]
    .map(([label, vector]) => ({ label, score: dot(query, vector) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, limit)
    .map(({ label }) => label)
}

function addTo(sum: Float32Array, vector: Float32Array | undefined, factor: number): void {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + factor * (vector?.[i] ?? 0)
}

function normal(vector: Float32Array): Float32Array {
  const length = Math.sqrt(dot(vector, vector))
  return vector.map((value) => value / length)
}
