import { Type } from 'typebox'
import { HEAVIEST } from '../../engine/graph/graph-calls.ts'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { freeObject } from '../../http/validation/free-object.ts'
import {
  LARGEST_COUNT,
  LONGEST,
  NullableObject,
  NullableString,
  OpenObject,
  Text,
} from '../common-schemas.ts'
import { AnnotationFields } from '../documents/document-schemas.ts'

const Name = Type.String({ minLength: 1, maxLength: LONGEST.name })
const KnownName = Type.String({ maxLength: LONGEST.name })
const fieldsOf = (name: string) =>
  freeObject<Record<string, unknown>>({ name, maxBytes: BODY_BYTES.management })

export const CreateEntityBody = Type.Object({
  entity_name: Name,
  entity_data: fieldsOf('entity_data'),
})

export const EditEntityBody = Type.Object({
  entity_name: KnownName,
  updated_data: fieldsOf('updated_data'),
  allow_rename: Type.Boolean({ default: false }),
  allow_merge: Type.Boolean({ default: false }),
})

export const CreateRelationBody = Type.Object({
  source_entity: Name,
  target_entity: Name,
  relation_data: fieldsOf('relation_data'),
})

export const EditRelationBody = Type.Object({
  source_id: Type.String({ maxLength: LONGEST.name, description: 'Name of an entity' }),
  target_id: Type.String({ maxLength: LONGEST.name, description: 'Name of the other entity' }),
  updated_data: fieldsOf('updated_data'),
})

export const MergeBody = Type.Object({
  entities_to_change: Type.Array(KnownName, { minItems: 1, maxItems: 1000 }),
  entity_to_change_into: Name,
})

export const DeleteEntityBody = Type.Object({ entity_name: Text('entity_name', LONGEST.name) })

export const DeleteRelationBody = Type.Object({
  source_entity: Text('source_entity', LONGEST.name),
  target_entity: Text('target_entity', LONGEST.name),
})

const Summary = Type.Object({
  merged: Type.Boolean(),
  merge_status: Type.String(),
  merge_error: NullableString,
  operation_status: Type.String(),
  target_entity: NullableString,
  final_entity: Type.String(),
  renamed: Type.Boolean(),
})

const entityFields = {
  entity_name: Type.String(),
  source_id: NullableString,
  graph_data: OpenObject,
  vector_data: NullableObject,
}

export const EntityReply = Type.Object({
  status: Type.String(),
  message: Type.String(),
  data: Type.Object(entityFields),
})

export const EditEntityReply = Type.Object({
  status: Type.String(),
  message: Type.String(),
  data: Type.Object({ ...entityFields, operation_summary: Summary }),
  operation_summary: Summary,
})

export const RelationReply = Type.Object({
  status: Type.String(),
  message: Type.String(),
  data: Type.Object({
    src_entity: Type.String(),
    tgt_entity: Type.String(),
    source_id: NullableString,
    graph_data: OpenObject,
    vector_data: NullableObject,
  }),
})

export const DeletionReply = Type.Object({
  status: Type.String(),
  doc_id: Type.String(),
  message: Type.String(),
  status_code: Type.Integer(),
  file_path: Type.Null(),
})

const { external_id, metadata, tags } = AnnotationFields

const SourceName = Type.Optional(Type.String({ maxLength: LONGEST.file }))
const Description = Type.Optional(Type.String({ maxLength: LONGEST.question }))
/** As many as a body has values for. */
const items = { maxItems: 250_000 }

export const CustomKgBody = Type.Object({
  chunks: Type.Optional(
    Type.Array(
      Type.Object({
        content: Text('content', LONGEST.document),
        source_id: SourceName,
        chunk_order_index: Type.Optional(Type.Number({ minimum: 0, maximum: LARGEST_COUNT })),
        file_path: SourceName,
      }),
      items,
    ),
  ),
  entities: Type.Optional(
    Type.Array(
      Type.Object({
        entity_name: Text('entity_name', LONGEST.name),
        entity_type: Type.Optional(Type.String({ maxLength: LONGEST.name })),
        description: Description,
        source_id: SourceName,
      }),
      items,
    ),
  ),
  relationships: Type.Optional(
    Type.Array(
      Type.Object({
        src_id: Text('src_id', LONGEST.name),
        tgt_id: Text('tgt_id', LONGEST.name),
        description: Description,
        keywords: Description,
        weight: Type.Optional(Type.Number({ minimum: 0, maximum: HEAVIEST })),
        source_id: SourceName,
      }),
      items,
    ),
  ),
  file_path: SourceName,
  external_id,
  metadata,
  tags,
})
