import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { EmbeddingModel } from '../engine/models.ts'

/** Vectors kept; at 1,536 dimensions they take 25 MB. */
const MOST = 4096

/**
 * An embedding model that pays for a text once: a document that is tried again after an outage
 * finds the vectors of the batches that had come through. Queries pass by.
 *
 * Wrap the model that gets the batches, so that what one batch brought survives the failure of
 * another. A vector depends on its text alone, so all workspaces may share it.
 */
export function rememberedEmbedding(model: EmbeddingModel): EmbeddingModel {
  const vectors = new LRUCache<string, Float32Array>({ max: MOST })
  return {
    id: model.id,
    dimension: model.dimension,
    ...(model.retrievalShare === undefined ? {} : { retrievalShare: model.retrievalShare }),
    async embed(texts, options) {
      if (options.kind === 'query') return model.embed(texts, options)
      const keys = texts.map((text) => createHash('sha256').update(text).digest('base64'))
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
