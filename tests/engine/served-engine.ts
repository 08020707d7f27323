import type { ModelCache } from '../../src/engine/ports/model-cache.ts'
import { ModelHealth, type ProbePauses } from '../../src/engine/ports/model-health.ts'
import type { Models } from '../../src/engine/ports/models.ts'
import type { EngineSettings } from '../../src/engine/ports/settings.ts'
import type { Store } from '../../src/engine/ports/store.ts'
import { CachedLanguageModel } from '../../src/engine/roles/cached-language-model.ts'
import { isUsableExtraction, LlmExtractor } from '../../src/engine/roles/llm-extractor.ts'
import { LlmSummarizer } from '../../src/engine/roles/llm-summarizer.ts'
import { openAiCompatibleEmbedding } from '../../src/models/ai-sdk/openai-compatible-embedding.ts'
import { openAiCompatibleModel } from '../../src/models/ai-sdk/openai-compatible-model.ts'
import type { CallSettings } from '../../src/models/calls/call-settings.ts'
import { rememberedEmbedding } from '../../src/models/schedule/remembered-embedding.ts'
import {
  scheduledEmbeddingModel,
  scheduledLanguageModel,
} from '../../src/models/schedule/scheduled-models.ts'
import { FairScheduler } from '../../src/models/schedule/scheduler.ts'
import {
  embeddingModelCheck,
  languageModelCheck,
  watchedEmbeddingModel,
  watchedLanguageModel,
} from '../../src/models/schedule/watched-models.ts'
import type { ModelServer } from '../fixtures/model-server/model-server.ts'
import { openEngine, type TestEngine } from './open-engine.ts'

const DIMENSION = 64
const QUICK: Partial<CallSettings> = { attempts: 2, backoffMs: 1, timeoutMs: 5_000 }

export interface ServedOptions {
  readonly calls?: Partial<CallSettings>
  readonly settings?: Partial<EngineSettings>
  readonly around?: (store: Store) => Store
  /** Between probes of a model that is out. */
  readonly pauses?: ProbePauses
}

/** An engine whose documents are read by the models of a server, as in the product but impatient. */
export async function openServedEngine(
  server: ModelServer,
  { calls, settings, around, pauses = { firstMs: 20, longestMs: 200 } }: ServedOptions = {},
): Promise<TestEngine> {
  const host = { binding: 'openai', host: server.openAiUrl, structured: false }
  const how = { calls: { ...QUICK, ...calls } }
  const llm = openAiCompatibleModel(host, 'm', how)
  const bare = openAiCompatibleEmbedding(host, 'e', DIMENSION, { ...how, batchSize: 8 })
  const health = { llm: new ModelHealth(pauses), embedding: new ModelHealth(pauses) }
  const slots = { llm: new FairScheduler({ limit: 4 }), embedding: new FairScheduler({ limit: 4 }) }
  const inTurn = (model: typeof llm) => scheduledLanguageModel(model, slots.llm, 'one')
  const embeddingInTurn = (model: typeof bare) =>
    scheduledEmbeddingModel(model, slots.embedding, 'one', 8)
  let opened: Store | undefined
  const cache = {
    get: async (key: string) => (await opened?.cache.get(key)) ?? null,
    put: async (...entry: Parameters<ModelCache['put']>) => opened?.cache.put(...entry),
  }
  const watched = inTurn(watchedLanguageModel(llm, health.llm))
  const models: Partial<Models> = {
    extractor: new LlmExtractor(
      new CachedLanguageModel(watched, cache, 'extract', isUsableExtraction),
      { gleaning: false },
    ),
    summarizer: new LlmSummarizer(new CachedLanguageModel(watched, cache, 'summary')),
    embedding: embeddingInTurn(rememberedEmbedding(watchedEmbeddingModel(bare, health.embedding))),
    checks: {
      llm: languageModelCheck(inTurn(llm), health.llm),
      embedding: embeddingModelCheck(embeddingInTurn(bare), health.embedding),
    },
  }
  const engine = await openEngine(
    models,
    { retryPaceMs: 10, ...settings },
    around ? { around } : {},
  )
  opened = engine.store
  return engine
}

/** Resolves when every document is processed or failed; they may wait for another attempt. */
export async function settled({ rag }: TestEngine): Promise<void> {
  for (;;) {
    await rag.idle()
    const { status_counts: counts } = await rag.statusCounts()
    if ((counts.pending ?? 0) + (counts.processing ?? 0) === 0) return
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
