import type { OpenAiCompatibleHost } from './openai-compatible-provider.ts'

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
