import type { FastifyRequest } from 'fastify'
import { type AccountAdmission, accountAdmissionOf } from '../../tenancy/request/admission.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import { type Actor, actorOf } from '../authority/actor.ts'
import { ControlError } from '../core/control-error.ts'
import type { Tenants } from '../tenants/tenants.ts'

/** @throws {TenancyError} `missing_context` on a route that is not of access `account` */
export function admissionIn(request: FastifyRequest): AccountAdmission {
  const admission = accountAdmissionOf(request)
  if (admission === undefined) throw new TenancyError('missing_context', 'There is no caller')
  return admission
}

/** Who asks. */
export function callerOf(request: FastifyRequest): Actor {
  return actorOf(admissionIn(request).principal)
}

/**
 * The tenant of a request that names none in its path: that of `X-Tenant-ID`, else the only one of
 * the caller.
 *
 * @throws {TenancyError} `workspace_required`
 */
export async function ownTenant(request: FastifyRequest, tenants: Tenants): Promise<string> {
  const named = headerOf(request, 'x-tenant-id')
  if (named !== undefined) return named
  const { items, total } = await tenants.list(callerOf(request), { mine: true, page_size: 10 })
  const [only, another] = items
  if (only !== undefined && another === undefined) return only.tenant_id
  const names = items.map(({ slug }) => slug).join(' or ')
  const more = total > items.length ? ` or another of ${total}` : ''
  const choice = names === '' ? 'Name one that you look after' : `Send ${names}${more}`
  throw new TenancyError('workspace_required', `Choose a tenant with X-Tenant-ID. ${choice}`)
}

/**
 * The version that `If-Match` asks for; undefined when any will do.
 *
 * @throws {ControlError} `invalid_input`
 */
export function versionIn(request: FastifyRequest): number | undefined {
  const text = headerOf(request, 'if-match')
  if (text === undefined || text === '*') return undefined
  const found = /^(?:W\/)?"?(\d{1,15})"?$/.exec(text)
  if (found !== null) return Number(found[1])
  throw new ControlError('invalid_input', 'If-Match is the version of the record, such as "3"')
}

export function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return (Array.isArray(value) ? value.join(',') : value)?.trim() || undefined
}

/** Stands in a path for the tenant of the request. */
const OWN = 'me'

/**
 * Puts the tenant of a request in the place of `me` in its path, so that no page has to write the id of
 * a tenant into an address.
 *
 * @throws {TenancyError} `workspace_required`
 */
export async function resolveOwnTenant(request: FastifyRequest, tenants: Tenants): Promise<void> {
  const { params } = request
  if (typeof params !== 'object' || params === null) return
  if (!('tenant' in params) || String(params.tenant).toLowerCase() !== OWN) return
  params.tenant = await ownTenant(request, tenants)
}
