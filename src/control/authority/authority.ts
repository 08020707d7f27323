import type { Kysely } from 'kysely'
import type { Role } from '../../tenancy/principal.ts'
import { ControlError, notFound } from '../core/control-error.ts'
import type { ControlTables, TenantRow } from '../database/control-tables.ts'
import { idsIn } from '../database/json-column.ts'
import type { Actor } from './actor.ts'
import { roleAllows, roleIn, type TenantPermission } from './tenant-permissions.ts'

/** What an actor is in a tenant, read within the transaction that acts on it. */
export interface TenantAccess {
  readonly tenant: TenantRow
  /** Undefined for a super admin who is no member. */
  readonly role: Role | undefined
  /** The knowledge bases it is limited to; undefined = all. */
  readonly kbIds: readonly string[] | undefined
}

export interface TenantAccessOptions {
  /** Also find a tenant that is being deleted. */
  readonly deleting?: boolean
  /** Also allow what a suspended tenant may not do. */
  readonly suspended?: boolean
}

/**
 * Finds a tenant by its id or slug, and checks that the actor may do something in it.
 *
 * @throws {ControlError} `not_found` for somebody who is neither a member nor a super admin;
 * `forbidden`; `tenant_not_active`
 */
export async function tenantAccess(
  db: Kysely<ControlTables>,
  actor: Actor,
  tenantRef: string,
  permission: TenantPermission,
  options: TenantAccessOptions = {},
): Promise<TenantAccess> {
  const tenant = await tenantBy(db, tenantRef)
  if (tenant === undefined) throw notFound('tenant')
  const { role, kbIds } = await roleOf(db, actor, tenant.tenant_id)
  if (role === undefined && !actor.superAdmin) throw notFound('tenant')
  if (tenant.status === 'deleting' && options.deleting !== true) throw notFound('tenant')
  if (!actor.superAdmin && (role === undefined || !roleAllows(role, permission))) {
    throw new ControlError('forbidden', 'Your role in this tenant does not allow this')
  }
  const reads = permission === 'tenant:read'
  if (tenant.status !== 'active' && !reads && options.suspended !== true && !actor.superAdmin) {
    throw new ControlError('tenant_not_active', 'This tenant is suspended')
  }
  return { tenant, role, kbIds: actor.superAdmin ? undefined : kbIds }
}

type RoleHeld = Pick<TenantAccess, 'role' | 'kbIds'>
const NO_ROLE: RoleHeld = { role: undefined, kbIds: undefined }

async function roleOf(
  db: Kysely<ControlTables>,
  actor: Actor,
  tenantId: string,
): Promise<RoleHeld> {
  if (actor.key !== undefined) {
    const { key } = actor
    return key.tenantId === tenantId ? { role: key.role, kbIds: key.kbIds } : NO_ROLE
  }
  if (actor.userId === undefined) return NO_ROLE
  const row = await db
    .selectFrom('memberships')
    .select(['role', 'kb_ids'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', actor.userId)
    .executeTakeFirst()
  return row === undefined ? NO_ROLE : { role: roleIn(row.role), kbIds: idsIn(row.kb_ids) }
}

/** @throws {ControlError} `not_found` for a knowledge base that the actor may not reach */
export function assertReaches({ kbIds }: Pick<TenantAccess, 'kbIds'>, kbId: string): void {
  if (kbIds !== undefined && !kbIds.includes(kbId)) throw notFound('knowledge base')
}

/** A tenant by its id, else by its slug. */
export async function tenantBy(
  db: Kysely<ControlTables>,
  ref: string,
): Promise<TenantRow | undefined> {
  const folded = ref.toLowerCase()
  const byId = await db
    .selectFrom('tenants')
    .selectAll()
    .where('tenant_id', '=', folded)
    .executeTakeFirst()
  if (byId !== undefined) return byId
  return db.selectFrom('tenants').selectAll().where('slug', '=', folded).executeTakeFirst()
}

/** @throws {ControlError} `super_admin_only` */
export function assertSuperAdmin(actor: Actor): void {
  if (!actor.superAdmin) {
    throw new ControlError('super_admin_only', 'Only an operator of this server may do this')
  }
}

/** @throws {ControlError} `stale_version` when somebody has changed the record since it was read */
export function assertVersion(expected: number | undefined, actual: number): void {
  if (expected === undefined || expected === actual) return
  throw new ControlError('stale_version', 'Somebody has changed this meanwhile; read it again', {
    details: { version: actual },
  })
}
