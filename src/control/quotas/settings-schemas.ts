import { Type } from 'typebox'
import { ConfigReply, QuotaReply } from '../tenants/tenant-schemas.ts'
import { listOf, NullableNumber, NullableString, Ref } from '../wire/wire-schemas.ts'

/** A config with the version that a change of it may name. */
export const VersionedConfig = Type.Object({ config: ConfigReply, version: Type.Integer() })

export const ProviderKeyParams = Type.Object({ tenant: Ref, provider: Ref })

export const ProviderKeyBody = Type.Object({
  key: Type.String({ minLength: 8, maxLength: 4096 }),
  kb: Type.Optional(
    Type.String({ maxLength: 255, description: 'Id or slug; unset for the whole tenant' }),
  ),
})

export const ProviderKeyQuery = Type.Object({ kb: Type.Optional(Ref) })

export const ProviderKeyReply = Type.Object({
  provider: Type.String(),
  kb_id: NullableString,
  last_four: Type.String(),
  updated_at: Type.String(),
})

export const ProviderKeysReply = Type.Object({ items: listOf(ProviderKeyReply) })

export const QuotaStateReply = Type.Object({
  quota: QuotaReply,
  used: Type.Object({
    documents: Type.Number(),
    storage_gb: Type.Number(),
    monthly_api_calls: Type.Number(),
    concurrent_queries: Type.Number(),
    knowledge_bases: Type.Number(),
    monthly_cost: Type.Number(),
  }),
  credit: NullableNumber,
})
