import { Type } from 'typebox'
import { NullableObject, NullableString, OpenObject, Text } from './common-schemas.ts'
import { LabelFields } from './document-schemas.ts'

const Name = Type.String({ minLength: 1 })

export const CreateEntityBody = Type.Object({
  entity_name: Name,
  entity_data: OpenObject,
})

export const EditEntityBody = Type.Object({
  entity_name: Type.String(),
  updated_data: OpenObject,
  allow_rename: Type.Boolean({ default: false }),
  allow_merge: Type.Boolean({ default: false }),
})

export const CreateRelationBody = Type.Object({
  source_entity: Name,
  target_entity: Name,
  relation_data: OpenObject,
})

export const EditRelationBody = Type.Object({
  source_id: Type.String({ description: 'Name of an entity' }),
  target_id: Type.String({ description: 'Name of the other entity' }),
  updated_data: OpenObject,
})

export const MergeBody = Type.Object({
  entities_to_change: Type.Array(Type.String(), { minItems: 1 }),
  entity_to_change_into: Name,
})

export const DeleteEntityBody = Type.Object({ entity_name: Text('entity_name') })

export const DeleteRelationBody = Type.Object({
  source_entity: Text('source_entity'),
  target_entity: Text('target_entity'),
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

const { external_id, metadata, tags } = LabelFields

export const CustomKgBody = Type.Object({
  chunks: Type.Optional(
    Type.Array(
      Type.Object({
        content: Text('content'),
        source_id: Type.Optional(Type.String()),
        chunk_order_index: Type.Optional(Type.Number()),
        file_path: Type.Optional(Type.String()),
      }),
    ),
  ),
  entities: Type.Optional(
    Type.Array(
      Type.Object({
        entity_name: Text('entity_name'),
        entity_type: Type.Optional(Type.String()),
        description: Type.Optional(Type.String()),
        source_id: Type.Optional(Type.String()),
      }),
    ),
  ),
  relationships: Type.Optional(
    Type.Array(
      Type.Object({
        src_id: Text('src_id'),
        tgt_id: Text('tgt_id'),
        description: Type.Optional(Type.String()),
        keywords: Type.Optional(Type.String()),
        weight: Type.Optional(Type.Number()),
        source_id: Type.Optional(Type.String()),
      }),
    ),
  ),
  file_path: Type.Optional(Type.String()),
  external_id,
  metadata,
  tags,
})
