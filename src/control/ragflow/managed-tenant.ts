import type { Actor } from '../authority/actor.ts'
import { type TenantAccess, tenantAccess } from '../authority/authority.ts'
import { roleAllows, roleIn, type TenantPermission } from '../authority/tenant-permissions.ts'
import type { ControlCore } from '../core/control-core.ts'
import { ControlError } from '../core/control-error.ts'
import { CODE, noAuthorization, RagflowError } from './envelope.ts'

/**
 * The named tenant, else the only one that the caller manages: never any other.
 *
 * @throws {RagflowError} 101 when the tenant has to be named, 109 for a caller who does not manage it
 */
export async function managedTenant(
  core: ControlCore,
  actor: Actor,
  ref: string | undefined,
): Promise<string> {
  if (ref !== undefined) {
    const { tenant } = await accessOr109(core, actor, ref, 'tenant:manage')
    return tenant.tenant_id
  }
  const managed = await managedTenants(core, actor)
  const [first] = managed
  if (first === undefined) throw noAuthorization()
  if (managed.length === 1) return first
  throw new RagflowError(CODE.argument, 'Name the tenant in tenant_id')
}

/** Ids of the active tenants that the caller manages by their own role. */
export async function managedTenants(
  core: ControlCore,
  { key, userId }: Actor,
): Promise<readonly string[]> {
  if (key !== undefined) return roleAllows(key.role, 'tenant:manage') ? [key.tenantId] : []
  if (userId === undefined) return []
  const rows = await core.db
    .selectFrom('memberships')
    .innerJoin('tenants', 'tenants.tenant_id', 'memberships.tenant_id')
    .select(['memberships.tenant_id', 'memberships.role'])
    .where('memberships.user_id', '=', userId)
    .where('tenants.status', '=', 'active')
    .execute()
  return rows
    .filter(({ role }) => roleAllows(roleIn(role), 'tenant:manage'))
    .map(({ tenant_id }) => tenant_id)
}

/** @throws {RagflowError} 109, the same for a foreign tenant, an unknown one and too low a role */
export async function accessOr109(
  core: ControlCore,
  actor: Actor,
  tenantRef: string,
  permission: TenantPermission,
): Promise<TenantAccess> {
  try {
    return await tenantAccess(core.db, actor, tenantRef, permission)
  } catch (error) {
    if (!(error instanceof ControlError)) throw error
    if (error.code === 'not_found' || error.code === 'forbidden') throw noAuthorization()
    throw error
  }
}
