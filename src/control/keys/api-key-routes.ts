import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import type { ControlPlane } from '../control-plane.ts'
import { SETTINGS_DOCS } from '../quotas/settings-docs.ts'
import { TenantParams } from '../tenants/tenant-schemas.ts'
import { callerOf } from '../wire/caller.ts'
import { Nothing, SearchParams } from '../wire/wire-schemas.ts'
import {
  ApiKeyChangeBody,
  ApiKeyPage,
  ApiKeyParams,
  ApiKeyReply,
  IssuedApiKeyReply,
  NewApiKeyBody,
  RotateBody,
} from './api-key-schemas.ts'

/** The API keys of a tenant. */
export const apiKeyRoutes: FastifyPluginAsyncTypebox<{ plane: ControlPlane }> = async (
  app,
  { plane: { apiKeys } },
) => {
  app.get(
    '/tenants/:tenant/api-keys',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['GET /tenants/:tenant/api-keys'] },
      schema: { params: TenantParams, querystring: SearchParams, response: { 200: ApiKeyPage } },
    },
    async (request) => apiKeys.list(callerOf(request), request.params.tenant, request.query),
  )

  app.post(
    '/tenants/:tenant/api-keys',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['POST /tenants/:tenant/api-keys'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: TenantParams, body: NewApiKeyBody, response: { 201: IssuedApiKeyReply } },
    },
    async (request, reply) => {
      const { tenant } = request.params
      return reply.code(201).send(await apiKeys.create(callerOf(request), tenant, request.body))
    },
  )

  app.get(
    '/tenants/:tenant/api-keys/:key',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['GET /tenants/:tenant/api-keys/:key'] },
      schema: { params: ApiKeyParams, response: { 200: ApiKeyReply } },
    },
    async (request) => {
      const { tenant, key } = request.params
      return apiKeys.get(callerOf(request), tenant, key)
    },
  )

  app.patch(
    '/tenants/:tenant/api-keys/:key',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['PATCH /tenants/:tenant/api-keys/:key'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: ApiKeyParams, body: ApiKeyChangeBody, response: { 200: ApiKeyReply } },
    },
    async (request) => {
      const { tenant, key } = request.params
      return apiKeys.update(callerOf(request), tenant, key, request.body)
    },
  )

  app.post(
    '/tenants/:tenant/api-keys/:key/rotate',
    {
      config: {
        access: 'account',
        doc: SETTINGS_DOCS['POST /tenants/:tenant/api-keys/:key/rotate'],
      },
      bodyLimit: BODY_BYTES.management,
      schema: { params: ApiKeyParams, body: RotateBody, response: { 201: IssuedApiKeyReply } },
    },
    async (request, reply) => {
      const { tenant, key } = request.params
      const { overlap_seconds } = request.body
      const issued = await apiKeys.rotate(callerOf(request), tenant, key, overlap_seconds)
      return reply.code(201).send(issued)
    },
  )

  app.delete(
    '/tenants/:tenant/api-keys/:key',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['DELETE /tenants/:tenant/api-keys/:key'] },
      schema: { params: ApiKeyParams, response: { 204: Nothing } },
    },
    async (request, reply) => {
      const { tenant, key } = request.params
      await apiKeys.revoke(callerOf(request), tenant, key)
      return reply.code(204).send()
    },
  )
}
