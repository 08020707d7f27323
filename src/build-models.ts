import type { Config } from './config.ts'
import type { EmbeddingModel, LanguageModel, Models, RerankModel } from './engine/models.ts'
import { type CachedKind, CachedLanguageModel } from './engine/roles/cached-language-model.ts'
import { LlmAnswerer } from './engine/roles/llm-answerer.ts'
import { isUsableExtraction, LlmExtractor } from './engine/roles/llm-extractor.ts'
import { isUsableKeywords, LlmKeywords } from './engine/roles/llm-keywords.ts'
import { LlmSummarizer } from './engine/roles/llm-summarizer.ts'
import type { Store } from './engine/store.ts'
import { tokenCount } from './engine/tokenizer.ts'
import { offlineModels } from './models/offline/offline-models.ts'
import {
  scheduledEmbeddingModel,
  scheduledLanguageModel,
  scheduledRerankModel,
} from './models/scheduled-models.ts'
import { FairScheduler, type SchedulerGauges } from './models/scheduler.ts'

/** The models of the whole process, shared by all workspaces through fair schedulers. */
export interface ModelHouse {
  /** Needed before a store can be opened. */
  readonly embedding: EmbeddingModel
  /** Whether answers come without any language model. */
  readonly offline: boolean
  /** What one workspace's engine calls. */
  readonly of: (workspace: string, store: Store) => Models
  readonly gauges: () => { llm: SchedulerGauges; embedding: SchedulerGauges }
}

/** Builds what the configuration names; adapters are loaded only when they are used. */
export async function buildModels(config: Config): Promise<ModelHouse> {
  const offline = offlineModels(tokenCount)
  const llm = await languageModel(config)
  const embedding = (await embeddingModel(config)) ?? offline.embedding
  const reranker = await rerankModel(config)
  const llmSlots = new FairScheduler({ limit: config.MAX_ASYNC })
  const embeddingSlots = new FairScheduler({ limit: config.EMBEDDING_FUNC_MAX_ASYNC })
  return {
    embedding,
    offline: llm === null,
    gauges: () => ({ llm: llmSlots.gauges(), embedding: embeddingSlots.gauges() }),
    of: (workspace, store) => ({
      ...(llm === null
        ? offline
        : llmRoles(config, store, scheduledLanguageModel(llm, llmSlots, workspace))),
      embedding:
        config.EMBEDDING_BINDING === 'offline'
          ? embedding
          : scheduledEmbeddingModel(
              embedding,
              embeddingSlots,
              workspace,
              config.EMBEDDING_BATCH_NUM,
            ),
      reranker: reranker && scheduledRerankModel(reranker, llmSlots, workspace),
    }),
  }
}

function llmRoles(
  config: Config,
  store: Store,
  model: LanguageModel,
): Omit<Models, 'embedding' | 'reranker'> {
  const cached = (...rest: [CachedKind, ((answer: string) => boolean)?]) =>
    new CachedLanguageModel(model, store, ...rest)
  const language = config.SUMMARY_LANGUAGE
  return {
    extractor: new LlmExtractor(
      config.ENABLE_LLM_CACHE_FOR_EXTRACT ? cached('extract', isUsableExtraction) : model,
      {
        gleaning: config.MAX_GLEANING > 0,
        wording: { entityTypes: config.ENTITY_TYPES, language },
      },
    ),
    keywords: new LlmKeywords(cached('keywords', isUsableKeywords), language),
    summarizer: new LlmSummarizer(cached('summary'), language),
    answerer: new LlmAnswerer(model),
  }
}

async function languageModel(config: Config): Promise<LanguageModel | null> {
  const { LLM_BINDING: binding, LLM_MODEL: name = '', LLM_BINDING_HOST: host } = config
  const settings = { calls: { timeoutMs: config.LLM_TIMEOUT * 1000 } }
  if (binding === 'offline') return null
  if (binding === 'ollama') {
    const { ollamaModel } = await import('./models/ollama/ollama-model.ts')
    return ollamaModel({ host: host ?? OLLAMA_HOST, apiKey: config.LLM_BINDING_API_KEY }, name, {
      ...settings,
      options: { num_ctx: config.OLLAMA_LLM_NUM_CTX },
    })
  }
  const { openAiCompatibleModel } = await import('./models/ai-sdk/openai-compatible-model.ts')
  return openAiCompatibleModel(
    await openAiHost(config, binding, host, config.LLM_BINDING_API_KEY, name),
    name,
    settings,
  )
}

async function embeddingModel(config: Config): Promise<EmbeddingModel | null> {
  const { EMBEDDING_BINDING: binding, EMBEDDING_MODEL: name = '', EMBEDDING_DIM: dim } = config
  const host = config.EMBEDDING_BINDING_HOST ?? config.LLM_BINDING_HOST
  const settings = {
    calls: { timeoutMs: config.EMBEDDING_TIMEOUT * 1000 },
    batchSize: config.EMBEDDING_BATCH_NUM,
  }
  if (binding === 'offline') return null
  const key = config.EMBEDDING_BINDING_API_KEY
  if (binding === 'ollama') {
    const { ollamaEmbedding } = await import('./models/ollama/ollama-embedding.ts')
    return ollamaEmbedding({ host: host ?? OLLAMA_HOST, apiKey: key }, name, dim, settings)
  }
  const { openAiCompatibleEmbedding } = await import(
    './models/ai-sdk/openai-compatible-embedding.ts'
  )
  return openAiCompatibleEmbedding(
    await openAiHost(config, binding, host, key, name),
    name,
    dim,
    settings,
  )
}

const OLLAMA_HOST = 'http://localhost:11434'

async function openAiHost(
  config: Config,
  binding: 'openai' | 'azure_openai',
  host: string | undefined,
  apiKey: string | undefined,
  deployment: string,
) {
  if (binding === 'azure_openai') {
    const { azureOpenAiHost } = await import('./models/ai-sdk/azure-openai-host.ts')
    return azureOpenAiHost({
      endpoint: host ?? '',
      deployment,
      apiVersion: config.AZURE_OPENAI_API_VERSION,
      apiKey: apiKey ?? '',
    })
  }
  const { OPENAI_HOST } = await import('./models/ai-sdk/openai-compatible-provider.ts')
  return { binding, host: host ?? OPENAI_HOST, apiKey }
}

async function rerankModel(config: Config): Promise<RerankModel | undefined> {
  const { RERANK_BINDING: binding } = config
  if (binding === 'null') return undefined
  const { httpReranker } = await import('./models/rerank/http-reranker.ts')
  return httpReranker({
    binding,
    url: config.RERANK_BINDING_HOST,
    model: config.RERANK_MODEL,
    apiKey: config.RERANK_BINDING_API_KEY,
  })
}
