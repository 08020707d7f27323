import type { Role } from '../../tenancy/principal.ts'
import type { Actor } from '../authority/actor.ts'
import type { TenantAccess } from '../authority/authority.ts'
import { isAbove } from '../authority/tenant-permissions.ts'
import type { Mutation } from '../core/control-core.ts'
import { ControlError } from '../core/control-error.ts'
import type { MembershipRow } from '../database/control-tables.ts'
import { idsColumn } from '../database/json-column.ts'

/** @throws {ControlError} `already_member`, `forbidden`, `invalid_input` */
export async function insertMember(
  mutation: Mutation,
  actor: Actor,
  access: TenantAccess,
  member: {
    readonly userId: string
    readonly role: Role
    readonly kbIds: readonly string[] | null
  },
): Promise<MembershipRow> {
  assertMayGrant(actor, access, member.role)
  assertLimitable(member.role, member.kbIds)
  const { tenant_id } = access.tenant
  const row = await mutation.tx
    .insertInto('memberships')
    .values({
      tenant_id,
      user_id: member.userId,
      role: member.role,
      kb_ids: idsColumn(member.kbIds),
      created_by: actor.id,
      created_at: mutation.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst()
  if (row === undefined) throw new ControlError('already_member', 'This user is a member already')
  await noteMember(mutation, actor, tenant_id, member.userId, 'member_added', { role: member.role })
  return row
}

/**
 * Checks that who grants a role is a person who has at least that role. A key grants nothing: what it
 * gave would outlive it, also where it was stolen.
 *
 * @throws {ControlError} `forbidden`
 */
export function assertMayGrant(actor: Actor, access: Pick<TenantAccess, 'role'>, role: Role): void {
  if (actor.key !== undefined) {
    throw new ControlError('forbidden', 'An API key gives nobody rights; do this signed in')
  }
  assertNotAbove(actor, access, role)
}

/**
 * Checks that somebody who has a role may be touched.
 *
 * @throws {ControlError} `forbidden`
 */
export function assertNotAbove(
  actor: Actor,
  { role: own }: Pick<TenantAccess, 'role'>,
  role: Role,
): void {
  if (actor.superAdmin || (own !== undefined && !isAbove(role, own))) return
  throw new ControlError('forbidden', 'This needs a higher role than yours')
}

/** @throws {ControlError} `invalid_input`: those who manage a tenant see all of it */
export function assertLimitable(role: Role, kbIds: readonly string[] | null): void {
  if (kbIds === null || (role !== 'owner' && role !== 'admin')) return
  throw new ControlError('invalid_input', `The role ${role} is not limited to knowledge bases`)
}

/** Writes down what became of a membership. */
export async function noteMember(
  mutation: Mutation,
  actor: Actor,
  tenantId: string,
  userId: string,
  event: string,
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  mutation.touch(`user:${userId}`)
  await mutation.record(actor, { event, tenantId, subject: userId, details })
}
