import type { CallOptions, EmbeddingModel } from '../../engine/models.ts'
import { contentTerms } from './terms.ts'
import { TimeSlice } from './time-slice.ts'

const GRAM_WEIGHT = 0.35

/** Places texts by their words and parts of words, hashed into a fixed number of dimensions. */
export class OfflineEmbedding implements EmbeddingModel {
  readonly id = 'offline-embedding:0'
  readonly dimension = 384

  async embed(
    texts: readonly string[],
    options: CallOptions & { readonly kind: 'query' | 'document' },
  ): Promise<Float32Array[]> {
    const vectors: Float32Array[] = []
    const slice = new TimeSlice()
    for (const text of texts) {
      options.signal?.throwIfAborted()
      vectors.push(embedText(text, this.dimension))
      await slice.pause()
    }
    return vectors
  }
}

function embedText(text: string, dimension: number): Float32Array {
  const sums = new Float64Array(dimension)
  for (const [feature, weight] of featuresOf(text)) {
    const hash = hashOf(feature)
    // One bit is the sign, so that features which collide cancel out on average.
    const signed = hash & 1 ? weight : -weight
    const slot = (hash >>> 1) % dimension
    sums[slot] = (sums[slot] ?? 0) + signed
  }
  let squares = 0
  for (const sum of sums) squares += sum * sum
  // A text without features still needs a direction.
  if (squares === 0) sums[0] = squares = 1
  const length = Math.sqrt(squares)
  return Float32Array.from(sums, (sum) => sum / length)
}

/** Words count by the logarithm of their number, their trigrams less. */
function featuresOf(text: string): Map<string, number> {
  const counts = new Map<string, number>()
  const count = (feature: string) => counts.set(feature, (counts.get(feature) ?? 0) + 1)
  for (const { stem } of contentTerms(text)) {
    count(`w ${stem}`)
    const framed = `<${stem}>`
    for (let i = 0; i + 3 <= framed.length; i++) count(`g ${framed.slice(i, i + 3)}`)
  }
  for (const [feature, times] of counts) {
    const weight = 1 + Math.log(times)
    counts.set(feature, feature.startsWith('g') ? weight * GRAM_WEIGHT : weight)
  }
  return counts
}

/** FNV-1a over UTF-16 units, then mixed so that the low bits depend on all. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  }
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
