import type { FastifyRequest } from 'fastify'
import type { WorkspaceSelector } from '../../tenancy/request/workspace-choice.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'

/** Where the routes of the data are served once more, with tenant and knowledge base in the path. */
export const DATA_ALIAS = '/api/v1/tenants/:tenant/kbs/:kb'

const ID = /^[a-z0-9][a-z0-9_-]{0,127}$/

/** Chooses what the path names, on routes below {@link DATA_ALIAS}. */
export const pathSelector: WorkspaceSelector = (request: FastifyRequest) => {
  if (request.routeOptions.url?.startsWith(`${DATA_ALIAS}/`) !== true) return undefined
  const params: unknown = request.params
  const tenant = idIn(params, 'tenant')
  // The tenant of the request, whatever else chooses it.
  return { source: 'path', tenant: tenant === 'me' ? undefined : tenant, kb: idIn(params, 'kb') }
}

function idIn(params: unknown, name: 'tenant' | 'kb'): string {
  const value: unknown =
    typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined
  const id = typeof value === 'string' ? value.toLowerCase() : ''
  if (ID.test(id)) return id
  throw new TenancyError('invalid_workspace', 'The path must name ids of letters, digits, "_", "-"')
}
