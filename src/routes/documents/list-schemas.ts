import { type TSchema, Type } from 'typebox'
import type { DocStatusFilter, FacetsResponse } from '../../engine/documents/list/list-calls.ts'
import { LONGEST, NullableString, nullableText } from '../common-schemas.ts'
import { MetadataFilter } from '../metadata-filter.ts'
import { Counts, DOC_STATUSES, Documents, Page } from './document-schemas.ts'

const NullableStrings = Type.Unsafe<readonly string[] | null>({
  type: ['array', 'null'],
  items: { type: 'string' },
})
const Q = nullableText(LONGEST.name)
const Moment = nullableText(64)
const anyOf = (maxLength: number) =>
  Type.Unsafe<string[] | null>({
    type: ['array', 'null'],
    items: { type: 'string', maxLength },
    maxItems: 1000,
  })

/** Which documents are meant; all that is given must hold, of a list one entry. */
export const FILTER_FIELDS = {
  q: Type.Optional(
    Type.Unsafe<string | null>({
      ...Q,
      description: 'Part of the name, the external id or the summary, whatever its case',
    }),
  ),
  tags: Type.Optional(anyOf(128)),
  types: Type.Optional(
    Type.Unsafe<string[] | null>({ ...anyOf(32), description: 'Ends of names, such as `pdf`' }),
  ),
  enabled: Type.Optional(Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] })),
  owner: Type.Optional(
    Type.Unsafe<string | null>({
      ...nullableText(LONGEST.name),
      description: 'Id of who sent it first; `me` for the caller',
    }),
  ),
  created_from: Type.Optional(
    Type.Unsafe<string | null>({ ...Moment, description: 'In ISO 8601, included' }),
  ),
  created_to: Type.Optional(
    Type.Unsafe<string | null>({ ...Moment, description: 'In ISO 8601, included' }),
  ),
  metadata: Type.Optional(MetadataFilter),
}

const Applied = {
  q: NullableString,
  tags: NullableStrings,
  types: NullableStrings,
  enabled: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] }),
  owner: NullableString,
  created_from: NullableString,
  created_to: NullableString,
  metadata: Type.Unsafe<Readonly<Record<string, readonly unknown[]>> | null>({
    type: ['object', 'null'],
    additionalProperties: { type: 'array' },
  }),
  status_filters: NullableStrings,
}

/** In an address a list is a field that comes several times, or once. */
const several = (maxLength: number, description: string) =>
  Type.Optional(
    Type.Unsafe<string | string[]>({
      type: ['string', 'array'],
      maxLength,
      items: { type: 'string', maxLength },
      maxItems: 1000,
      description,
    }),
  )

export const FacetsQueryString = Type.Object({
  q: Type.Optional(Type.String({ maxLength: LONGEST.name })),
  tags: several(128, 'May come several times, as `types` and `status` may'),
  types: several(32, 'Ends of names, such as `pdf`'),
  status: several(32, 'As `status_filters` of the list'),
  enabled: Type.Optional(Type.Boolean()),
  owner: Type.Optional(
    Type.String({ maxLength: LONGEST.name, description: '`me` for the caller' }),
  ),
  created_from: Type.Optional(Type.String({ maxLength: 64 })),
  created_to: Type.Optional(Type.String({ maxLength: 64 })),
  metadata: Type.Optional(Type.String({ maxLength: 4096, description: 'As in the list, as JSON' })),
})

const counted = (name: string) =>
  Type.Object({ [name]: Type.String(), n: Type.Integer() } as Record<string, TSchema>)

export const FacetsReply = Type.Object({
  total_count: Type.Integer(),
  status: Counts,
  tags: Type.Unsafe<FacetsResponse['tags']>(Type.Array(counted('tag'))),
  types: Type.Unsafe<FacetsResponse['types']>(Type.Array(counted('type'))),
  owners: Type.Immutable(
    Type.Array(Type.Object({ owner: Type.String(), name: Type.String(), n: Type.Integer() })),
  ),
  applied: Type.Object(Applied),
})

export const STATUS_FILTERS: readonly DocStatusFilter[] = [...DOC_STATUSES, 'parsing', 'analyzing']

export const PaginatedBody = Type.Object({
  ...FILTER_FIELDS,
  status_filter: Type.Optional(
    Type.Unsafe<DocStatusFilter | null>({ enum: [...STATUS_FILTERS, null] }),
  ),
  /** Wins over `status_filter`. */
  status_filters: Type.Optional(
    Type.Unsafe<DocStatusFilter[] | null>({
      type: ['array', 'null'],
      items: { enum: STATUS_FILTERS },
      maxItems: 100,
    }),
  ),
  page: Page,
  page_size: Type.Integer({ minimum: 10, maximum: 200, default: 50 }),
  sort_field: Type.Enum(['created_at', 'updated_at', 'id', 'file_path'], {
    default: 'updated_at',
  }),
  sort_direction: Type.Enum(['asc', 'desc'], { default: 'desc' }),
  cursor: Type.Optional(
    Type.Unsafe<string | null>({
      type: ['string', 'null'],
      maxLength: 4096,
      description: '`next_cursor` of the page before, an addition to LightRAG; `page` is ignored',
    }),
  ),
})

export const PaginatedReply = Type.Object({
  documents: Documents,
  pagination: Type.Object({
    page: Type.Integer(),
    page_size: Type.Integer(),
    total_count: Type.Integer(),
    total_pages: Type.Integer(),
    has_next: Type.Boolean(),
    has_prev: Type.Boolean(),
  }),
  status_counts: Counts,
  next_cursor: NullableString,
  applied: Type.Object({
    ...Applied,
    sort_field: Type.String(),
    sort_direction: Type.String(),
  }),
})
