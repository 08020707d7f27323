import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { ANSWER_IN_LINES, ONE_ANSWER } from '../calls/bounded-body.ts'
import { modelFetch } from '../calls/model-fetch.ts'
import type { LanguageModelObject } from './ai-sdk-language-model.ts'
import { capabilitiesOf, type RequestCapabilities } from './request-capabilities.ts'
import { RequestShape } from './request-shape.ts'

/** More parameters than these are not refused one after the other. */
const MOST_REFUSALS = 10

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

/**
 * The fetch of a chat model that sends a request again, once for each parameter, when the provider
 * has refused it for a parameter that it can do without.
 */
function adaptingFetch(shape: RequestShape): typeof globalThis.fetch {
  return async (input, init) => {
    let body = init?.body
    // Within a text its quotes would be escaped.
    const isStream = typeof body === 'string' && body.includes('"stream":true')
    const bounds = isStream ? ANSWER_IN_LINES : ONE_ANSWER
    for (let refusals = 0; ; refusals++) {
      const response = await modelFetch(input, { ...init, body: body ?? null }, bounds)
      const isRefusal = response.status === 400 || response.status === 422
      if (!isRefusal || typeof body !== 'string' || refusals >= MOST_REFUSALS) return response
      const said = await response.text()
      const again = shape.afterRefusal(said, JSON.parse(body))
      if (again === null) {
        const { status, headers } = response
        return new Response(said, { status, headers })
      }
      body = JSON.stringify(again)
    }
  }
}

export interface AzureOpenAi {
  /** `https://<resource>.openai.azure.com` */
  readonly endpoint: string
  readonly deployment: string
  readonly apiVersion: string
  readonly apiKey: string
}

/** Azure speaks OpenAI's API below a deployment, with a key header and a version of its own. */
export function azureOpenAiHost(azure: AzureOpenAi): OpenAiCompatibleHost {
  const endpoint = azure.endpoint.replace(/(?<!\/)\/+$/, '')
  return {
    binding: 'azure_openai',
    host: `${endpoint}/openai/deployments/${encodeURIComponent(azure.deployment)}`,
    headers: { 'api-key': azure.apiKey },
    queryParams: { 'api-version': azure.apiVersion },
  }
}
