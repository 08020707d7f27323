import type { LanguageModel } from '../../engine/models.ts'
import { fromAiSdkLanguageModel, type LanguageModelSettings } from './ai-sdk-language-model.ts'
import {
  type OpenAiCompatibleHost,
  openAiCompatibleProvider,
} from './openai-compatible-provider.ts'

/** A chat model at OpenAI or any server that speaks its API. */
export function openAiCompatibleModel(
  host: OpenAiCompatibleHost,
  model: string,
  settings: LanguageModelSettings = {},
): LanguageModel {
  return fromAiSdkLanguageModel(openAiCompatibleProvider(host).chatModel(model), {
    ...settings,
    structured: host.structured,
    shape: [host.host, host.queryParams ?? {}, host.extraBody ?? {}],
    id: settings.id ?? `${host.binding}:${model}`,
  })
}
