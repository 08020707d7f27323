import type { EngineSettings } from '../../engine/ports/settings.ts'
import type { ControlCore } from '../core/control-core.ts'
import { configIn, type RagConfig } from '../core/rag-config.ts'

/** What a workspace's tenant and knowledge base have set; empty for a workspace of neither. */
export async function workspaceConfig(core: ControlCore, workspace: string): Promise<RagConfig> {
  const row = await core.db
    .selectFrom('kbs')
    .innerJoin('tenants', 'tenants.tenant_id', 'kbs.tenant_id')
    .select(['tenants.config as tenant_config', 'kbs.config as kb_config'])
    .where('kbs.workspace', '=', workspace)
    .executeTakeFirst()
  if (row === undefined) return {}
  return { ...configIn(row.tenant_config), ...configIn(row.kb_config) }
}

/** What a config says in words, as an engine's models take it. */
export function engineWording({ entity_types, language, prompts }: RagConfig) {
  return {
    ...(entity_types === undefined ? {} : { entity_types: [...entity_types] }),
    ...(language === undefined ? {} : { language }),
    ...(prompts?.extraction === undefined ? {} : { extraction_rules: prompts.extraction }),
    ...(prompts?.answer === undefined ? {} : { answer_prompt: prompts.answer }),
  }
}

/** The settings of an engine, changed by what was set for its workspace. */
export function engineSettings(base: EngineSettings, config: RagConfig): EngineSettings {
  const chunkSize = config.chunk_size ?? base.chunkSize
  return {
    ...base,
    chunkSize,
    // Each may be set where the other is inherited.
    chunkOverlapSize: Math.min(
      config.chunk_overlap ?? base.chunkOverlapSize,
      Math.floor(chunkSize / 2),
    ),
    topK: config.top_k ?? base.topK,
    chunkTopK: config.chunk_top_k ?? base.chunkTopK,
    cosineThreshold: config.cosine_threshold ?? base.cosineThreshold,
    minRerankScore: config.min_rerank_score ?? base.minRerankScore,
    enableAnswerCache: config.enable_llm_cache ?? base.enableAnswerCache,
    enableRerank: config.enable_rerank ?? base.enableRerank,
    maxEntityTokens: config.max_entity_tokens ?? base.maxEntityTokens,
    maxRelationTokens: config.max_relation_tokens ?? base.maxRelationTokens,
    maxTotalTokens: config.max_total_tokens ?? base.maxTotalTokens,
  }
}
