import type { Kysely } from 'kysely'
import type { Principal, Role } from '../../tenancy/principal.ts'
import { lowerRole, roleIn } from '../authority/tenant-permissions.ts'
import { grantsInTenant } from '../database/access-rows.ts'
import type { ApiKeyRow, ControlTables } from '../database/control-tables.ts'
import { idsIn } from '../database/json-column.ts'

/** A key that was found, and until when it holds. */
export interface KeyAccess {
  readonly principal: Principal
  readonly expiresAt: number | undefined
  /** The operator by whose right it was made: it holds while they are one. */
  readonly operatorId: string | undefined
}

/**
 * Whom a key stands for; undefined for one that is revoked. It does what its maker may do at most,
 * as of now: when they are disabled or no longer a member, it does nothing. Whether an operator still is
 * one is left to the caller, who knows all of them.
 */
export async function keyAccess(
  db: Kysely<ControlTables>,
  key: ApiKeyRow,
): Promise<KeyAccess | undefined> {
  if (key.revoked_at !== null) return undefined
  const reach = await reachOf(db, key)
  if (reach === undefined) return undefined
  const grants = await grantsInTenant(db, key.tenant_id, reach.role, reach.kbIds)
  const workspaces = grants.map(({ workspace }) => workspace)
  const usual = grants.find(({ kb }) => kb.isDefault) ?? grants[0]
  return {
    principal: Object.freeze({
      userId: key.key_id,
      username: key.name,
      workspaces,
      defaultWorkspace: usual?.workspace,
      role: reach.role,
      superAdmin: false,
      grants,
      keyOf: { tenantId: key.tenant_id, role: reach.role, kbIds: reach.kbIds },
      requestsPerMinute: key.rate_per_minute ?? undefined,
    }),
    expiresAt: key.expires_at ?? undefined,
    operatorId: key.by_super_admin === 1 ? key.created_by : undefined,
  }
}

async function reachOf(
  db: Kysely<ControlTables>,
  key: ApiKeyRow,
): Promise<{ readonly role: Role; readonly kbIds: readonly string[] | undefined } | undefined> {
  const ceiling = roleIn(key.role)
  const kbIds = idsIn(key.kb_ids)
  if (key.by_super_admin === 1) return { role: ceiling, kbIds }
  const maker = await db
    .selectFrom('memberships')
    .innerJoin('users', 'users.user_id', 'memberships.user_id')
    .select(['memberships.role', 'memberships.kb_ids'])
    .where('memberships.tenant_id', '=', key.tenant_id)
    .where('memberships.user_id', '=', key.created_by)
    .where('users.disabled', '=', 0)
    .executeTakeFirst()
  if (maker === undefined) return undefined
  return { role: lowerRole(ceiling, roleIn(maker.role)), kbIds: both(kbIds, idsIn(maker.kb_ids)) }
}

/** What two lists both allow; undefined allows all. */
function both(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (one === undefined || other === undefined) return one ?? other
  return one.filter((id) => other.includes(id))
}
