import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { adaptingFetch } from './adapting-fetch.ts'
import type { LanguageModelObject } from './ai-sdk-language-model.ts'
import { capabilitiesOf, type RequestCapabilities } from './request-capabilities.ts'
import { RequestShape } from './request-shape.ts'

/** Where an OpenAI-compatible API is and how to enter it. */
export interface OpenAiCompatibleHost {
  /** Shown in ids and settings: `openai`, `azure_openai`, … */
  readonly binding: string
  /** Base URL, with its version: `https://api.openai.com/v1`, `http://localhost:8000/v1`. */
  readonly host: string
  readonly apiKey?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  /** Added to every address, as Azure's `api-version` is. */
  readonly queryParams?: Readonly<Record<string, string>> | undefined
  /** Whether it takes a JSON schema as `response_format`; not assumed. */
  readonly structured?: boolean | undefined
  /** What its models take, where that is another than their names tell. */
  readonly capabilities?: Partial<RequestCapabilities> | undefined
  /** Fields put into the body of every chat request, over those of the adapter. */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
}

export const OPENAI_HOST = 'https://api.openai.com/v1'

/** @param onRefusal told of each parameter that the provider does not take, once */
export function openAiCompatibleChat(
  host: OpenAiCompatibleHost,
  model: string,
  onRefusal: (parameter: string) => void = () => undefined,
): LanguageModelObject {
  const { apiKey, headers, queryParams, extraBody } = host
  const shape = new RequestShape(capabilitiesOf(model, host.capabilities), onRefusal)
  const provider = createOpenAICompatible({
    name: host.binding,
    baseURL: host.host,
    fetch: adaptingFetch(shape),
    includeUsage: true,
    supportsStructuredOutputs: host.structured ?? false,
    convertUsage: usageOf,
    transformRequestBody: (body: object) => shape.apply({ ...body, ...extraBody }),
    ...(apiKey === undefined || apiKey === '' ? {} : { apiKey }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
    ...(queryParams === undefined ? {} : { queryParams: { ...queryParams } }),
  })
  return provider.chatModel(model)
}

type Settings = NonNullable<Parameters<typeof createOpenAICompatible>[0]>
type ConvertUsage = NonNullable<Settings['convertUsage']>

/** Some providers count what a model thought in the sum alone. */
function usageOf(usage: Parameters<ConvertUsage>[0]): ReturnType<ConvertUsage> {
  const said = usage?.completion_tokens ?? undefined
  const asked = usage?.prompt_tokens ?? undefined
  const thought = usage?.completion_tokens_details?.reasoning_tokens ?? 0
  const sum = usage?.total_tokens ?? 0
  const beside = sum > 0 ? sum - (asked ?? 0) : (said ?? 0) < thought ? (said ?? 0) + thought : 0
  const written = usage ? Math.max(said ?? 0, beside) : undefined
  return {
    inputTokens: { total: asked, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: written, text: undefined, reasoning: thought },
  }
}
