import type { ModelCache } from '../../../src/engine/ports/model-cache.ts'
import { ModelHealth } from '../../../src/engine/ports/model-health.ts'
import type { EmbeddingModel, LanguageModel } from '../../../src/engine/ports/models.ts'
import type { Store } from '../../../src/engine/ports/store.ts'
import { CachedLanguageModel } from '../../../src/engine/roles/cached-language-model.ts'
import { LlmAnswerer } from '../../../src/engine/roles/llm-answerer.ts'
import { isUsableExtraction, LlmExtractor } from '../../../src/engine/roles/llm-extractor.ts'
import { isUsableKeywords, LlmKeywords } from '../../../src/engine/roles/llm-keywords.ts'
import { LlmSummarizer } from '../../../src/engine/roles/llm-summarizer.ts'
import { openAiCompatibleEmbedding } from '../../../src/models/ai-sdk/openai-compatible-embedding.ts'
import { openAiCompatibleModel } from '../../../src/models/ai-sdk/openai-compatible-model.ts'
import type { UsageRecord } from '../../../src/models/calls/call-usage.ts'
import type { ModelNotice } from '../../../src/models/calls/notices.ts'
import { httpReranker } from '../../../src/models/rerank/http-reranker.ts'
import { rememberedEmbedding } from '../../../src/models/schedule/remembered-embedding.ts'
import {
  scheduledEmbeddingModel,
  scheduledLanguageModel,
  scheduledRerankModel,
} from '../../../src/models/schedule/scheduled-models.ts'
import { FairScheduler } from '../../../src/models/schedule/scheduler.ts'
import {
  embeddingModelCheck,
  languageModelCheck,
  watchedEmbeddingModel,
  watchedLanguageModel,
} from '../../../src/models/schedule/watched-models.ts'
import type { ModelServer } from '../../fixtures/model-server/model-server.ts'
import { openEngine, type TestEngine } from '../open-engine.ts'

export const DIMENSION = 64
/** Attempts of one call; its waits are short. */
export const ATTEMPTS = 2
const BATCH = 8

export interface EveryRoleEngine extends TestEngine {
  readonly usage: readonly UsageRecord[]
  readonly notices: readonly ModelNotice[]
}

/**
 * An engine that asks a server for everything that models do, as in the product but impatient.
 *
 * @param timeoutMs of one call
 */
export async function openEveryRoleEngine(
  server: ModelServer,
  timeoutMs: number,
): Promise<EveryRoleEngine> {
  const usage: UsageRecord[] = []
  const notices: ModelNotice[] = []
  const how = {
    calls: { attempts: ATTEMPTS, backoffMs: 1, timeoutMs },
    onUsage: (record: UsageRecord) => usage.push(record),
    onNotice: (notice: ModelNotice) => notices.push(notice),
  }
  const host = { binding: 'openai', host: server.openAiUrl, structured: false }
  const llm = openAiCompatibleModel(host, 'm', how)
  const paid = openAiCompatibleEmbedding(host, 'e', DIMENSION, { ...how, batchSize: BATCH })
  const url = `${server.url}/rerank`
  const reranker = httpReranker({ binding: 'cohere', url, model: 'r', ...how })
  const slots = new FairScheduler({ limit: 200 })
  const inTurn = (model: LanguageModel) => scheduledLanguageModel(model, slots, 'one')
  const embeddingInTurn = (model: EmbeddingModel) =>
    scheduledEmbeddingModel(model, slots, 'one', BATCH)
  const health = { llm: new ModelHealth(), embedding: new ModelHealth() }
  let opened: Store | undefined
  const cache = {
    get: async (key: string) => (await opened?.cache.get(key)) ?? null,
    put: async (...entry: Parameters<ModelCache['put']>) => opened?.cache.put(...entry),
  }
  const watched = inTurn(watchedLanguageModel(llm, health.llm))
  const extracting = new CachedLanguageModel(watched, cache, 'extract', isUsableExtraction)
  const engine = await openEngine(
    {
      extractor: new LlmExtractor(extracting, { gleaning: true }),
      summarizer: new LlmSummarizer(new CachedLanguageModel(watched, cache, 'summary')),
      keywords: new LlmKeywords(
        new CachedLanguageModel(watched, cache, 'keywords', isUsableKeywords),
      ),
      answerer: new LlmAnswerer(watched),
      reranker: scheduledRerankModel(reranker, slots, 'one'),
      embedding: embeddingInTurn(
        rememberedEmbedding(watchedEmbeddingModel(paid, health.embedding)),
      ),
      checks: {
        llm: languageModelCheck(inTurn(llm), health.llm),
        embedding: embeddingModelCheck(embeddingInTurn(paid), health.embedding),
      },
    },
    { retryPaceMs: 1, maxParallelInsert: 40, forceSummaryOnMerge: 3 },
  )
  opened = engine.store
  return { ...engine, usage, notices }
}
