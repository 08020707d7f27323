import { Type } from 'typebox'
import { LONGEST, MOST, NullableString, nullableText, Text } from '../common-schemas.ts'
import { ChangeDocumentBody } from './document-schemas.ts'
import { FILTER_FIELDS, STATUS_FILTERS } from './list-schemas.ts'

const Filter = Type.Object(
  {
    ...FILTER_FIELDS,
    status_filters: Type.Optional(
      Type.Array(Type.Enum([...STATUS_FILTERS]), { maxItems: STATUS_FILTERS.length }),
    ),
  },
  // A condition that is misspelt would mean all documents.
  { additionalProperties: false, description: 'As of a list; either this or `doc_ids`' },
)

const chosen = {
  doc_ids: Type.Optional(
    Type.Array(Text('a document id', LONGEST.name), { minItems: 1, maxItems: MOST.ids }),
  ),
  filter: Type.Optional(Filter),
  dry_run: Type.Boolean({
    default: false,
    description: 'Whether it is only told what would come of it',
  }),
}

export const RetryBody = Type.Object(chosen)

export const DeleteChosenBody = Type.Object({
  ...chosen,
  delete_file: Type.Boolean({ default: false }),
  delete_llm_cache: Type.Boolean({ default: false }),
})

const Tags = Type.Optional(
  Type.Array(Type.String({ maxLength: 128 }), {
    maxItems: 64,
    description: 'Beside those that a document has, or out of them',
  }),
)

export const ChangeChosenBody = Type.Object({
  ...chosen,
  change: Type.Object({ ...ChangeDocumentBody.properties, add_tags: Tags, remove_tags: Tags }),
})

export const ChosenReply = Type.Object({
  matched: Type.Integer({ description: 'Documents that are there and were meant' }),
  accepted: Type.Integer({ description: 'Those of them with which it is done' }),
  dry_run: Type.Boolean(),
  items: Type.Immutable(
    Type.Array(
      Type.Object({
        id: Type.String(),
        result: Type.Enum(['accepted', 'skipped', 'not_found']),
        reason: NullableString,
      }),
      { description: 'The first 1,000' },
    ),
  ),
  items_truncated: Type.Boolean(),
})

export const PrecheckBody = Type.Object({
  files: Type.Array(
    Type.Object({
      name: Type.String({ minLength: 1, maxLength: LONGEST.file }),
      size: Type.Integer({ minimum: 0, maximum: 2 ** 50, description: 'In bytes' }),
      sha256: Type.Optional(nullableText(64)),
      external_id: Type.Optional(nullableText(512)),
    }),
    { minItems: 1, maxItems: 1000 },
  ),
})

export const PrecheckReply = Type.Object({
  items: Type.Immutable(
    Type.Array(
      Type.Object({
        name: Type.String(),
        verdict: Type.Enum([
          'new',
          'same',
          'changed',
          'too_large',
          'unsupported',
          'invalid_name',
          'over_quota',
        ]),
        document_id: NullableString,
        reason: NullableString,
      }),
      { description: 'In the order asked for' },
    ),
  ),
})
