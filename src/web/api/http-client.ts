import { ApiError, errorOf } from './api-error.ts'

/** Where a request is at home: a tenant and one of its knowledge bases. */
export interface Place {
  readonly tenantId: string
  readonly kb?: string | undefined
}

export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'key'; readonly key: string }

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Undefined ones are left out. */
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly json?: unknown
  readonly form?: FormData | URLSearchParams
  readonly headers?: Readonly<Record<string, string>>
  readonly place?: Place | undefined
  readonly signal?: AbortSignal | undefined
  /** Whether it goes on when its tenant is left. */
  readonly outlivesTenant?: boolean
  /** In place of the session's, to try one. */
  readonly credential?: Credential
}

export interface HttpClientPorts {
  /** Ends with a slash. */
  readonly base: string
  readonly credential: () => Credential
  /** A token that the server gave in place of the one that was sent. */
  readonly onNewToken: (token: string) => void
  /** The credential of the session no longer holds. */
  readonly onRefused: () => void
  readonly fetch?: typeof fetch
}

/** Asks the API. No tenant is ever named in a path or a query: headers say which. */
export class HttpClient {
  readonly #ports: HttpClientPorts
  readonly #tenants = new Map<string, AbortController>()

  constructor(ports: HttpClientPorts) {
    this.#ports = ports
  }

  /** @throws {ApiError} and, when it was aborted, the `AbortError` of `fetch` */
  async json<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
    const response = await this.send(path, options)
    if (response.status === 204) return undefined as Answer
    return (await response.json()) as Answer
  }

  /** The answer itself, once its status is good. The same errors. */
  async send(path: string, options: RequestOptions = {}): Promise<Response> {
    const { fetch: ask = fetch, base } = this.#ports
    const credential = options.credential ?? this.#ports.credential()
    const url = new URL(path, base)
    for (const [name, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(name, String(value))
    }
    const signal = this.#signalFor(options)
    const response = await ask(url, {
      method: options.method ?? 'GET',
      headers: { ...headersOf(credential, options), ...options.headers },
      body: options.json === undefined ? (options.form ?? null) : JSON.stringify(options.json),
      credentials: 'same-origin',
      cache: 'no-store',
      ...(signal === undefined ? {} : { signal }),
    }).catch((error: unknown) => {
      if (signal?.aborted === true) throw error
      throw new ApiError('The server cannot be reached', {
        status: 0,
        code: 'offline',
        cause: error,
      })
    })
    const token = response.headers.get('x-new-token')
    if (token !== null && options.credential === undefined) this.#ports.onNewToken(token)
    if (response.ok) return response
    if (response.status === 401 && options.credential === undefined) this.#ports.onRefused()
    throw await errorOf(response)
  }

  /** Aborts whatever is under way for a tenant. */
  leave(tenantId: string): void {
    this.#tenants.get(tenantId)?.abort()
    this.#tenants.delete(tenantId)
  }

  #signalFor(options: RequestOptions): AbortSignal | undefined {
    const { place, signal, outlivesTenant = false } = options
    if (place === undefined || outlivesTenant) return signal
    const tenant = this.#tenants.get(place.tenantId) ?? new AbortController()
    this.#tenants.set(place.tenantId, tenant)
    return signal === undefined ? tenant.signal : AbortSignal.any([tenant.signal, signal])
  }
}

function headersOf(
  credential: Credential,
  { json, place }: RequestOptions,
): Record<string, string> {
  const headers: Record<string, string> = {}
  if (json !== undefined) headers['content-type'] = 'application/json'
  if (credential.kind === 'token') headers.authorization = `Bearer ${credential.token}`
  if (credential.kind === 'key') headers['x-api-key'] = credential.key
  if (place !== undefined && place.tenantId !== SINGLE_TENANT) {
    headers['x-tenant-id'] = place.tenantId
    if (place.kb !== undefined) headers['x-kb-id'] = place.kb
  }
  return headers
}

/** Stands for the one workspace of a server without tenants; no server gives out such an id. */
export const SINGLE_TENANT = '(single)'
