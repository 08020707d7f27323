import { queryOptions } from '@tanstack/react-query'
import type { HttpClient } from '../api/http-client.ts'

/** What the server tells every page before anybody has signed in. */
export interface UiConfig {
  readonly version: string
  readonly title: string | null
  readonly description: string | null
  readonly auth: {
    readonly password: boolean
    readonly api_key: boolean
    /** Whether nobody needs a credential. */
    readonly guest: boolean
  }
  readonly features: {
    readonly tenants: boolean
    readonly self_service: boolean
    readonly snapshots: boolean
    readonly api_docs: boolean
  }
  readonly upload: { readonly max_bytes: number; readonly types: readonly string[] }
  readonly languages: readonly string[] | null
  readonly default_language: string | null
}

export const uiConfigOptions = (http: HttpClient) =>
  queryOptions({
    queryKey: ['ui-config'],
    queryFn: ({ signal }) =>
      http.json<UiConfig>('ui/config', { signal, credential: { kind: 'none' } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  })
