import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { modelFetch } from '../calls/model-fetch.ts'

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
  /** Fields put into the body of every chat request, over those of the adapter. */
  readonly extraBody?: Readonly<Record<string, unknown>> | undefined
}

export const OPENAI_HOST = 'https://api.openai.com/v1'

export function openAiCompatibleProvider(host: OpenAiCompatibleHost) {
  const { apiKey, headers, queryParams, extraBody } = host
  return createOpenAICompatible({
    name: host.binding,
    baseURL: host.host,
    fetch: modelFetch,
    includeUsage: true,
    supportsStructuredOutputs: host.structured ?? false,
    ...(apiKey === undefined || apiKey === '' ? {} : { apiKey }),
    ...(headers === undefined ? {} : { headers: { ...headers } }),
    ...(queryParams === undefined ? {} : { queryParams: { ...queryParams } }),
    ...(extraBody === undefined
      ? {}
      : { transformRequestBody: (body: object) => ({ ...body, ...extraBody }) }),
  })
}
