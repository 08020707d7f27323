import { Type } from 'typebox'
import { NullableIds, NullableString, pageReply, Ref, RoleName } from '../wire/wire-schemas.ts'

export const MemberParams = Type.Object({ tenant: Ref, user: Ref })

export const NewMemberBody = Type.Object({
  user_id: Type.String({
    minLength: 1,
    maxLength: 255,
    description: 'Id, name or address of a user',
  }),
  role: Type.Optional(Type.Enum(RoleName.enum, { default: 'viewer' })),
  /** For roles below admin. */
  kb_ids: Type.Optional(NullableIds),
})

export const MemberChangeBody = Type.Object({
  role: Type.Optional(RoleName),
  kb_ids: Type.Optional(NullableIds),
})

export const MemberReply = Type.Object({
  user_id: Type.String({ description: 'Of somebody invited, what they were invited by' }),
  username: Type.String(),
  email: NullableString,
  role: RoleName,
  kb_ids: NullableIds,
  status: Type.Enum(['active', 'invited']),
  invitation_id: Type.Optional(Type.String({ description: 'Of who is invited' })),
  created_at: Type.String(),
  created_by: Type.String(),
})

export const MemberPage = pageReply(MemberReply)
