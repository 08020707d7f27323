import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import type { ControlPlane } from '../control-plane.ts'
import { DeletionReply } from '../tenants/tenant-schemas.ts'
import { callerOf, ownTenant, versionIn } from '../wire/caller.ts'
import { Nothing, SortedSearchParams } from '../wire/wire-schemas.ts'
import { KB_DOCS } from './kb-docs.ts'
import {
  DeleteKbQuery,
  KbChangeBody,
  KbListParams,
  KbPage,
  KbParams,
  KbReply,
  NewKbBody,
} from './kb-schemas.ts'

export interface KbRoutesOptions {
  readonly plane: ControlPlane
  /** Where they are: one of {@link KB_PATHS}. */
  readonly path: (typeof KB_PATHS)[number]
}

/** The spellings of one thing; the last takes the tenant from `X-Tenant-ID`. */
export const KB_PATHS = [
  '/tenants/:tenant/kbs',
  '/tenants/:tenant/knowledge-bases',
  '/knowledge-bases',
] as const

/** The knowledge bases of a tenant. */
export const kbRoutes: FastifyPluginAsyncTypebox<KbRoutesOptions> = async (
  app,
  { plane, path },
) => {
  const { kbs, deletions, tenants } = plane
  const tenantOf = async (request: FastifyRequest, params: { readonly tenant?: string }) =>
    params.tenant ?? ownTenant(request, tenants)

  app.get(
    path,
    {
      config: { access: 'account', doc: KB_DOCS['GET /tenants/:tenant/kbs'] },
      schema: { params: KbListParams, querystring: SortedSearchParams, response: { 200: KbPage } },
    },
    async (request) =>
      kbs.list(callerOf(request), await tenantOf(request, request.params), request.query),
  )

  app.post(
    path,
    {
      config: { access: 'account', doc: KB_DOCS['POST /tenants/:tenant/kbs'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: KbListParams, body: NewKbBody, response: { 201: KbReply } },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request, request.params)
      const kb = await kbs.create(callerOf(request), tenant, request.body)
      return reply.code(201).header('etag', `"${kb.version}"`).send(kb)
    },
  )

  app.get(
    `${path}/:kb`,
    {
      config: { access: 'account', doc: KB_DOCS['GET /tenants/:tenant/kbs/:kb'] },
      schema: { params: KbParams, response: { 200: KbReply } },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request, request.params)
      const kb = await kbs.get(callerOf(request), tenant, request.params.kb)
      return reply.header('etag', `"${kb.version}"`).send(kb)
    },
  )

  for (const method of ['PUT', 'PATCH'] as const) {
    app.route({
      method,
      url: `${path}/:kb`,
      config: { access: 'account', doc: KB_DOCS[`${method} /tenants/:tenant/kbs/:kb` as const] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: KbParams, body: KbChangeBody, response: { 200: KbReply } },
      handler: async (request, reply) => {
        const tenant = await tenantOf(request, request.params)
        const change = { ...request.body, version: versionIn(request) }
        const kb = await kbs.update(callerOf(request), tenant, request.params.kb, change)
        return reply.header('etag', `"${kb.version}"`).send(kb)
      },
    })
  }

  app.delete(
    `${path}/:kb`,
    {
      config: { access: 'account', doc: KB_DOCS['DELETE /tenants/:tenant/kbs/:kb'] },
      schema: {
        params: KbParams,
        querystring: DeleteKbQuery,
        response: { 202: DeletionReply, 204: Nothing },
      },
    },
    async (request, reply) => {
      const tenant = await tenantOf(request, request.params)
      const job = await deletions.deleteKb(callerOf(request), tenant, request.params.kb)
      if (request.query.wait !== true) return reply.code(202).send(job)
      await deletions.settled(job.job_id)
      return reply.code(204).send()
    },
  )

  app.post(
    `${path}/:kb/restore`,
    {
      config: { access: 'account', doc: KB_DOCS['POST /tenants/:tenant/kbs/:kb/restore'] },
      schema: { params: KbParams, response: { 200: DeletionReply } },
    },
    async (request) => {
      const tenant = await tenantOf(request, request.params)
      return deletions.restoreKb(callerOf(request), tenant, request.params.kb)
    },
  )
}
