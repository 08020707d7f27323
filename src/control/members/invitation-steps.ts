import type { Actor } from '../authority/actor.ts'
import type { Mutation } from '../core/control-core.ts'
import { ControlError } from '../core/control-error.ts'
import type { InvitationRow } from '../database/control-tables.ts'

const DAY_SECONDS = 24 * 3600
const LIFE_SECONDS = { usual: 7 * DAY_SECONDS, most: 90 * DAY_SECONDS, least: 60 }

/** Somebody who acts by a token alone: they are known by the invitation. */
export const NOBODY = { userId: undefined, superAdmin: false } as const

export function stillPending(row: InvitationRow, at: number): InvitationRow {
  if (row.status !== 'pending' || row.expires_at <= at) throw gone()
  return row
}

export async function settle(
  mutation: Mutation,
  actor: Actor,
  row: InvitationRow,
  status: 'accepted' | 'declined' | 'withdrawn',
): Promise<InvitationRow> {
  await note(mutation, actor, row, `invitation_${status}`)
  return mutation.tx
    .updateTable('invitations')
    .set({ status })
    .where('invitation_id', '=', row.invitation_id)
    .returningAll()
    .executeTakeFirstOrThrow()
}

export async function note(mutation: Mutation, actor: Actor, row: InvitationRow, event: string) {
  await mutation.record(actor, {
    event,
    tenantId: row.tenant_id,
    subject: row.invitation_id,
    details: { role: row.role },
  })
}

export function lifeMs(seconds: number = LIFE_SECONDS.usual): number {
  return Math.min(LIFE_SECONDS.most, Math.max(LIFE_SECONDS.least, seconds)) * 1000
}

export function gone(): ControlError {
  return new ControlError('invitation_gone', 'This invitation has ended')
}
