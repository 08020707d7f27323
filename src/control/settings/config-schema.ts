import { RagConfig } from '../core/rag-config.ts'

/** From when on a change of a setting shows. */
type Effect = 'next_question' | 'next_document' | 'new_vectors'

/** What people call a setting, and when it takes effect. */
const ABOUT: Readonly<Record<keyof RagConfig, readonly [title: string, effect: Effect]>> = {
  llm_binding: ['Provider of the language model', 'next_question'],
  llm_model: ['Language model', 'next_question'],
  llm_temperature: ['Temperature', 'next_question'],
  llm_max_tokens: ['Longest answer of the model, in tokens', 'next_question'],
  embedding_binding: ['Provider of the embedding model', 'new_vectors'],
  embedding_model: ['Embedding model', 'new_vectors'],
  embedding_dim: ['Length of vectors', 'new_vectors'],
  rerank_model: ['Reranking model', 'next_question'],
  top_k: ['Entities and relations to look for', 'next_question'],
  chunk_top_k: ['Passages to keep', 'next_question'],
  cosine_threshold: ['Least similarity', 'next_question'],
  min_rerank_score: ['Least score of a reranked passage', 'next_question'],
  enable_llm_cache: ['Keep answers', 'next_question'],
  enable_rerank: ['Rerank passages', 'next_question'],
  chunk_size: ['Size of a chunk, in tokens', 'next_document'],
  chunk_overlap: ['Overlap of chunks, in tokens', 'next_document'],
  max_entity_tokens: ['Budget of entities, in tokens', 'next_question'],
  max_relation_tokens: ['Budget of relations, in tokens', 'next_question'],
  max_total_tokens: ['Budget of a prompt, in tokens', 'next_question'],
  entity_types: ['Kinds of entities', 'next_document'],
  language: ['Language of extraction and summaries', 'next_document'],
  prompts: ['Prompts', 'next_question'],
  custom_metadata: ['Fields of your own', 'next_question'],
}

/** JSON Schema of what tenants and knowledge bases set, each field with a title and its effect. */
export function configSchema(): Readonly<Record<string, unknown>> {
  const schema = JSON.parse(JSON.stringify(RagConfig, withoutMarks))
  for (const [name, [title, effect]] of Object.entries(ABOUT)) {
    Object.assign(schema.properties[name], { title, 'x-effect': effect })
  }
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema }
}

/** TypeBox marks its schemas with keywords of its own. */
function withoutMarks(key: string, value: unknown): unknown {
  return key.startsWith('~') ? undefined : value
}
