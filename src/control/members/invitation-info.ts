import type { Role } from '../../tenancy/principal.ts'

export interface NewInvitation {
  /** One of the two: an address, or id or name of a user. */
  readonly email?: string | undefined
  readonly user_id?: string | undefined
  /** Default `viewer`. */
  readonly role?: Role | undefined
  readonly kb_ids?: readonly string[] | null | undefined
  /** In seconds; default 7 days, at most 90. */
  readonly expires_in?: number | undefined
}

/** An invitation as the inviting tenant sees it. */
export interface InvitationInfo {
  readonly invitation_id: string
  readonly tenant_id: string
  readonly email: string | null
  /** Of somebody invited by their id. */
  readonly user_id: string | null
  /** By which somebody was invited, whether or not anybody has it. */
  readonly username: string | null
  readonly role: Role
  readonly kb_ids: readonly string[] | null
  readonly status: 'pending' | 'accepted' | 'declined' | 'withdrawn' | 'expired'
  readonly expires_at: string
  readonly created_at: string
  readonly created_by: string
}

/** The token, and the link with it, are here only, and only where no mail was sent. */
export interface SentInvitation extends InvitationInfo {
  readonly mailed: boolean
  readonly token: string | null
  readonly link: string | null
}

/** An invitation as the invited user sees it. */
export interface ReceivedInvitation extends InvitationInfo {
  readonly tenant_name: string
  readonly tenant_slug: string
}

/** Who accepts by token without an account makes one. */
export interface NewAccount {
  readonly username: string
  readonly password: string
}
