import type { Static } from 'typebox'
import type { Given } from '../wire/wire-schemas.ts'
import type {
  InvitationReply,
  NewAccountBody,
  NewInvitationBody,
  ReceivedInvitationReply,
  SentInvitationReply,
} from './invitation-schemas.ts'

export type NewInvitation = Given<typeof NewInvitationBody>

/** An invitation as the inviting tenant sees it. */
export type InvitationInfo = Readonly<Static<typeof InvitationReply>>

/** The token, and the link with it, are here only, and only where no mail was sent. */
export type SentInvitation = Readonly<Static<typeof SentInvitationReply>>

/** An invitation as the invited user sees it. */
export type ReceivedInvitation = Readonly<Static<typeof ReceivedInvitationReply>>

/** Made by somebody who accepts by token and has no account. */
export type NewAccount = Omit<Given<typeof NewAccountBody>, 'token'>
