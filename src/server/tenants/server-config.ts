import type { Config } from '../../config/config.ts'
import type { RagConfig } from '../../control/core/rag-config.ts'

/** What holds for a workspace as long as nobody sets it; undefined is left to providers. */
export function serverConfig(
  config: Config,
): Readonly<Record<Exclude<keyof RagConfig, 'prompts' | 'custom_metadata'>, unknown>> {
  const { engine } = config
  return {
    llm_binding: config.LLM_BINDING,
    llm_model: config.LLM_MODEL,
    llm_temperature: config.LLM_TEMPERATURE,
    llm_max_tokens: config.LLM_MAX_TOKENS,
    embedding_binding: config.EMBEDDING_BINDING,
    embedding_model: config.EMBEDDING_MODEL,
    embedding_dim: config.EMBEDDING_DIM,
    rerank_model: config.RERANK_MODEL,
    top_k: engine.topK,
    chunk_top_k: engine.chunkTopK,
    cosine_threshold: engine.cosineThreshold,
    min_rerank_score: engine.minRerankScore,
    enable_llm_cache: engine.enableAnswerCache,
    enable_rerank: engine.enableRerank,
    chunk_size: engine.chunkSize,
    chunk_overlap: engine.chunkOverlapSize,
    max_entity_tokens: engine.maxEntityTokens,
    max_relation_tokens: engine.maxRelationTokens,
    max_total_tokens: engine.maxTotalTokens,
    entity_types: config.ENTITY_TYPES,
    language: config.SUMMARY_LANGUAGE,
  }
}
