import { ROLES, type Role } from '../../tenancy/principal.ts'

/** What a role may do within its tenant. */
export const TENANT_PERMISSIONS = [
  'tenant:read',
  'tenant:manage',
  'tenant:manage_members',
  'tenant:manage_billing',
  'tenant:own',
  'kb:create',
  'kb:delete',
  'kb:manage',
  'kb:access',
  'document:create',
  'document:update',
  'document:delete',
  'document:read',
  'query:run',
] as const
export type TenantPermission = (typeof TENANT_PERMISSIONS)[number]

const READ_ONLY: readonly TenantPermission[] = ['tenant:read', 'kb:access', 'query:run']
const VIEWER: readonly TenantPermission[] = [...READ_ONLY, 'document:read']
const EDITOR: readonly TenantPermission[] = [
  ...VIEWER,
  'kb:create',
  'kb:delete',
  'document:create',
  'document:update',
  'document:delete',
]
const ADMIN: readonly TenantPermission[] = [
  ...EDITOR,
  'tenant:manage',
  'tenant:manage_members',
  'tenant:manage_billing',
  'kb:manage',
]

/** The permission matrix; `tenant:own` is to delete the tenant and to hand it over. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, ReadonlySet<TenantPermission>>> = {
  owner: new Set([...ADMIN, 'tenant:own']),
  admin: new Set(ADMIN),
  editor: new Set(EDITOR),
  viewer: new Set(VIEWER),
  'viewer:read-only': new Set(READ_ONLY),
}

export function roleAllows(role: Role, permission: TenantPermission): boolean {
  return ROLE_PERMISSIONS[role].has(permission)
}

/** The one of two roles that may do less. */
export function lowerRole(one: Role, other: Role): Role {
  return ROLES.indexOf(one) > ROLES.indexOf(other) ? one : other
}

/** Whether `one` may do more than `other`. */
export function isAbove(one: Role, other: Role): boolean {
  return ROLES.indexOf(one) < ROLES.indexOf(other)
}

/** A role as it stands in the database; anything unknown grants least. */
export function roleIn(column: string): Role {
  return ROLES.find((role) => role === column) ?? 'viewer:read-only'
}
