import type { Kysely } from 'kysely'
import type { Actor } from '../authority/actor.ts'
import { ControlError } from '../core/control-error.ts'
import type { ControlTables, InvitationRow, UserRow } from '../database/control-tables.ts'
import { foldedKey, isUserId, userBy, userOrNone } from '../database/user-rows.ts'

/** Whom an invitation is for. */
export type Invitee = Pick<
  InvitationRow,
  'email' | 'email_key' | 'user_id' | 'invitee' | 'invitee_key'
>

const NOBODY: Invitee = {
  email: null,
  email_key: null,
  user_id: null,
  invitee: null,
  invitee_key: null,
}

/**
 * Whom a tenant invites. Only an id, which cannot be guessed, and an operator are told that there is
 * no such user: a name that nobody has is invited like any other.
 *
 * @param whom one of the two
 * @throws {ControlError} `invalid_input`, `not_found` (an id)
 */
export async function inviteeOf(
  db: Kysely<ControlTables>,
  actor: Actor,
  {
    email,
    user_id: ref,
  }: { readonly email?: string | undefined; readonly user_id?: string | undefined },
): Promise<Invitee> {
  if (email !== undefined && ref === undefined) return byAddress(email)
  if (email !== undefined || ref === undefined) {
    throw new ControlError('invalid_input', 'Give either email or user_id')
  }
  if (actor.superAdmin || isUserId(ref)) {
    return { ...NOBODY, user_id: (await userBy(db, ref)).user_id }
  }
  if (ref.includes('@')) return byAddress(ref)
  const user = await userOrNone(db, ref)
  return { ...NOBODY, user_id: user?.user_id ?? null, invitee: ref, invitee_key: foldedKey(ref) }
}

function byAddress(email: string): Invitee {
  if (!isEmailAddress(email)) throw new ControlError('invalid_input', 'This is no e-mail address')
  return { ...NOBODY, email, email_key: foldedKey(email) }
}

/** @throws {ControlError} `already_member` */
export async function assertNoMember(
  db: Kysely<ControlTables>,
  tenantId: string,
  { user_id }: Invitee,
): Promise<void> {
  if (user_id === null) return
  const member = await db
    .selectFrom('memberships')
    .select('role')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', user_id)
    .executeTakeFirst()
  if (member) throw new ControlError('already_member', 'This user is a member already')
}

/** Invitations to a tenant that were made with the same name, address or id, and have not ended. */
export async function invitationsFor(
  db: Kysely<ControlTables>,
  tenantId: string,
  { email_key, user_id, invitee_key }: Invitee,
  at: number,
): Promise<InvitationRow[]> {
  const pending = db
    .selectFrom('invitations')
    .selectAll()
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'pending')
    .where('expires_at', '>', at)
  // Each by what it was made with: else two ways to name somebody would show that they are one.
  const same =
    email_key !== null
      ? pending.where('email_key', '=', email_key)
      : invitee_key !== null
        ? pending.where('invitee_key', '=', invitee_key)
        : pending.where('user_id', '=', user_id).where('invitee_key', 'is', null)
  return same.execute()
}

/** The addresses at which a user is invited. Operators give names that look like one. */
export function addressesOf({ email_key, username_key }: UserRow): string[] {
  return [email_key, username_key].filter((key) => key?.includes('@')).map(String)
}

const PART = '[^\\s@,;:<>()\\[\\]"\\\\\\p{Cc}]'
const SHAPE = new RegExp(`^${PART}{1,64}@${PART}{1,189}$`, 'u')

/** Whether a text is one address and no more: neither a list nor lines of a mail's head. */
function isEmailAddress(text: string): boolean {
  return SHAPE.test(text)
}
