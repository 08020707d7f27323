import { Type } from 'typebox'
import { LONGEST, NullableInteger, NullableString } from '../common-schemas.ts'

export const OverviewQuery = Type.Object({
  limit: Type.Integer({
    minimum: 1,
    maximum: 75_000,
    default: 75_000,
    description: 'Entities, those with most relations first',
  }),
  format: Type.Enum(['columns'], { default: 'columns' }),
})

const Name = Type.String({ maxLength: LONGEST.name, description: 'Of an entity' })

export const NeighboursQueryString = Type.Object({
  name: Name,
  limit: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
  cursor: Type.Optional(
    Type.String({ maxLength: 4096, description: '`next_cursor` of the page before' }),
  ),
  types: Type.Optional(
    Type.Unsafe<string | string[]>({
      type: ['string', 'array'],
      maxLength: LONGEST.name,
      items: { type: 'string', maxLength: LONGEST.name },
      maxItems: 100,
      description: 'Of neighbours; may come several times',
    }),
  ),
  order: Type.Enum(['weight'], { default: 'weight' }),
})

export const EntityQuery = Type.Object({ name: Name })

const origin = {
  source_id: Type.String(),
  file_path: Type.String(),
  document_id: Type.Unsafe<string | null>({
    ...NullableString,
    description: 'Of the first source; null where a person made it',
  }),
  created_at: Type.Integer({ description: 'In seconds since 1970' }),
}

const entity = {
  name: Type.String(),
  type: Type.String(),
  description: Type.String(),
  degree: Type.Integer({ description: 'Number of relations' }),
  ...origin,
}

const Relation = Type.Object({
  source: Type.String(),
  target: Type.String(),
  keywords: Type.String(),
  description: Type.String(),
  weight: Type.Number(),
  ...origin,
})

export const NeighboursReply = Type.Object({
  name: Type.String(),
  total: Type.Integer(),
  items: Type.Immutable(
    Type.Array(Type.Object({ entity: Type.Object(entity), relation: Relation })),
  ),
  next_cursor: NullableString,
})

export const EntityDetailsReply = Type.Object({
  ...entity,
  sources: Type.Immutable(
    Type.Array(
      Type.Object({
        document_id: Type.String(),
        file_path: Type.String(),
        chunk_id: Type.String(),
        ordinal: Type.Integer(),
        start: Type.Integer(),
        end: Type.Integer(),
        page: NullableInteger,
      }),
      { description: 'The first 100 passages, in UTF-16 units of the text of their documents' },
    ),
  ),
  sources_total: Type.Integer(),
  edited_fields: Type.Immutable(
    Type.Array(Type.String(), { description: 'What a person set, over what documents say' }),
  ),
})

export const FoundEntities = Type.Array(
  Type.Object({
    name: Type.String(),
    type: Type.String(),
    degree: Type.Integer(),
    snippet: Type.String({ description: 'The first 200 characters of the description' }),
  }),
)

export const StatsReply = Type.Object({
  version: Type.Integer({ description: 'Another when anything has changed' }),
  entities: Type.Integer(),
  relations: Type.Integer(),
  types: Type.Immutable(
    Type.Array(Type.Object({ type: Type.String(), n: Type.Integer() }), {
      description: 'The 200 most frequent',
    }),
  ),
  degrees: Type.Immutable(
    Type.Array(Type.Object({ from: Type.Integer(), n: Type.Integer() }), {
      description: 'Entities with so many relations, up to the next one exclusive',
    }),
  ),
  components: Type.Integer(),
  largest_component: Type.Integer(),
  orphans: Type.Integer({ description: 'Entities without relations' }),
})

export const PathQueryString = Type.Object({
  from: Name,
  to: Name,
  max: Type.Integer({ minimum: 1, maximum: 6, default: 4, description: 'Relations of a way' }),
})

export const PathsReply = Type.Object({
  paths: Type.Immutable(
    Type.Array(
      Type.Object({
        nodes: Type.Immutable(Type.Array(Type.Object(entity))),
        edges: Type.Immutable(Type.Array(Relation)),
      }),
      { description: 'The shortest, 5 at most' },
    ),
  ),
  truncated: Type.Boolean({ description: 'Whether there may be a longer one' }),
})
