import type { CallOptions, EmbeddingModel } from '../models.ts'
import type { Mutex } from '../mutex.ts'
import type { Store } from '../store.ts'
import { entityText, relationText } from './item-texts.ts'

const AT_ONCE = 64

/**
 * Makes the vectors that are owed: those of items that a removal changed while the embedding model
 * was out. Until then such an item is found by its name and its relations only.
 *
 * @throws {ModelUnavailable} when the model is still out
 */
export async function payVectors(
  parts: { readonly store: Store; readonly embedding: EmbeddingModel; readonly graphLock: Mutex },
  options: CallOptions,
): Promise<void> {
  const { store, embedding, graphLock } = parts
  for (let more = true; more; ) {
    more = await graphLock.run(async () => {
      options.signal?.throwIfAborted()
      const { entities, relations } = await store.owedVectors(AT_ONCE)
      if (entities.length + relations.length === 0) return false
      const texts = [...entities.map(entityText), ...relations.map(relationText)]
      const vectors = await embedding.embed(texts, { ...options, kind: 'document' })
      const paid = (items: readonly { key: number }[], from: number) =>
        items.flatMap(({ key }, i) => {
          const vector = vectors[from + i]
          return vector ? [{ key, vector }] : []
        })
      await store.setVectors(paid(entities, 0), paid(relations, entities.length))
      return true
    })
  }
}
