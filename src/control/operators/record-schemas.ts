import { Type } from 'typebox'
import { Cursor, clamped, listOf, NullableString, OpenObject } from '../wire/wire-schemas.ts'

const Moment = Type.String({
  maxLength: 40,
  pattern: '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?(Z|[+-]\\d{2}:\\d{2}))?$',
  description: 'ISO 8601',
})

const filter = {
  action: Type.Optional(Type.String({ maxLength: 60 })),
  actor: Type.Optional(Type.String({ maxLength: 255, description: 'Id of a user or key' })),
  subject: Type.Optional(Type.String({ maxLength: 255, description: 'Id of what it was done to' })),
  /** From this moment on, and up to but without the other. */
  from: Type.Optional(Moment),
  to: Type.Optional(Moment),
}

export const ActQuery = Type.Object({
  ...filter,
  cursor: Type.Optional(Cursor),
  limit: Type.Optional(clamped('1 to 100, clamped; 10 unless given')),
})

export const ActExportQuery = Type.Object(filter)

export const ActReply = Type.Object({
  seq: Type.Integer(),
  at: Type.String(),
  actor: Type.String(),
  /** What they are called now; null where nobody knows. */
  actor_name: NullableString,
  action: Type.String(),
  subject: Type.String(),
  details: OpenObject,
})

export const ActPageReply = Type.Object({ items: listOf(ActReply), next_cursor: NullableString })

export const USAGE_GROUPS = ['day', 'kb', 'actor', 'model', 'step'] as const
export type UsageGroup = (typeof USAGE_GROUPS)[number]

const Day = Type.String({
  maxLength: 10,
  pattern: '^\\d{4}-\\d{2}-\\d{2}$',
  description: 'Of UTC, included',
})

export const UsageQuery = Type.Object({
  from: Type.Optional(Day),
  to: Type.Optional(Day),
  group_by: Type.Optional(
    Type.String({
      maxLength: 200,
      pattern: `^(${USAGE_GROUPS.join('|')})(,(${USAGE_GROUPS.join('|')}))*$`,
      description: `Some of ${USAGE_GROUPS.join(', ')}, with commas between; day unless given`,
    }),
  ),
  kb: Type.Optional(Type.String({ maxLength: 255 })),
})

const sums = {
  calls: Type.Integer(),
  prompt_tokens: Type.Number(),
  completion_tokens: Type.Number(),
  used_tokens: Type.Number(),
  cost: Type.Number(),
}

export const UsageReply = Type.Object({
  from: Type.String(),
  to: Type.String(),
  rows: listOf(
    Type.Object({
      day: NullableString,
      kb_id: NullableString,
      actor: NullableString,
      model: NullableString,
      step: NullableString,
      ...sums,
    }),
  ),
  total: Type.Object(sums),
  /** By day and knowledge base, where rows are; it is of no caller, model or step. */
  processor: Type.Object({
    rows: listOf(
      Type.Object({
        day: NullableString,
        kb_id: NullableString,
        kind: Type.String(),
        cpu_seconds: Type.Number(),
      }),
    ),
    cpu_seconds: Type.Number(),
  }),
})
