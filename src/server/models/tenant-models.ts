import type { Config } from '../../config/config.ts'
import type { Binding } from '../../config/role-fields.ts'
import { ControlError } from '../../control/core/control-error.ts'
import type { RagConfig } from '../../control/core/rag-config.ts'

/** The key that a workspace's tenant has stored for a provider. */
export type ProviderKey = (provider: Binding) => Promise<string | undefined>

/**
 * What a tenant or knowledge base sets of models, as the configuration that its engine is built from.
 *
 * Addresses are those of the server, or OpenAI's own, and a key of the server never goes to another
 * address than its own. A model of one's own serves all roles.
 *
 * @throws {ControlError} `invalid_input` for a provider that this server does not reach
 */
export async function tenantModelValues(
  config: Config,
  own: RagConfig,
  keyOf: ProviderKey,
): Promise<Partial<Config>> {
  const rerank = own.rerank_model === undefined ? {} : { RERANK_MODEL: own.rerank_model }
  return {
    ...rerank,
    ...(await languageModelValues(config, own, keyOf)),
    ...(await embeddingValues(config, own, keyOf)),
  }
}

async function languageModelValues(
  config: Config,
  own: RagConfig,
  keyOf: ProviderKey,
): Promise<Partial<Config>> {
  const { llm_temperature: temperature, llm_max_tokens: maxTokens } = own
  const sampling = {
    ...(temperature === undefined ? {} : { LLM_TEMPERATURE: temperature }),
    ...(maxTokens === undefined ? {} : { LLM_MAX_TOKENS: maxTokens }),
  }
  const binding = own.llm_binding ?? config.LLM_BINDING
  const key = binding === 'offline' ? undefined : await keyOf(binding)
  if (own.llm_binding === undefined && own.llm_model === undefined && key === undefined) {
    return sampling
  }
  const here = binding === config.LLM_BINDING
  refuseOutOfReach(binding, here, key)
  return {
    ...sampling,
    ...NO_ROLES,
    LLM_BINDING: binding,
    LLM_BINDING_HOST: here ? config.LLM_BINDING_HOST : undefined,
    LLM_BINDING_API_KEY: key ?? (here ? config.LLM_BINDING_API_KEY : undefined),
    LLM_MODEL: named(own.llm_model ?? (here ? config.LLM_MODEL : undefined), binding, 'llm_model'),
  }
}

async function embeddingValues(
  config: Config,
  own: RagConfig,
  keyOf: ProviderKey,
): Promise<Partial<Config>> {
  const binding = own.embedding_binding ?? config.EMBEDDING_BINDING
  const key = binding === 'offline' ? undefined : await keyOf(binding)
  const sets = own.embedding_binding ?? own.embedding_model ?? own.embedding_dim ?? key
  if (sets === undefined) return {}
  const here = binding === config.EMBEDDING_BINDING
  refuseOutOfReach(binding, here, key)
  // The common address of both kinds of models is one for this provider only.
  const common = binding === config.LLM_BINDING ? config.LLM_BINDING_HOST : undefined
  return {
    EMBEDDING_BINDING: binding,
    EMBEDDING_BINDING_HOST: here ? (config.EMBEDDING_BINDING_HOST ?? common) : undefined,
    EMBEDDING_BINDING_API_KEY: key ?? (here ? config.EMBEDDING_BINDING_API_KEY : undefined),
    EMBEDDING_MODEL: named(
      own.embedding_model ?? (here ? config.EMBEDDING_MODEL : undefined),
      binding,
      'embedding_model',
    ),
    EMBEDDING_DIM: own.embedding_dim ?? config.EMBEDDING_DIM,
  }
}

/** Roles of the server's own would stand before the model of the workspace. */
const NO_ROLES = {
  EXTRACT_LLM_BINDING: 'common',
  EXTRACT_LLM_BINDING_HOST: undefined,
  EXTRACT_LLM_BINDING_API_KEY: undefined,
  EXTRACT_LLM_MODEL: undefined,
  KEYWORD_LLM_BINDING: 'common',
  KEYWORD_LLM_BINDING_HOST: undefined,
  KEYWORD_LLM_BINDING_API_KEY: undefined,
  KEYWORD_LLM_MODEL: undefined,
  QUERY_LLM_BINDING: 'common',
  QUERY_LLM_BINDING_HOST: undefined,
  QUERY_LLM_BINDING_API_KEY: undefined,
  QUERY_LLM_MODEL: undefined,
} as const

function refuseOutOfReach(binding: Binding, here: boolean, key: string | undefined): void {
  if (here || binding === 'offline' || (binding === 'openai' && key !== undefined)) return
  const remedy =
    binding === 'openai' ? 'store a key of your own for it' : 'choose one that the server has'
  throw new ControlError('invalid_input', `This server does not reach ${binding}: ${remedy}.`)
}

function named(model: string | undefined, binding: Binding, field: string): string | undefined {
  if (model !== undefined || binding === 'offline') return model
  throw new ControlError('invalid_input', `Set ${field}: ${binding} needs the name of a model.`)
}
