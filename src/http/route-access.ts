import type { FastifyRequest } from 'fastify'

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

/** An access whose requests may need more than their route: asked once the body has been parsed. */
export interface RouteRule {
  readonly access: RouteAccess
  readonly alsoNeeds?: (request: FastifyRequest) => readonly Permission[]
  /**
   * Whether it also serves callers for whom no workspace was found as they named none: then without a
   * context, as a route of access `account`. For routes that are about the caller or the server.
   */
  readonly unplaced?: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may use the route. A route of the API that does not say it stops the start. */
    access?: RouteAccess | RouteRule
  }
}
