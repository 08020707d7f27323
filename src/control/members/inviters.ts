import type { Kysely } from 'kysely'
import type { Actor } from '../authority/actor.ts'
import { isAbove, roleAllows, roleIn } from '../authority/tenant-permissions.ts'
import type { Mutation } from '../core/control-core.ts'
import type { ControlTables, InvitationRow, UserRow } from '../database/control-tables.ts'
import { settle } from './invitation-steps.ts'

export interface InvitersOptions {
  readonly users: {
    isSuperAdmin(row: Pick<UserRow, 'super_admin' | 'username_key'>): boolean
  }
  /** Whether an id is that of an operator whom the control plane does not know, by the users file. */
  readonly isOperatorElsewhere: (actorId: string) => Promise<boolean>
}

type Offered = Pick<InvitationRow, 'tenant_id' | 'role' | 'created_by'>

/** Whether those who sent invitations may still grant what they offer. */
export class Inviters {
  readonly #options: InvitersOptions

  constructor(options: InvitersOptions) {
    this.#options = options
  }

  /** As of now. Keys grant nothing, also where an older release let them invite. */
  async mayStillGrant(
    db: Kysely<ControlTables>,
    { tenant_id, role: offered, created_by }: Offered,
  ): Promise<boolean> {
    const user = await db
      .selectFrom('users')
      .select(['super_admin', 'username_key', 'disabled'])
      .where('user_id', '=', created_by)
      .executeTakeFirst()
    if (user === undefined) return this.#options.isOperatorElsewhere(created_by)
    if (user.disabled === 1) return false
    if (this.#options.users.isSuperAdmin(user)) return true
    const member = await db
      .selectFrom('memberships')
      .select('role')
      .where('tenant_id', '=', tenant_id)
      .where('user_id', '=', created_by)
      .executeTakeFirst()
    if (member === undefined) return false
    const own = roleIn(member.role)
    return roleAllows(own, 'tenant:manage_members') && !isAbove(roleIn(offered), own)
  }

  /** Withdraws what somebody sent for a tenant and may not grant any more. */
  async withdrawLapsed(
    mutation: Mutation,
    actor: Actor,
    tenantId: string,
    sender: string,
  ): Promise<void> {
    const sent = pendingOf(mutation, sender).where('tenant_id', '=', tenantId)
    await this.stillCounting(mutation, actor, await sent.execute())
  }

  /** Those that still count; the others are withdrawn. */
  async stillCounting(
    mutation: Mutation,
    actor: Actor,
    pending: readonly InvitationRow[],
  ): Promise<InvitationRow[]> {
    const counting: InvitationRow[] = []
    for (const row of pending) {
      if (await this.mayStillGrant(mutation.tx, row)) counting.push(row)
      else await settle(mutation, actor, row, 'withdrawn')
    }
    return counting
  }
}

/** Withdraws all that somebody sent, in whatever tenant, as when they are disabled. */
export async function withdrawAllOf(
  mutation: Mutation,
  actor: Actor,
  sender: string,
): Promise<void> {
  for (const row of await pendingOf(mutation, sender).execute()) {
    await settle(mutation, actor, row, 'withdrawn')
  }
}

function pendingOf({ tx }: Mutation, sender: string) {
  return tx
    .selectFrom('invitations')
    .selectAll()
    .where('created_by', '=', sender)
    .where('status', '=', 'pending')
}
