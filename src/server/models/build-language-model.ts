import type { Config } from '../../config/config.ts'
import type { Binding, ModelChoice } from '../../config/role-fields.ts'
import type { LanguageModel } from '../../engine/ports/models.ts'
import type { UsageMeter } from '../../models/calls/call-usage.ts'
import type { NoticeSink } from '../../models/calls/notices.ts'

export const OLLAMA_HOST = 'http://localhost:11434'

/** The model that was chosen; null for none. Its adapter is loaded only now. */
export async function buildLanguageModel(
  config: Config,
  { binding, host, apiKey, model }: ModelChoice,
  meter: UsageMeter & NoticeSink,
): Promise<LanguageModel | null> {
  const { LLM_TEMPERATURE: temperature, LLM_MAX_TOKENS: maxTokens } = config
  const settings = { ...meter, calls: { timeoutMs: config.LLM_TIMEOUT * 1000 } }
  if (binding === 'offline') return null
  if (binding === 'ollama') {
    const { ollamaModel } = await import('../../models/ollama/ollama-model.ts')
    return ollamaModel({ host: host ?? OLLAMA_HOST, apiKey }, model, {
      ...settings,
      structured: config.ENTITY_EXTRACTION_USE_JSON !== 'false',
      options: {
        num_ctx: config.OLLAMA_LLM_NUM_CTX,
        ...(temperature === undefined ? {} : { temperature }),
        ...(maxTokens === undefined ? {} : { num_predict: maxTokens }),
      },
    })
  }
  const { openAiCompatibleModel } = await import('../../models/ai-sdk/openai-compatible-model.ts')
  const address = await openAiHost(config, binding, host, apiKey, model)
  const structured = takesSchema(config, binding, host)
  const sampling = {
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { maxOutputTokens: maxTokens }),
  }
  const { LLM_MAX_TOKENS_FIELD: field, LLM_SEND_SAMPLING: sends } = config
  const capabilities = {
    ...(field === 'auto' ? {} : { maxTokensField: field }),
    ...(sends === 'auto' ? {} : { sampling: sends === 'true' }),
  }
  const openAi = { ...address, structured, capabilities }
  return openAiCompatibleModel(openAi, model, { ...settings, sampling })
}

/** Of a server that only speaks OpenAI's protocol nobody can tell without asking. */
function takesSchema(config: Config, binding: Binding, host: string | undefined): boolean {
  const { ENTITY_EXTRACTION_USE_JSON: choice } = config
  if (choice !== 'auto') return choice === 'true'
  return binding === 'azure_openai' || host === undefined
}

export async function openAiHost(
  config: Config,
  binding: Exclude<Binding, 'offline' | 'ollama'>,
  host: string | undefined,
  apiKey: string | undefined,
  deployment: string,
) {
  const { azureOpenAiHost, OPENAI_HOST } = await import(
    '../../models/ai-sdk/openai-compatible-provider.ts'
  )
  if (binding === 'azure_openai') {
    return azureOpenAiHost({
      endpoint: host ?? '',
      deployment,
      apiVersion: config.AZURE_OPENAI_API_VERSION,
      apiKey: apiKey ?? '',
    })
  }
  return { binding, host: host ?? OPENAI_HOST, apiKey }
}
