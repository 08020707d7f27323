import { type Static, type TSchema, Type } from 'typebox'
import { NullableString, nullableText } from '../../routes/common-schemas.ts'
import { LARGEST_SUM } from '../quotas/quota.ts'
import { ASKED_ROLES, type RagflowRole } from './ragflow-role.ts'

const Role = Type.Optional(Type.Enum([...ASKED_ROLES]))
const KbIds = Type.Optional(
  Type.Unsafe<string[] | null>({
    type: ['array', 'null'],
    items: { type: 'string', maxLength: 255 },
    maxItems: 1000,
  }),
)
const Id = Type.String({ minLength: 1, maxLength: 320 })

export const TenantParams = Type.Object({ tenant_id: Id })
export const TenantUserParams = Type.Object({ tenant_id: Id, user_id: Id })
export const TokenParams = Type.Object({ token: Type.String({ minLength: 1, maxLength: 600 }) })

export const InviteBody = Type.Object({ email: Id, role: Role, kb_ids: KbIds })

export const CreateTenantBody = Type.Object({
  name: Type.String({ minLength: 1, maxLength: 255 }),
  llm_id: Type.Optional(nullableText(500)),
  embd_id: Type.Optional(nullableText(500)),
  credit: Type.Optional(
    Type.Unsafe<number | null>({ type: ['number', 'null'], minimum: 0, maximum: LARGEST_SUM }),
  ),
})

export const NewTokenBody = Type.Object({
  tenant_id: Type.Optional(Id),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  role: Role,
  kb_ids: KbIds,
  expires_at: Type.Optional(nullableText(40)),
})

export const TokenListQuery = Type.Object({ tenant_id: Type.Optional(Id) })

const Day = Type.String({
  maxLength: 32,
  pattern: '^\\d{4}-\\d{2}-\\d{2}([ T].{0,20})?$',
  description: 'Of UTC, included; a time behind it is not looked at',
})

export const StatsQuery = Type.Object({
  tenant_id: Type.Optional(Id),
  from_date: Type.Optional(Day),
  to_date: Type.Optional(Day),
})

/** What stands around every answer. */
export const Enveloped = <T extends TSchema>(data: T) =>
  Type.Object({ code: Type.Integer(), message: Type.String(), data })

const RagflowRoleName = Type.Unsafe<RagflowRole>({ type: 'string' })
const moment = { update_date: Type.String(), delta_seconds: Type.Number() }

export const RagflowTenantReply = Type.Object({
  tenant_id: Type.String(),
  role: RagflowRoleName,
  /** The tenant's name. */
  nickname: Type.String(),
  /** That of its owner. */
  email: Type.String(),
  avatar: Type.String(),
  ...moment,
})

export const TenantListReply = Enveloped(Type.Array(RagflowTenantReply))

export const RagflowMemberReply = Type.Object({
  id: Type.String(),
  user_id: Type.String(),
  status: Type.String(),
  role: RagflowRoleName,
  nickname: Type.String(),
  email: Type.String(),
  avatar: Type.String(),
  is_authenticated: Type.String(),
  is_active: Type.String(),
  is_anonymous: Type.String(),
  is_superuser: Type.Boolean(),
  ...moment,
})

export const UserListReply = Enveloped(Type.Array(RagflowMemberReply))

export const RagflowInvitedReply = Type.Object({
  id: Type.String(),
  avatar: Type.String(),
  email: Type.String(),
  nickname: Type.String(),
})

export const InvitedReply = Enveloped(RagflowInvitedReply)

export const DoneReply = Enveloped(Type.Boolean())

export const RagflowTokenReply = Type.Object({
  id: Type.String(),
  tenant_id: Type.String(),
  token: Type.String(),
  /** A second token that may ask questions and nothing else. */
  beta: NullableString,
  name: Type.String(),
  create_time: Type.Integer(),
  create_date: Type.String(),
  update_time: Type.Null(),
  update_date: Type.Null(),
})

export const TokenReply = Enveloped(RagflowTokenReply)
export const TokenListReply = Enveloped(Type.Array(RagflowTokenReply))

export const TenantReply = Enveloped(
  Type.Object({
    id: Type.String(),
    tenant_id: Type.String(),
    name: Type.String(),
    llm_id: Type.String(),
    embd_id: Type.String(),
    credit: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
    status: Type.String(),
  }),
)

const Daily = Type.Array(Type.Tuple([Type.String(), Type.Number()]))

/** A value of each day, such as `["2026-05-31", 12]`. */
export type DailyValues = Static<typeof Daily>

export const RagflowStatsReply = Type.Object({
  /** Calls of models for questions. */
  pv: Daily,
  /** Callers who asked. */
  uv: Daily,
  round: Daily,
  /** In thousands. */
  tokens: Daily,
  /** Not measured here: empty. */
  speed: Daily,
  thumb_up: Daily,
})

export const StatsReply = Enveloped(RagflowStatsReply)
