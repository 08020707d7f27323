import type { LanguageModel } from '../../engine/ports/models.ts'
import { fromAiSdkLanguageModel, type LanguageModelSettings } from './ai-sdk-language-model.ts'
import { type OpenAiCompatibleHost, openAiCompatibleChat } from './openai-compatible-provider.ts'
import { capabilitiesOf } from './request-capabilities.ts'

/** A chat model at OpenAI or any server that speaks its API. */
export function openAiCompatibleModel(
  host: OpenAiCompatibleHost,
  model: string,
  settings: LanguageModelSettings = {},
): LanguageModel {
  const id = settings.id ?? `${host.binding}:${model}`
  const onRefusal = (parameter: string) =>
    settings.onNotice?.({
      model: id,
      message: `The provider does not take ${parameter} for this model; it is left out or sent by its other name.`,
    })
  return fromAiSdkLanguageModel(openAiCompatibleChat(host, model, onRefusal), {
    ...settings,
    structured: host.structured,
    shape: [
      host.host,
      host.queryParams ?? {},
      host.extraBody ?? {},
      capabilitiesOf(model, host.capabilities),
    ],
    id,
  })
}
