import { Type } from 'typebox'
import { type CutReason, type MetadataValue, QUERY_MODES } from '../engine/retrieve/query-calls.ts'
import { NullableInteger, NullableString, OpenObject, Text } from './common-schemas.ts'

const NullableBoolean = Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] })
const NullableCount = Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 1 })

const Turn = Type.Object(
  { role: Text('role'), content: Type.Optional(Type.String()) },
  { description: 'A turn of the conversation so far; other keys are left out' },
)

const Strings = Type.Optional(
  Type.Unsafe<string[] | null>({ type: ['array', 'null'], items: { type: 'string' } }),
)
const SCALAR = ['string', 'number', 'boolean', 'null']

/** An addition to LightRAG: which documents the question may draw from. */
const Filters = Type.Object(
  {
    document_ids: Strings,
    external_ids: Strings,
    file_paths: Strings,
    tags: Strings,
    metadata: Type.Optional(
      Type.Unsafe<Record<string, MetadataValue | MetadataValue[]> | null>({
        type: ['object', 'null'],
        additionalProperties: {
          type: [...SCALAR, 'array'],
          items: { type: SCALAR },
        },
        description: 'Fields with the value, or a list of values of which one will do',
      }),
    ),
  },
  { additionalProperties: false },
)

/** The question of `/query`, `/query/stream` and `/query/data`. */
export const QueryBody = Type.Object({
  query: Type.Refine(
    Type.String({ minLength: 3 }),
    (text) => typeof text !== 'string' || /\S/.test(text),
    () => 'query must not be blank',
  ),
  mode: Type.Enum(QUERY_MODES, { default: 'mix' }),
  only_need_context: Type.Optional(NullableBoolean),
  only_need_prompt: Type.Optional(NullableBoolean),
  response_type: Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1 }),
  ),
  top_k: Type.Optional(NullableCount),
  chunk_top_k: Type.Optional(NullableCount),
  max_entity_tokens: Type.Optional(NullableCount),
  max_relation_tokens: Type.Optional(NullableCount),
  max_total_tokens: Type.Optional(NullableCount),
  hl_keywords: Type.Array(Type.String(), { default: [] }),
  ll_keywords: Type.Array(Type.String(), { default: [] }),
  conversation_history: Type.Optional(
    Type.Unsafe<Type.Static<typeof Turn>[] | null>({ type: ['array', 'null'], items: Turn }),
  ),
  user_prompt: Type.Optional(NullableString),
  enable_rerank: Type.Optional(NullableBoolean),
  include_references: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], default: true }),
  include_chunk_content: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], default: false }),
  stream: Type.Unsafe<boolean | null>({ type: ['boolean', 'null'], default: true }),
  filters: Type.Optional(
    Type.Unsafe<Type.Static<typeof Filters> | null>({ ...Filters, type: ['object', 'null'] }),
  ),
})

const citationFields = {
  chunk_id: Type.String(),
  ordinal: Type.Integer(),
  start: Type.Integer({ description: 'In UTF-16 units of the document text' }),
  end: Type.Integer({ description: 'In UTF-16 units of the document text, exclusive' }),
  headings: Type.Immutable(Type.Array(Type.String())),
  page: NullableInteger,
}

/** LightRAG's reference with one key more, which its clients skip. */
const Reference = Type.Object({
  reference_id: Type.String(),
  file_path: Type.String(),
  citations: Type.Immutable(
    Type.Array(Type.Object(citationFields), {
      description: 'Where in the file the passages stand; an addition to LightRAG',
    }),
  ),
  content: Type.Optional(
    Type.Unsafe<readonly string[] | undefined>({
      type: 'array',
      items: { type: 'string' },
      description: 'The passages themselves; only with `include_chunk_content`',
    }),
  ),
})

const References = Type.Immutable(Type.Array(Reference))

export const QueryReply = Type.Object({
  response: Type.String(),
  references: Type.Unsafe<Type.Static<typeof References> | null>({
    ...References,
    type: ['array', 'null'],
  }),
  finish_reason: Type.Optional(
    Type.Unsafe<CutReason | undefined>({
      type: 'string',
      enum: ['length', 'content_filter', 'unfinished'],
      description: 'Only of an answer that the model did not finish; an addition to LightRAG',
    }),
  ),
})

const fromTheGraph = {
  description: Type.String(),
  source_id: Type.String(),
  file_path: Type.String(),
  created_at: Type.Number(),
}

const Found = Type.Object({
  entities: Type.Immutable(
    Type.Array(
      Type.Object({
        entity_name: Type.String(),
        entity_type: Type.String(),
        ...fromTheGraph,
      }),
    ),
  ),
  relationships: Type.Immutable(
    Type.Array(
      Type.Object({
        src_id: Type.String(),
        tgt_id: Type.String(),
        keywords: Type.String(),
        weight: Type.Number(),
        ...fromTheGraph,
      }),
    ),
  ),
  chunks: Type.Immutable(
    Type.Array(
      Type.Object({
        reference_id: Type.String(),
        content: Type.String(),
        file_path: Type.String(),
        ...citationFields,
      }),
    ),
  ),
  references: References,
})

export const QueryDataReply = Type.Object({
  status: Type.Enum(['success', 'failure']),
  message: Type.String(),
  // Empty when nothing was found; so nothing within is required of the serializer.
  data: Type.Partial(Found),
  metadata: OpenObject,
})
