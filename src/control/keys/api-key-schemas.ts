import { Type } from 'typebox'
import {
  NullableIds,
  NullableInteger,
  NullableString,
  pageReply,
  Ref,
  RoleName,
} from '../wire/wire-schemas.ts'

export const ApiKeyParams = Type.Object({ tenant: Ref, key: Ref })

const Name = Type.String({ minLength: 1, maxLength: 255 })
const Moment = Type.Unsafe<string | null>({
  type: ['string', 'null'],
  maxLength: 40,
  description: 'ISO 8601; null = never',
})
const Rate = Type.Unsafe<number | null>({
  type: ['integer', 'null'],
  minimum: 1,
  maximum: 1_000_000,
  description: 'Most requests a minute; null = that of the server',
})

export const NewApiKeyBody = Type.Object({
  name: Name,
  /** At most this role, and at most that of the maker of the key. */
  role: Type.Optional(Type.Enum(RoleName.enum, { default: 'viewer' })),
  kb_ids: Type.Optional(NullableIds),
  expires_at: Type.Optional(Moment),
  rate: Type.Optional(Rate),
})

export const ApiKeyChangeBody = Type.Object({
  name: Type.Optional(Name),
  rate: Type.Optional(Rate),
  expires_at: Type.Optional(Moment),
})

export const RotateBody = Type.Object({
  overlap_seconds: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 2_592_000, description: 'How long the old one holds' }),
  ),
})

const fields = {
  key_id: Type.String(),
  key_name: Type.String(),
  name: Type.String(),
  /** First characters of the secret. */
  prefix: Type.String(),
  role: RoleName,
  kb_ids: NullableIds,
  rate: NullableInteger,
  is_active: Type.Boolean(),
  created_at: Type.String(),
  created_by: Type.String(),
  expires_at: NullableString,
  revoked_at: NullableString,
  last_used_at: NullableString,
}

export const ApiKeyReply = Type.Object(fields)
export const ApiKeyPage = pageReply(ApiKeyReply)
export const IssuedApiKeyReply = Type.Object({
  ...fields,
  key: Type.String({ description: 'The key itself; shown here only' }),
})
