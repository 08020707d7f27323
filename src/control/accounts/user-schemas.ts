import { Type } from 'typebox'
import { NullableString, pageReply, Ref } from '../wire/wire-schemas.ts'

export const UserParams = Type.Object({ user: Ref })

const Password = Type.String({
  minLength: 8,
  maxLength: 72,
  format: 'password',
  description: '8 to 72 bytes',
})

export const NewUserBody = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 128 }),
  email: Type.Optional(Type.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 254 })),
  /** Without one the user cannot sign in until one is set. */
  password: Type.Optional(Password),
  super_admin: Type.Optional(Type.Boolean()),
})

export const PasswordBody = Type.Object({ password: Password })

export const OwnPasswordBody = Type.Object({
  current_password: Type.String({ minLength: 1, maxLength: 256, format: 'password' }),
  new_password: Password,
})

const identity = {
  user_id: Type.String(),
  username: Type.String(),
  email: NullableString,
  is_super_admin: Type.Boolean(),
}

export const UserReply = Type.Object({
  ...identity,
  disabled: Type.Boolean(),
  created_at: Type.String(),
})
export const UserPage = pageReply(UserReply)

export const MeReply = Type.Object({
  ...identity,
  source: Type.Enum(['file', 'store', 'key']),
})

export const TokenReply = Type.Object({
  access_token: Type.String(),
  token_type: Type.String(),
})
