import type { Config } from '../../config/config.ts'
import { modelChoice, type Role } from '../../config/role-fields.ts'
import { ModelHealth } from '../../engine/ports/model-health.ts'
import type {
  EmbeddingModel,
  LanguageModel,
  ModelCheck,
  Models,
  RerankModel,
} from '../../engine/ports/models.ts'
import type { Store } from '../../engine/ports/store.ts'
import type { ModelUsage } from '../../engine/rag.ts'
import { llmRoles, type RoleSettings } from '../../engine/roles/llm-roles.ts'
import { tokenCount } from '../../engine/text/tokenizer.ts'
import type { UsageMeter, UsageRecord } from '../../models/calls/call-usage.ts'
import { type ModelNotice, type NoticeSink, onceAnHour } from '../../models/calls/notices.ts'
import { offlineModels } from '../../models/offline/offline-models.ts'
import { ModelHealths } from '../../models/schedule/model-healths.ts'
import type { ModelProbe } from '../../models/schedule/model-probes.ts'
import { rememberedEmbedding } from '../../models/schedule/remembered-embedding.ts'
import {
  scheduledEmbeddingModel,
  scheduledLanguageModel,
  scheduledRerankModel,
} from '../../models/schedule/scheduled-models.ts'
import {
  FairScheduler,
  fairShares,
  type SchedulerGauges,
  type Slots,
} from '../../models/schedule/scheduler.ts'
import { UsageCounters } from '../../models/schedule/usage-counters.ts'
import {
  embeddingModelCheck,
  languageModelCheck,
  watchedEmbeddingModel,
  watchedLanguageModel,
} from '../../models/schedule/watched-models.ts'
import type { WorkspaceWording } from '../../workspaces/workspace-wording.ts'
import { buildLanguageModel, OLLAMA_HOST, openAiHost } from './build-language-model.ts'
import { buildProbes } from './build-probes.ts'

/** Models as the engines of workspaces take them. */
export interface ModelSet {
  /** Needed before a store can be opened. */
  readonly embedding: EmbeddingModel
  /** What one workspace's engine calls. */
  readonly of: (workspace: string, store: Store, wording?: WorkspaceWording) => Models
}

/** The models of the whole process, shared by all workspaces through fair schedulers. */
export interface ModelProvider extends ModelSet {
  /** The models of a workspace for which some of the configuration is another; same schedulers. */
  readonly with: (own: Partial<Config>) => Promise<ModelSet>
  /** Whether answers come without any language model. */
  readonly offline: boolean
  readonly gauges: () => { llm: SchedulerGauges; embedding: SchedulerGauges }
  /** What a workspace has used of each model since the start. */
  readonly usage: (workspace: string) => Record<string, ModelUsage>
  /** Small calls that show whether each model works as it is configured. */
  readonly probes: readonly ModelProbe[]
  /** Forgets that, as for a workspace that is deleted. */
  readonly forget: (workspace: string) => void
}

/** Where calls of each kind of model wait for their turn. */
export interface ModelSlots {
  /** Of language models, and of rerankers. */
  readonly llm: Slots
  readonly embedding: Slots
}

export interface ModelProviderOptions {
  /** Where calls wait for their turn; in this process, unless given. */
  readonly slots?: ModelSlots | undefined
  /** Told of what an operator should know of the models; of each thing once an hour. */
  readonly onNotice?: ((notice: ModelNotice) => void) | undefined
}

/** Builds what the configuration names; adapters are loaded only when they are used. */
export async function buildModels(
  config: Config,
  onUsage: (record: UsageRecord) => void = () => undefined,
  { slots = modelSlots(config), onNotice = () => undefined }: ModelProviderOptions = {},
): Promise<ModelProvider> {
  const offline = offlineModels(tokenCount)
  const usage = new UsageCounters()
  const meter = {
    onUsage: (record: UsageRecord) => {
      usage.record(record)
      onUsage(record)
    },
    onNotice: onceAnHour(onNotice),
  }
  const shared = { offline, meter, slots, healths: new ModelHealths() }
  const common = await modelSet(config, shared)
  return {
    ...common,
    with: async (own) =>
      Object.keys(own).length === 0 ? common : modelSet({ ...config, ...own }, shared),
    offline: modelChoice(config, 'QUERY').binding === 'offline',
    gauges: () => ({ llm: slots.llm.gauges(), embedding: slots.embedding.gauges() }),
    usage: (workspace) => usage.of(workspace),
    forget: (workspace) => usage.forget(workspace),
  }
}

/**
 * The slots that a configuration gives to model calls.
 *
 * @param alone whether there is one workspace only, which then need not leave anything to others
 */
export function modelSlots(config: Config, alone = false): ModelSlots {
  return {
    llm: slotsOf(config, 'MAX_ASYNC', alone),
    embedding: slotsOf(config, 'EMBEDDING_FUNC_MAX_ASYNC', alone),
  }
}

function slotsOf(
  config: Config,
  limit: 'MAX_ASYNC' | 'EMBEDDING_FUNC_MAX_ASYNC',
  alone: boolean,
): FairScheduler {
  const shares = fairShares(config[limit], !alone)
  return new FairScheduler({
    limit: config[limit],
    forQueries: config[`${limit}_FOR_QUERIES`] ?? shares.forQueries,
    perWorkspace: config[`${limit}_PER_WORKSPACE`] ?? shares.perWorkspace,
  })
}

interface Shared {
  readonly offline: Models
  readonly meter: UsageMeter & NoticeSink
  readonly slots: ModelSlots
  readonly healths: ModelHealths
}

async function modelSet(
  config: Config,
  shared: Shared,
): Promise<ModelSet & Pick<ModelProvider, 'probes'>> {
  const { offline, meter, slots, healths } = shared
  const forRole = async (role: Role) => {
    const choice = modelChoice(config, role)
    const model = await buildLanguageModel(config, choice, meter)
    return model && { model, health: healths.of('llm', choice) }
  }
  const llms = {
    extract: await forRole('EXTRACT'),
    keyword: await forRole('KEYWORD'),
    query: await forRole('QUERY'),
  }
  const bare = await embeddingModel(config, meter)
  const embeddingHealth = healths.of('embedding', [
    config.EMBEDDING_BINDING,
    config.EMBEDDING_BINDING_HOST ?? config.LLM_BINDING_HOST,
    config.EMBEDDING_BINDING_API_KEY,
    config.EMBEDDING_MODEL,
  ])
  const embedding = bare
    ? rememberedEmbedding(watchedEmbeddingModel(bare, embeddingHealth))
    : offline.embedding
  const reranker = await rerankModel(config, meter)
  return {
    probes: buildProbes(config, {
      llms: { EXTRACT: llms.extract, KEYWORD: llms.keyword, QUERY: llms.query },
      embedding: bare,
      // Of its failures the probe itself tells.
      reranker: await rerankModel(config, { onUsage: meter.onUsage }),
      slots,
    }),
    embedding,
    of: (workspace, store, wording = {}) => {
      const inTurn = (model: LanguageModel) => scheduledLanguageModel(model, slots.llm, workspace)
      const embeddingInTurn = (model: EmbeddingModel) =>
        scheduledEmbeddingModel(model, slots.embedding, workspace, config.EMBEDDING_BATCH_NUM)
      const scheduled = (role: WatchedRole | null) =>
        role && inTurn(watchedLanguageModel(role.model, role.health))
      const { extract, keyword, query } = llms
      return {
        ...offline,
        ...llmRoles(
          { extract: scheduled(extract), keyword: scheduled(keyword), query: scheduled(query) },
          store.cache,
          offline.rewriter,
          roleSettings(config, wording),
        ),
        embedding: bare ? embeddingInTurn(embedding) : embedding,
        reranker: reranker && scheduledRerankModel(reranker, slots.llm, workspace),
        checks: {
          llm: extract ? languageModelCheck(inTurn(extract.model), extract.health) : alwaysThere(),
          embedding: bare
            ? embeddingModelCheck(embeddingInTurn(bare), embeddingHealth)
            : alwaysThere(),
        },
      }
    },
  }
}

interface WatchedRole {
  readonly model: LanguageModel
  readonly health: ModelHealth
}

/** Of what needs no provider. */
function alwaysThere(): ModelCheck {
  return { health: new ModelHealth(), probe: null }
}

function roleSettings(config: Config, wording: WorkspaceWording): RoleSettings {
  return {
    gleaning: config.MAX_GLEANING > 0,
    keepExtractions: config.ENABLE_LLM_CACHE_FOR_EXTRACT,
    keepQuestions: config.ENABLE_LLM_CACHE,
    wording: {
      entityTypes: wording.entity_types ?? config.ENTITY_TYPES,
      language: wording.language ?? config.SUMMARY_LANGUAGE,
      extraRules: wording.extraction_rules ?? '',
    },
    answerPrompt: wording.answer_prompt,
  }
}

async function embeddingModel(config: Config, meter: UsageMeter): Promise<EmbeddingModel | null> {
  const { EMBEDDING_BINDING: binding, EMBEDDING_MODEL: name = '', EMBEDDING_DIM: dim } = config
  const host = config.EMBEDDING_BINDING_HOST ?? config.LLM_BINDING_HOST
  const settings = {
    ...meter,
    calls: { timeoutMs: config.EMBEDDING_TIMEOUT * 1000 },
    batchSize: config.EMBEDDING_BATCH_NUM,
    queryPrefix: prefix(config.EMBEDDING_QUERY_PREFIX),
    documentPrefix: prefix(config.EMBEDDING_DOCUMENT_PREFIX),
  }
  if (binding === 'offline') return null
  const key = config.EMBEDDING_BINDING_API_KEY
  if (binding === 'ollama') {
    const { ollamaEmbedding } = await import('../../models/ollama/ollama-embedding.ts')
    return ollamaEmbedding({ host: host ?? OLLAMA_HOST, apiKey: key }, name, dim, settings)
  }
  const { openAiCompatibleEmbedding } = await import(
    '../../models/ai-sdk/openai-compatible-embedding.ts'
  )
  return openAiCompatibleEmbedding(
    await openAiHost(config, binding, host, key, name),
    name,
    dim,
    settings,
  )
}

/** Configuration is read without spaces at its ends; one always stands before the text. */
function prefix(words: string | undefined): string | undefined {
  return words === undefined ? undefined : `${words} `
}

async function rerankModel(
  config: Config,
  meter: UsageMeter & NoticeSink,
): Promise<RerankModel | undefined> {
  const { RERANK_BINDING: binding } = config
  if (binding === 'null') return undefined
  const { httpReranker } = await import('../../models/rerank/http-reranker.ts')
  return httpReranker({
    binding,
    url: config.RERANK_BINDING_HOST,
    model: config.RERANK_MODEL,
    apiKey: config.RERANK_BINDING_API_KEY,
    ...meter,
  })
}
