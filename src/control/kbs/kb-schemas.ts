import { Type } from 'typebox'
import { ConfigReply, changeFields, newFields } from '../tenants/tenant-schemas.ts'
import { listOf, NullableString, OpenObject, pageReply, Ref } from '../wire/wire-schemas.ts'

export const KbParams = Type.Object({ tenant: Type.Optional(Ref), kb: Ref })
export const KbListParams = Type.Object({ tenant: Type.Optional(Ref) })

export const NewKbBody = Type.Object(newFields)
export const KbChangeBody = Type.Object(changeFields)

export const DeleteKbQuery = Type.Object({
  wait: Type.Optional(Type.Boolean({ description: 'Answer once its files are in the trash' })),
})

export const KbReply = Type.Object({
  kb_id: Type.String(),
  tenant_id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  kb_name: Type.String(),
  description: Type.String(),
  workspace: Type.String(),
  status: Type.String(),
  is_active: Type.Boolean(),
  is_default: Type.Boolean(),
  metadata: OpenObject,
  config: ConfigReply,
  version: Type.Integer(),
  /** What the caller may do there now. */
  permissions: listOf(Type.String()),
  /** When the caller was last there, to the minute. */
  last_used_at: NullableString,
  created_at: Type.String(),
  updated_at: Type.String(),
  created_by: Type.String(),
  num_documents: Type.Integer(),
  num_entities: Type.Integer(),
  num_relations: Type.Integer(),
  storage_used_mb: Type.Number(),
})

export const KbPage = pageReply(KbReply)
