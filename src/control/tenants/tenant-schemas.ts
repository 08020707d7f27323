import { Type } from 'typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { freeObject } from '../../http/validation/free-object.ts'
import { RagConfig } from '../core/rag-config.ts'
import type { Quota } from '../quotas/quota.ts'
import { LARGEST_SUM, QuotaChange } from '../quotas/quota.ts'
import {
  listOf,
  Metadata,
  NullableNumber,
  NullableRole,
  NullableString,
  OpenObject,
  PageFields,
  pageReply,
  Ref,
  Sort,
} from '../wire/wire-schemas.ts'

export const TenantParams = Type.Object({ tenant: Ref })

const Name = Type.String({ minLength: 1, maxLength: 255 })
const Credit = Type.Unsafe<number | null>({
  type: ['number', 'null'],
  minimum: 0,
  maximum: LARGEST_SUM,
})

/** A config as it is: what is absent is inherited. */
export const ConfigReply = Type.Unsafe<RagConfig>({ type: 'object', additionalProperties: true })

/** Fields of a config to change; null inherits again. */
export const ConfigChange = freeObject<Readonly<Record<string, unknown>>>({
  name: 'config',
  maxBytes: BODY_BYTES.management,
  description: 'Fields as at creation; one that is null is inherited again',
})

const bound = { type: ['number', 'null'] }
export const QuotaReply = Type.Unsafe<Quota>({
  type: 'object',
  properties: Object.fromEntries(Object.keys(QuotaChange.properties).map((name) => [name, bound])),
})

const descriptive = {
  description: Type.Optional(Type.String({ maxLength: 10_000 })),
  metadata: Type.Optional(Metadata),
  /** Made of the name unless given; a new one renames nothing on disk. */
  slug: Type.Optional(Type.String({ minLength: 1, maxLength: 60 })),
}

/** What a tenant and a knowledge base are made with. */
export const newFields = { name: Name, ...descriptive, config: Type.Optional(RagConfig) }

/** What may be changed of both. */
export const changeFields = {
  name: Type.Optional(Name),
  ...descriptive,
  config: Type.Optional(ConfigChange),
}

export const NewTenantBody = Type.Object({
  ...newFields,
  /** For super admins alone, as are the next two. */
  quota: Type.Optional(QuotaChange),
  credit: Type.Optional(Credit),
  owner: Type.Optional(
    Type.String({ maxLength: 255, description: 'Id of a user; the caller unless given' }),
  ),
})

export const TenantChangeBody = Type.Object({
  ...changeFields,
  /** For super admins alone, as is `credit`; merged. */
  quota: Type.Optional(QuotaChange),
  credit: Type.Optional(Credit),
})

export const TenantListQuery = Type.Object({
  ...PageFields,
  sort: Sort,
  search: Type.Optional(Type.String({ maxLength: 200 })),
  mine: Type.Optional(Type.Boolean({ description: 'For operators: only where they are members' })),
})

export const TenantReply = Type.Object({
  tenant_id: Type.String(),
  slug: Type.String(),
  name: Type.String(),
  tenant_name: Type.String(),
  description: Type.String(),
  status: Type.String(),
  status_reason: NullableString,
  is_active: Type.Boolean(),
  metadata: OpenObject,
  version: Type.Integer(),
  /** The caller's own; null for a super admin who is no member. */
  role: NullableRole,
  /** What the caller may do there now. */
  permissions: listOf(Type.String()),
  /** When the caller was last there, to the minute. */
  last_used_at: NullableString,
  created_at: Type.String(),
  updated_at: Type.String(),
  created_by: Type.String(),
  num_knowledge_bases: Type.Integer(),
  num_documents: Type.Integer(),
  storage_used_gb: Type.Number(),
  /** For those who may manage the tenant, as are the next two. */
  config: Type.Optional(ConfigReply),
  quota: Type.Optional(QuotaReply),
  credit: Type.Optional(NullableNumber),
})

export const TenantPage = pageReply(TenantReply)

export const SuspendBody = Type.Object({
  reason: Type.String({ minLength: 3, maxLength: 500, description: 'Shown to its members' }),
})

export const DeleteTenantQuery = Type.Object({
  confirm: Type.String({ maxLength: 60, description: 'The slug of the tenant' }),
  wait: Type.Optional(Type.Boolean({ description: 'Answer once its files are in the trash' })),
})

export const DeletionReply = Type.Object({
  job_id: Type.String(),
  tenant_id: Type.String(),
  kb_id: NullableString,
  step: Type.Enum(['marked', 'trashed', 'purging', 'purged', 'restored']),
  purge_after: Type.String(),
  created_at: Type.String(),
})

export const DeletionParams = Type.Object({ job: Ref })

export const TransferBody = Type.Object({ user_id: Ref })
