import type { FastifyRequest } from 'fastify'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import type { ControlPlane } from '../control-plane.ts'
import { callerOf, headerOf } from './caller.ts'

/**
 * Refuses a request whose headers name another tenant or knowledge base than its path.
 *
 * @throws {TenancyError} `selectors_disagree`
 * @throws {ControlError} `not_found` for what is not the caller's
 */
export async function assertSelectorsAgree(
  request: FastifyRequest,
  { tenants, kbs }: ControlPlane,
): Promise<void> {
  const params: unknown = request.params
  const named = headerOf(request, 'x-tenant-id')
  const namedKb = headerOf(request, 'x-kb-id')
  if (named === undefined && namedKb === undefined) return
  // RAGFlow's paths say `tenant_id`.
  const tenant = textIn(params, 'tenant') ?? textIn(params, 'tenant_id')
  const kb = textIn(params, 'kb')
  const actor = callerOf(request)
  if (named !== undefined && tenant !== undefined && !isSame(named, tenant)) {
    const [one, other] = [await tenants.get(actor, tenant), await tenants.get(actor, named)]
    if (one.tenant_id !== other.tenant_id) throw disagree()
  }
  if (namedKb !== undefined && tenant !== undefined && kb !== undefined && !isSame(namedKb, kb)) {
    const [one, other] = [await kbs.get(actor, tenant, kb), await kbs.get(actor, tenant, namedKb)]
    if (one.kb_id !== other.kb_id) throw disagree()
  }
}

function textIn(params: unknown, name: string): string | undefined {
  const value: unknown =
    typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined
  return typeof value === 'string' ? value : undefined
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}

function disagree(): TenancyError {
  return new TenancyError('selectors_disagree', 'Path and headers name two different places')
}
