import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import type { ControlPlane } from '../control-plane.ts'
import { ControlError } from '../core/control-error.ts'
import { EffectiveReply } from '../settings/config-routes.ts'
import type { TenantInfo } from '../tenants/tenant-info.ts'
import { ConfigChange, ConfigReply, QuotaReply, TenantParams } from '../tenants/tenant-schemas.ts'
import { callerOf, versionIn } from '../wire/caller.ts'
import { listOf, Nothing, NullableNumber, NullableString, Ref } from '../wire/wire-schemas.ts'
import { QuotaChange } from './quota.ts'
import { SETTINGS_DOCS } from './settings-docs.ts'

/** A config with the version that a change of it may name. */
const VersionedConfig = Type.Object({
  config: ConfigReply,
  version: Type.Integer(),
  effective: Type.Optional(EffectiveReply),
})

const ConfigQuery = Type.Object({
  effective: Type.Optional(
    Type.Boolean({ description: 'Whether it is told what holds, and where that comes from' }),
  ),
})

const ProviderKeyParams = Type.Object({ tenant: Ref, provider: Ref })

const ProviderKeyBody = Type.Object({
  key: Type.String({ minLength: 8, maxLength: 4096 }),
  kb: Type.Optional(
    Type.String({ maxLength: 255, description: 'Id or slug; unset for the whole tenant' }),
  ),
})

const ProviderKeyQuery = Type.Object({ kb: Type.Optional(Ref) })

const ProviderKeyReply = Type.Object({
  provider: Type.String(),
  kb_id: NullableString,
  last_four: Type.String(),
  updated_at: Type.String(),
})

const ProviderKeysReply = Type.Object({ items: listOf(ProviderKeyReply) })

const QuotaStateReply = Type.Object({
  quota: QuotaReply,
  used: Type.Object({
    documents: Type.Number(),
    storage_gb: Type.Number(),
    monthly_api_calls: Type.Number(),
    concurrent_queries: Type.Number(),
    knowledge_bases: Type.Number(),
    monthly_cost: Type.Number(),
    cpu_seconds: Type.Number(),
  }),
  credit: NullableNumber,
})

/** What a tenant sets for itself, what it is bound by, and its keys of model providers. */
export const settingsRoutes: FastifyPluginAsyncTypebox<{ plane: ControlPlane }> = async (
  app,
  { plane: { tenants, quotas, secrets, effective } },
) => {
  app.get(
    '/tenants/:tenant/config',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['GET /tenants/:tenant/config'] },
      schema: {
        params: TenantParams,
        querystring: ConfigQuery,
        response: { 200: VersionedConfig },
      },
    },
    async (request, reply) => {
      const actor = callerOf(request)
      const tenant = await tenants.get(actor, request.params.tenant)
      const own = configOf(tenant)
      reply.header('etag', `"${tenant.version}"`)
      if (request.query.effective !== true) return own
      return { ...own, effective: await effective.ofTenant(actor, request.params.tenant) }
    },
  )

  app.patch(
    '/tenants/:tenant/config',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['PATCH /tenants/:tenant/config'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: TenantParams, body: ConfigChange, response: { 200: VersionedConfig } },
    },
    async (request, reply) => {
      const change = { config: request.body, version: versionIn(request) }
      const tenant = await tenants.update(callerOf(request), request.params.tenant, change)
      return reply.header('etag', `"${tenant.version}"`).send(configOf(tenant))
    },
  )

  app.get(
    '/tenants/:tenant/quota',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['GET /tenants/:tenant/quota'] },
      schema: { params: TenantParams, response: { 200: QuotaStateReply } },
    },
    async (request) => quotas.state(callerOf(request), request.params.tenant),
  )

  app.patch(
    '/tenants/:tenant/quota',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['PATCH /tenants/:tenant/quota'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: TenantParams, body: QuotaChange, response: { 200: QuotaStateReply } },
    },
    async (request) => {
      const actor = callerOf(request)
      const { tenant } = request.params
      await tenants.update(actor, tenant, { quota: request.body })
      return quotas.state(actor, tenant)
    },
  )

  app.get(
    '/tenants/:tenant/provider-keys',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['GET /tenants/:tenant/provider-keys'] },
      schema: { params: TenantParams, response: { 200: ProviderKeysReply } },
    },
    async (request) => ({ items: await secrets.list(callerOf(request), request.params.tenant) }),
  )

  app.put(
    '/tenants/:tenant/provider-keys/:provider',
    {
      config: {
        access: 'account',
        doc: SETTINGS_DOCS['PUT /tenants/:tenant/provider-keys/:provider'],
      },
      bodyLimit: BODY_BYTES.management,
      schema: {
        params: ProviderKeyParams,
        body: ProviderKeyBody,
        response: { 200: ProviderKeyReply },
      },
    },
    async (request) => {
      const { tenant, provider } = request.params
      return secrets.set(callerOf(request), tenant, { provider, ...request.body })
    },
  )

  app.delete(
    '/tenants/:tenant/provider-keys/:provider',
    {
      config: {
        access: 'account',
        doc: SETTINGS_DOCS['DELETE /tenants/:tenant/provider-keys/:provider'],
      },
      schema: {
        params: ProviderKeyParams,
        querystring: ProviderKeyQuery,
        response: { 204: Nothing },
      },
    },
    async (request, reply) => {
      const { tenant, provider } = request.params
      await secrets.remove(callerOf(request), tenant, provider, request.query.kb)
      return reply.code(204).send()
    },
  )
}

/** @throws {ControlError} `forbidden` when the tenant was shown to somebody who does not manage it */
function configOf({ config, version }: TenantInfo) {
  if (config !== undefined) return { config, version }
  throw new ControlError('forbidden', 'Your role in this tenant does not allow this')
}
