import { type Static, Type } from 'typebox'
import {
  clamped,
  type Given,
  listOf,
  NullableIds,
  NullableString,
  pageReply,
  Ref,
  RoleName,
} from '../wire/wire-schemas.ts'

export const InvitationParams = Type.Object({ tenant: Ref, invitation: Ref })
export const MyInvitationParams = Type.Object({ invitation: Ref })

const ExpiresIn = clamped('In seconds, from a minute to 90 days, clamped; 7 days unless given')

export const NewInvitationBody = Type.Object({
  email: Type.Optional(
    Type.String({
      maxLength: 254,
      pattern: '^[^\\s@]{1,64}@[^\\s@]{1,189}$',
      description: 'Or `user_id`',
    }),
  ),
  /** Or the name of a user. */
  user_id: Type.Optional(Ref),
  role: Type.Optional(Type.Enum(RoleName.enum, { default: 'viewer' })),
  kb_ids: Type.Optional(NullableIds),
  expires_in: Type.Optional(ExpiresIn),
})

export const ResendBody = Type.Object({ expires_in: Type.Optional(ExpiresIn) })

const Token = Type.String({ minLength: 1, maxLength: 200 })

export const TokenBody = Type.Object({ token: Token })

export const NewAccountBody = Type.Object({
  token: Token,
  username: Type.String({ minLength: 1, maxLength: 128 }),
  password: Type.String({ minLength: 1, maxLength: 72, format: 'password' }),
})

const fields = {
  invitation_id: Type.String(),
  tenant_id: Type.String(),
  email: NullableString,
  /** Of somebody invited by their id. */
  user_id: NullableString,
  username: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'By which somebody was invited, whether or not anybody has it',
  }),
  role: RoleName,
  kb_ids: NullableIds,
  status: Type.Enum(['pending', 'accepted', 'declined', 'withdrawn', 'expired']),
  expires_at: Type.String(),
  created_at: Type.String(),
  created_by: Type.String(),
}

export const InvitationReply = Type.Object(fields)
export const InvitationPage = pageReply(InvitationReply)

export const SentInvitationReply = Type.Object({
  ...fields,
  mailed: Type.Boolean(),
  token: NullableString,
  link: NullableString,
})

export const ReceivedInvitationReply = Type.Object({
  ...fields,
  tenant_name: Type.String(),
  tenant_slug: Type.String(),
})

export const MyInvitationsReply = Type.Object({ items: listOf(ReceivedInvitationReply) })

export type NewInvitation = Given<typeof NewInvitationBody>

/** An invitation as the inviting tenant sees it. */
export type InvitationInfo = Readonly<Static<typeof InvitationReply>>

/** The token, and the link with it, are here only, and only where no mail was sent. */
export type SentInvitation = Readonly<Static<typeof SentInvitationReply>>

/** An invitation as the invited user sees it. */
export type ReceivedInvitation = Readonly<Static<typeof ReceivedInvitationReply>>

/** Made by somebody who accepts by token and has no account. */
export type NewAccount = Omit<Given<typeof NewAccountBody>, 'token'>
