import type { Role } from '../../tenancy/principal.ts'
import { roleAllows, type TenantPermission } from '../authority/tenant-permissions.ts'

/** What one needs to open a page: a query shows answers, everything else documents. */
export function permissionOfView(
  route: string,
): TenantPermission & ('query:run' | 'document:read') {
  return /^\/(query|chat|retrieval)(\/|$)/.test(route) ? 'query:run' : 'document:read'
}

export function mayShowView(route: string, role: Role): boolean {
  return roleAllows(role, permissionOfView(route))
}
