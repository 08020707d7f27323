import {
  PERMISSIONS,
  type Permission,
  type RouteAccess,
  type RouteRule,
} from '../http/route-access.ts'
import type { Principal, Role } from './principal.ts'
import { TenancyError } from './tenancy-error.ts'

/** Rows by method and route, as in `'POST /documents/text'`, the route as it was registered. */
export type PermissionTable = Readonly<Record<string, RouteAccess | RouteRule>>

const EDITOR = [
  'document:create',
  'document:read',
  'document:update',
  'document:delete',
  'query:run',
] as const

const GRANTED: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(PERMISSIONS),
  admin: new Set(PERMISSIONS),
  editor: new Set(EDITOR),
  viewer: new Set(['document:read', 'query:run']),
  'viewer:read-only': new Set(['query:run']),
}

export function mayUse(principal: Principal, access: RouteAccess): boolean {
  if (access === 'public' || access === 'optional') return true
  if (access === 'signed-in' || access === 'account') return true
  if (access === 'super-admin') return principal.superAdmin
  return GRANTED[principal.role].has(access)
}

export function permissionDenied(): TenancyError {
  return new TenancyError('permission_denied', 'Your role does not allow this')
}

/** The row of a route. A HEAD route without one has that of its GET twin. */
export function ruleOf(table: PermissionTable, method: string, url: string): RouteRule | undefined {
  const row = table[`${method} ${url}`] ?? (method === 'HEAD' ? table[`GET ${url}`] : undefined)
  return typeof row === 'string' ? { access: row } : row
}
