import type { FastifyRequest } from 'fastify'
import type { Principal } from '../../tenancy/principal.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import { actorOf } from '../authority/actor.ts'
import { tenantBy } from '../authority/authority.ts'
import type { ControlCore } from '../core/control-core.ts'
import { grantsInTenant } from '../database/access-rows.ts'

const REASON = /^[^\p{Cc}]{3,500}$/u

/**
 * Lets a super admin work in the data of a tenant named in `X-Acting-For`, as an admin of
 * it, for a reason given in `X-Acting-Reason`. Both are recorded. Nothing else opens a
 * tenant's data to a super admin.
 *
 * @throws {TenancyError} `acting_refused`
 */
export function actingFor(core: ControlCore) {
  return async (request: FastifyRequest, principal: Principal): Promise<Principal> => {
    const named = headerOf(request, 'x-acting-for')
    if (named === undefined) return principal
    if (!principal.superAdmin) throw refused('Only an operator may act for a tenant')
    const reason = headerOf(request, 'x-acting-reason')
    if (reason === undefined || !REASON.test(reason)) {
      throw refused('Say why in X-Acting-Reason, in 3 to 500 characters')
    }
    const tenant = await tenantBy(core.db, named)
    const grants = tenant && (await grantsInTenant(core.db, tenant.tenant_id, 'admin'))
    if (tenant === undefined || grants === undefined || grants.length === 0) {
      throw refused('There is no such tenant')
    }
    await core.mutate((mutation) =>
      mutation.record(actorOf(principal), {
        event: 'acted_for',
        tenantId: tenant.tenant_id,
        subject: tenant.tenant_id,
        details: { reason, route: `${request.method} ${request.routeOptions.url ?? ''}` },
      }),
    )
    return Object.freeze({
      ...principal,
      workspaces: grants.map(({ workspace }) => workspace),
      defaultWorkspace: grants.find(({ kb }) => kb.isDefault)?.workspace,
      // An operator looks after suspended tenants as well.
      grants: grants.map((grant) => ({ ...grant, suspended: false })),
      actingFor: tenant.tenant_id,
    })
  }
}

function headerOf({ headers }: FastifyRequest, name: string): string | undefined {
  const value = headers[name]
  return (Array.isArray(value) ? value.join(',') : value)?.trim() || undefined
}

function refused(message: string): TenancyError {
  return new TenancyError('acting_refused', message)
}
