import type { EmbeddingModel, Models } from '../../engine/ports/models.ts'
import { OfflineAnswerer } from './offline-answerer.ts'
import { OfflineEmbedding } from './offline-embedding.ts'
import { OfflineExtractor } from './offline-extractor.ts'
import { OfflineKeywords } from './offline-keywords.ts'
import { OfflineRewriter } from './offline-rewriter.ts'
import { OfflineSummarizer } from './offline-summarizer.ts'

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
