import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { EmbeddingModel } from '../engine/models.ts'
import type { MeteredCallOptions } from './calls/usage.ts'

type EmbeddingOptions = MeteredCallOptions & { readonly kind: 'query' | 'document' }

/** Told for whom it works. */
interface RememberedEmbedding extends EmbeddingModel {
  embed(texts: readonly string[], options: EmbeddingOptions): Promise<Float32Array[]>
}

/** Vectors kept; at 1,536 dimensions they take 25 MB. */
const MOST = 4096

/**
 * An embedding model that pays for a text once: a document that is tried again after an outage
 * finds the vectors of the batches that had come through. Queries pass by.
 *
 * Wrap the model that gets the batches, so that what one batch brought survives the failure of
 * another. Each workspace pays for itself: what another has asked before must not be felt, not even
 * as a quick answer.
 */
export function rememberedEmbedding(model: EmbeddingModel): RememberedEmbedding {
  const vectors = new LRUCache<string, Float32Array>({ max: MOST })
  return {
    id: model.id,
    dimension: model.dimension,
    ...(model.retrievalShare === undefined ? {} : { retrievalShare: model.retrievalShare }),
    async embed(texts, options: EmbeddingOptions) {
      if (options.kind === 'query') return model.embed(texts, options)
      const keys = texts.map((text) => keyOf(options.workspace, text))
      // Held from here on: others may push them out while the model works.
      const known = keys.map((key) => vectors.get(key))
      const missing = texts.filter((_, i) => known[i] === undefined)
      const made = missing.length > 0 ? await model.embed(missing, options) : []
      let next = 0
      return keys.map((key, i) => {
        const vector = known[i] ?? made[next++]
        if (vector === undefined) throw new RangeError(`no vector for text ${i}`)
        vectors.set(key, vector)
        return vector
      })
    },
  }
}

function keyOf(workspace: string | undefined, text: string): string {
  const asked = JSON.stringify([workspace ?? null, text])
  return createHash('sha256').update(asked).digest('base64')
}
