import type { CallOptions, EmbeddingModel } from '../../engine/ports/models.ts'
import { giveWay } from '../../engine/work/turns.ts'
import { hashedEmbedding } from './embed/hashed-embedding.ts'

/** Places texts by their words and parts of words, hashed into a fixed number of dimensions. */
export class OfflineEmbedding implements EmbeddingModel {
  readonly id = 'offline-embedding:1'
  readonly dimension = 384
  /** It sees words as the full-text search does, only less sharply. */
  readonly retrievalShare = 0.1

  async embed(
    texts: readonly string[],
    options: CallOptions & { readonly kind: 'query' | 'document' },
  ): Promise<Float32Array[]> {
    const vectors: Float32Array[] = []
    for (const text of texts) {
      options.signal?.throwIfAborted()
      if (options.kind === 'document') await giveWay()
      vectors.push(hashedEmbedding(text, this.dimension))
    }
    return vectors
  }
}
