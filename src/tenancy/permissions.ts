import type { FastifyRequest } from 'fastify'
import { TenancyError } from './errors.ts'
import type { Principal, Role } from './principal.ts'

export const PERMISSIONS = [
  'document:create',
  'document:read',
  'document:update',
  'document:delete',
  'kb:manage',
  'query:run',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/**
 * Who may use a route:
 * - a permission: whose role grants it
 * - `public`: everybody; credentials are not looked at, and there is no context
 * - `optional`: everybody; good credentials give a context, bad ones are refused
 * - `signed-in`: every principal
 * - `account`: every principal; no workspace is chosen, and there is no context
 * - `super-admin`: principals with that flag
 */
export type RouteAccess =
  | Permission
  | 'public'
  | 'optional'
  | 'signed-in'
  | 'account'
  | 'super-admin'

/** A row whose request may need more than its route: asked once the body has been parsed. */
export interface RouteRule {
  readonly access: RouteAccess
  readonly alsoNeeds?: (request: FastifyRequest) => readonly Permission[]
  /**
   * Whether it serves also whom no workspace was found for because he named none: then without a
   * context, as a route of access `account`. For routes that are about the caller or the server.
   */
  readonly unplaced?: boolean
}

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
