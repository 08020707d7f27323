import type { CallOptions, EmbeddingModel, Models } from '../../engine/ports/models.ts'
import { yieldIfDue } from '../../engine/work/turns.ts'
import { hashedEmbedding } from './embed/hashed-embedding.ts'
import { OfflineAnswerer } from './offline-answerer.ts'
import { OfflineExtractor } from './offline-extractor.ts'
import { OfflineKeywords } from './offline-keywords.ts'
import { OfflineRewriter } from './offline-rewriter.ts'
import { OfflineSummarizer } from './offline-summarizer.ts'

/** Places texts by their words and parts of words, hashed into a fixed number of dimensions. */
class OfflineEmbedding implements EmbeddingModel {
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
      if (options.kind === 'document') await yieldIfDue()
      vectors.push(hashedEmbedding(text, this.dimension))
    }
    return vectors
  }
}

/** What a language model would do, done by rules: nothing is downloaded, nothing leaves. */
export function offlineRoles(
  countTokens?: (text: string) => number,
): Omit<Models, 'embedding' | 'reranker'> {
  return {
    extractor: new OfflineExtractor(),
    keywords: new OfflineKeywords(),
    summarizer: new OfflineSummarizer(countTokens),
    answerer: new OfflineAnswerer(),
    rewriter: new OfflineRewriter(),
  }
}

export function offlineEmbedding(): EmbeddingModel {
  return new OfflineEmbedding()
}

/** Everything that an engine calls, on this machine alone. */
export function offlineModels(countTokens?: (text: string) => number): Models {
  return { ...offlineRoles(countTokens), embedding: offlineEmbedding() }
}
