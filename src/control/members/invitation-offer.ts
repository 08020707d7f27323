import { digestOf } from '../../tenancy/control-files/secret-digest.ts'
import type { Role } from '../../tenancy/principal.ts'
import { roleIn } from '../authority/tenant-permissions.ts'
import type { ControlCore } from '../core/control-core.ts'
import { notFound } from '../core/control-error.ts'
import { gone, stillPending } from './invitation-steps.ts'
import type { Inviters } from './inviters.ts'

/** What somebody is invited to, for the holder of the token. */
export interface InvitationOffer {
  readonly tenantName: string
  readonly role: Role
  /** Whether it is for somebody who has an account, and for no other. */
  readonly forAccount: boolean
}

/**
 * Looks at an invitation, and changes nothing.
 *
 * @throws {ControlError} `not_found`, `invitation_gone`
 */
export async function offerOf(
  core: Pick<ControlCore, 'db' | 'now'>,
  inviters: Inviters,
  token: string,
): Promise<InvitationOffer> {
  const { db } = core
  const row = await db
    .selectFrom('invitations')
    .selectAll()
    .where('token_digest', '=', digestOf(token).toString('hex'))
    .executeTakeFirst()
  if (row === undefined) throw notFound('invitation')
  stillPending(row, core.now())
  const tenant = await db
    .selectFrom('tenants')
    .select(['name', 'status'])
    .where('tenant_id', '=', row.tenant_id)
    .executeTakeFirst()
  if (tenant?.status !== 'active' || !(await inviters.mayStillGrant(db, row))) throw gone()
  return { tenantName: tenant.name, role: roleIn(row.role), forAccount: row.user_id !== null }
}
