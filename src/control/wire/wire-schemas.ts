import { type Static, type TSchema, Type } from 'typebox'
import { freeObject } from '../../http/validation/free-object.ts'
import { ROLES, type Role } from '../../tenancy/principal.ts'

/** What a schema lets a caller give; a program may also say that an optional field is undefined. */
export type Given<T extends TSchema> = GivenFields<Static<T>>
type GivenFields<S> = {
  readonly [K in keyof S]: Partial<Record<K, S[K]>> extends Pick<S, K> ? S[K] | undefined : S[K]
}

// One `type` list instead of a union: a refused value is then reported once, as itself.
export const NullableString = Type.Unsafe<string | null>({ type: ['string', 'null'] })
export const NullableNumber = Type.Unsafe<number | null>({ type: ['number', 'null'] })
export const NullableInteger = Type.Unsafe<number | null>({ type: ['integer', 'null'] })
export const NullableRole = Type.Unsafe<Role | null>({ type: ['string', 'null'] })
export const OpenObject = Type.Unsafe<Readonly<Record<string, unknown>>>({
  type: 'object',
  additionalProperties: true,
})

export const RoleName = Type.Enum(ROLES)

/** A list that is only read. */
export function listOf<T extends TSchema>(items: T) {
  return Type.Unsafe<readonly Static<T>[]>({ type: 'array', items })
}

/** Ids, or null for all. */
export const NullableIds = Type.Unsafe<readonly string[] | null>({
  type: ['array', 'null'],
  items: { type: 'string', maxLength: 255 },
  maxItems: 1000,
  description: 'Ids or slugs of knowledge bases; null = all',
})

/** An id, or the name that stands for it. */
export const Ref = Type.String({ minLength: 1, maxLength: 255 })

export const Metadata = freeObject<Readonly<Record<string, unknown>>>({
  name: 'metadata',
  description: 'Of your own',
})

/** A number that is clamped, and so far from what it is clamped to that nobody means it. */
const FAR = 1_000_000_000
export const clamped = (description: string) =>
  Type.Integer({ minimum: -FAR, maximum: FAR, description })

export const Cursor = Type.String({
  maxLength: 4096,
  description: '`next_cursor` of the page before',
})

export const PageFields = {
  page: Type.Optional(clamped('From 1; smaller ones count as 1')),
  page_size: Type.Optional(clamped('1 to 100, clamped; 10 unless given')),
  skip: Type.Optional(clamped('In place of `page`: how many to leave out')),
  limit: Type.Optional(clamped('In place of `page_size`')),
  cursor: Type.Optional(Cursor),
}

export const PageParams = Type.Object(PageFields)

export const SearchParams = Type.Object({
  ...PageFields,
  search: Type.Optional(
    Type.String({ maxLength: 200, description: 'Part of the name, or of what is told beside it' }),
  ),
})

export const LIST_SORTS = ['created', 'last_used', 'name'] as const
export type ListSort = (typeof LIST_SORTS)[number]

export const Sort = Type.Optional(
  Type.Enum(LIST_SORTS, {
    description:
      'The newest first, unless given; `last_used` those first in which the caller was last',
  }),
)

export const SortedSearchParams = Type.Object({ ...SearchParams.properties, sort: Sort })

export function pageReply<T extends TSchema>(item: T) {
  return Type.Object({
    items: listOf(item),
    total: Type.Integer(),
    page: Type.Integer(),
    page_size: Type.Integer(),
    total_pages: Type.Integer(),
    has_next: Type.Boolean(),
    has_prev: Type.Boolean(),
    skip: Type.Integer(),
    limit: Type.Integer(),
    next_cursor: NullableString,
  })
}

/** The answer when there is nothing to say. */
export const Nothing = Type.Unsafe<undefined>({ type: 'null' })
