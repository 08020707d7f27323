import type { PermissionTable, RouteAccess } from '../../tenancy/permissions.ts'
import { KB_PATHS } from './kb-routes.ts'

const PREFIX = '/api/v1'

/** For everybody who has an account: the services look at what he is in the tenant. */
const ACCOUNT = [
  'GET /tenants',
  'POST /tenants',
  'GET /tenants/me',
  'GET /tenants/:tenant',
  'PUT /tenants/:tenant',
  'PATCH /tenants/:tenant',
  'DELETE /tenants/:tenant',
  'POST /tenants/:tenant/suspend',
  'POST /tenants/:tenant/resume',
  'POST /tenants/:tenant/restore',
  'POST /tenants/:tenant/purge',
  'POST /tenants/:tenant/transfer',
  'GET /deletions/:job',
  'GET /tenants/:tenant/config',
  'PATCH /tenants/:tenant/config',
  'GET /tenants/:tenant/quota',
  'PATCH /tenants/:tenant/quota',
  'GET /tenants/:tenant/provider-keys',
  'PUT /tenants/:tenant/provider-keys/:provider',
  'DELETE /tenants/:tenant/provider-keys/:provider',
  'GET /tenants/:tenant/members',
  'POST /tenants/:tenant/members',
  'GET /tenants/:tenant/members/:user',
  'PUT /tenants/:tenant/members/:user',
  'DELETE /tenants/:tenant/members/:user',
  'GET /tenants/:tenant/invitations',
  'POST /tenants/:tenant/invitations',
  'POST /tenants/:tenant/invitations/:invitation/resend',
  'DELETE /tenants/:tenant/invitations/:invitation',
  'GET /tenants/:tenant/api-keys',
  'POST /tenants/:tenant/api-keys',
  'GET /tenants/:tenant/api-keys/:key',
  'PATCH /tenants/:tenant/api-keys/:key',
  'DELETE /tenants/:tenant/api-keys/:key',
  'POST /tenants/:tenant/api-keys/:key/rotate',
  'GET /tenants/:tenant/audit',
  'GET /tenants/:tenant/audit/export',
  'GET /tenants/:tenant/usage',
  'GET /tenants/:tenant/trash',
  'GET /users/me',
  'GET /users/me/tenants',
  'PUT /users/me/password',
  'POST /users/me/sign-out-everywhere',
  'GET /users/me/invitations',
  'POST /users/me/invitations/accept',
  'POST /users/me/invitations/:invitation/accept',
  'POST /users/me/invitations/:invitation/decline',
  'POST /auth/refresh',
  'GET /admin/tenants',
  'POST /admin/tenants',
  'GET /admin/trash',
  'GET /admin/engines',
  'POST /admin/engines/:workspace/evict',
  'GET /admin/users',
  'POST /admin/users',
  'GET /admin/users/:user',
  'PUT /admin/users/:user/password',
  'POST /admin/users/:user/sign-out-everywhere',
  'POST /admin/users/:user/disable',
  'POST /admin/users/:user/enable',
] as const

const PUBLIC = ['POST /invitations/accept', 'POST /invitations/decline'] as const

const KB_ROUTES = [
  ['GET', ''],
  ['POST', ''],
  ['GET', '/:kb'],
  ['PUT', '/:kb'],
  ['PATCH', '/:kb'],
  ['DELETE', '/:kb'],
  ['POST', '/:kb/restore'],
] as const

const [kbPath, ...otherKbPaths] = KB_PATHS

/** Rows of the routes of the control plane that its description shows. */
export const CONTROL_PERMISSIONS: PermissionTable = {
  ...rows(ACCOUNT, 'account'),
  ...rows(PUBLIC, 'public'),
  ...rows(kbRows(kbPath), 'account'),
}

/** Rows of its second spellings. */
export const CONTROL_ALIASES: PermissionTable = rows(otherKbPaths.flatMap(kbRows), 'account')

function kbRows(path: string): string[] {
  return KB_ROUTES.map(([method, rest]) => `${method} ${path}${rest}`)
}

function rows(routes: readonly string[], access: RouteAccess): PermissionTable {
  return Object.fromEntries(routes.map((route) => [route.replace(' ', ` ${PREFIX}`), access]))
}
