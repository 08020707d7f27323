import type { FastifyRequest } from 'fastify'
import { TenancyError } from '../tenancy-error.ts'
import type { WorkspaceSelector } from './workspace-choice.ts'

const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/

/**
 * The headers `X-Tenant-ID` and `X-KB-ID`.
 *
 * @param options.ignoreDefaults for a server with one workspace for all: LightRAG's web client
 * sends it the pair `default`, `default` of its own accord, which selects nothing there
 */
export function tenantHeaders(options: { readonly ignoreDefaults: boolean }): WorkspaceSelector {
  return ({ headers }) => {
    const tenant = idIn(headers['x-tenant-id'], 'X-Tenant-ID')
    const kb = idIn(headers['x-kb-id'], 'X-KB-ID')
    if (tenant === undefined && kb === undefined) return undefined
    if (
      options.ignoreDefaults &&
      (tenant ?? 'default') === 'default' &&
      (kb ?? 'default') === 'default'
    ) {
      return undefined
    }
    return { source: 'X-Tenant-ID and X-KB-ID', tenant, kb }
  }
}

/**
 * The first label of the host, below one suffix: with `rag.example.com`, a request for
 * `acme.rag.example.com` chooses the tenant `acme`. Any other host chooses nothing.
 */
export function hostLabel(suffix: string): WorkspaceSelector {
  const labelOf = labelBelow(suffix)
  return (request: FastifyRequest) => {
    const tenant = idIn(labelOf(request), 'The host')
    return tenant === undefined ? undefined : { source: 'host', tenant }
  }
}

/** What stands before a suffix in the host of a request, in lower case; undefined below no such. */
export function labelBelow(suffix: string): (request: FastifyRequest) => string | undefined {
  const ending = `.${suffix.replace(/^\.+/, '').toLowerCase()}`
  return ({ hostname }) => {
    const host = hostname.toLowerCase().replace(/\.$/, '')
    if (!host.endsWith(ending)) return undefined
    return host.slice(0, -ending.length)
  }
}

function idIn(value: string | string[] | undefined, where: string): string | undefined {
  const text = (Array.isArray(value) ? value.join(',') : value)?.trim() || undefined
  if (text === undefined || ID.test(text)) return text?.toLowerCase()
  throw new TenancyError(
    'invalid_workspace',
    `${where} must name one id of letters, digits, "_", "-"`,
  )
}
