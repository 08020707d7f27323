import { Type } from 'typebox'
import { type CutReason, type NoAnswer, QUERY_MODES } from '../../engine/retrieve/query-calls.ts'
import {
  LONGEST,
  MOST,
  NullableInteger,
  NullableString,
  nullableText,
  OpenObject,
  Text,
} from '../common-schemas.ts'
import { MetadataFilter } from '../metadata-filter.ts'

const NullableBoolean = Type.Unsafe<boolean | null>({ type: ['boolean', 'null'] })
const nullableCount = (maximum: number) =>
  Type.Optional(Type.Unsafe<number | null>({ type: ['integer', 'null'], minimum: 1, maximum }))
const MostFound = nullableCount(1000)
const MostTokens = nullableCount(1_000_000)

const Turn = Type.Object(
  {
    role: Text('role', LONGEST.name),
    content: Type.Optional(Type.String({ maxLength: LONGEST.question })),
  },
  { description: 'A turn of the conversation so far; other keys are left out' },
)

const Strings = Type.Optional(
  Type.Unsafe<string[] | null>({
    type: ['array', 'null'],
    items: { type: 'string', maxLength: LONGEST.file },
    maxItems: MOST.ids,
  }),
)
/** An addition to LightRAG: which documents the question may draw from. */
const Filters = Type.Object(
  {
    document_ids: Strings,
    external_ids: Strings,
    file_paths: Strings,
    tags: Strings,
    metadata: Type.Optional(MetadataFilter),
  },
  { additionalProperties: false },
)

const Keywords = Type.Array(Type.String({ maxLength: LONGEST.name }), {
  default: [],
  maxItems: 100,
})

/** The question of `/query`, `/query/stream` and `/query/data`. */
export const QueryBody = Type.Object({
  query: Type.Refine(
    Type.String({ minLength: 3, maxLength: LONGEST.question }),
    (text) => typeof text !== 'string' || /\S/.test(text),
    () => 'query must not be blank',
  ),
  mode: Type.Enum(QUERY_MODES, { default: 'mix' }),
  only_need_context: Type.Optional(NullableBoolean),
  only_need_prompt: Type.Optional(NullableBoolean),
  response_type: Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], minLength: 1, maxLength: LONGEST.file }),
  ),
  top_k: MostFound,
  chunk_top_k: MostFound,
  max_entity_tokens: MostTokens,
  max_relation_tokens: MostTokens,
  max_total_tokens: MostTokens,
  hl_keywords: Keywords,
  ll_keywords: Keywords,
  conversation_history: Type.Optional(
    Type.Unsafe<Type.Static<typeof Turn>[] | null>({
      type: ['array', 'null'],
      items: Turn,
      maxItems: 1000,
    }),
  ),
  user_prompt: Type.Optional(nullableText(LONGEST.question)),
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
  document_id: Type.String(),
  ordinal: Type.Integer(),
  start: Type.Integer({ description: 'In UTF-16 units of the document text' }),
  end: Type.Integer({ description: 'In UTF-16 units of the document text, exclusive' }),
  sentence: Type.Unsafe<{ readonly start: number; readonly end: number } | null>({
    type: ['object', 'null'],
    required: ['start', 'end'],
    additionalProperties: false,
    properties: { start: { type: 'integer' }, end: { type: 'integer' } },
    description:
      'The sentence of the passage that speaks most to the question, in UTF-16 units of the document text',
  }),
  headings: Type.Immutable(
    Type.Array(Type.String(), {
      description: 'Above the sentence, or the beginning of the passage; the innermost last',
    }),
  ),
  page: Type.Unsafe<number | null>({
    ...NullableInteger,
    description: 'On which the sentence begins, or the passage; a slide is a page',
  }),
  end_page: Type.Unsafe<number | null>({ ...NullableInteger, description: 'On which it ends' }),
}

/** LightRAG's reference with one key more, which its clients skip. */
const Reference = Type.Object({
  reference_id: Type.String(),
  file_path: Type.String(),
  document_id: Type.String({
    description:
      'Of the first passage; documents may share the name of a file. An addition to LightRAG',
  }),
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

/** A sentence of the answer with what it rests on. */
const StatementFields = Type.Object({
  start: Type.Integer({ description: 'In UTF-16 units of the response' }),
  end: Type.Integer({ description: 'In UTF-16 units of the response, exclusive' }),
  citations: Type.Immutable(
    Type.Array(
      Type.Object({
        reference_id: Type.String(),
        ...citationFields,
        by: Type.Enum(['marker', 'match'], {
          description: 'Whether the answer names the source, or only its words tell',
        }),
        unsupported: Type.Boolean({
          description: 'The sentence has figures or names that its passages do not hold',
        }),
        missing: Type.Immutable(
          Type.Array(Type.String(), { description: 'Those that this passage does not hold' }),
        ),
      }),
    ),
  ),
})

const Statements = Type.Immutable(Type.Array(StatementFields))

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
  still_processing: Type.Optional(
    Type.Unsafe<number | undefined>({
      type: 'integer',
      description:
        'Documents that the answer could not draw from yet, if there are any; an addition to LightRAG',
    }),
  ),
  no_answer: Type.Optional(
    Type.Unsafe<NoAnswer | undefined>({
      type: 'string',
      enum: ['nothing_found', 'not_in_passages'],
      description: 'Only where the response says that there is no answer; an addition to LightRAG',
    }),
  ),
  statements: Type.Optional(
    Type.Unsafe<Type.Static<typeof Statements> | undefined>({
      ...Statements,
      description:
        'The sentences of the answer with what they rest on, unless `include_references` is false; an addition to LightRAG',
    }),
  ),
})

const fromTheGraph = {
  description: Type.String(),
  source_id: Type.String(),
  file_path: Type.String(),
  document_id: Type.Unsafe<string | null>({
    ...NullableString,
    description: 'Of the first source; an addition to LightRAG',
  }),
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
