import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import type { ControlPlane } from '../control-plane.ts'
import { MemberReply } from '../members/member-schemas.ts'
import { ADMIN_DOCS } from '../operators/admin-docs.ts'
import { callerOf, ownTenant, versionIn } from '../wire/caller.ts'
import { Nothing } from '../wire/wire-schemas.ts'
import { TENANT_DOCS } from './tenant-docs.ts'
import {
  DeleteTenantQuery,
  DeletionParams,
  DeletionReply,
  NewTenantBody,
  SuspendBody,
  TenantChangeBody,
  TenantListQuery,
  TenantPage,
  TenantParams,
  TenantReply,
  TransferBody,
} from './tenant-schemas.ts'
import type { Tenants } from './tenants.ts'

/** `/tenants`: what there is, and its life from creation to purge. */
export const tenantRoutes: FastifyPluginAsyncTypebox<{ plane: ControlPlane }> = async (
  app,
  { plane },
) => {
  const { tenants, deletions, members } = plane

  await app.register(tenantListRoutes, { tenants, path: '/tenants' })

  app.get(
    '/tenants/me',
    {
      config: { access: 'account', doc: TENANT_DOCS['GET /tenants/me'] },
      schema: { response: { 200: TenantReply } },
    },
    async (request, reply) => {
      const tenant = await tenants.get(callerOf(request), await ownTenant(request, tenants))
      return reply.header('etag', `"${tenant.version}"`).send(tenant)
    },
  )

  app.get(
    '/tenants/:tenant',
    {
      config: { access: 'account', doc: TENANT_DOCS['GET /tenants/:tenant'] },
      schema: { params: TenantParams, response: { 200: TenantReply } },
    },
    async (request, reply) => {
      const tenant = await tenants.get(callerOf(request), request.params.tenant)
      return reply.header('etag', `"${tenant.version}"`).send(tenant)
    },
  )

  for (const method of ['PUT', 'PATCH'] as const) {
    app.route({
      method,
      url: '/tenants/:tenant',
      config: { access: 'account', doc: TENANT_DOCS[`${method} /tenants/:tenant` as const] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: TenantParams, body: TenantChangeBody, response: { 200: TenantReply } },
      handler: async (request, reply) => {
        const change = { ...request.body, version: versionIn(request) }
        const tenant = await tenants.update(callerOf(request), request.params.tenant, change)
        return reply.header('etag', `"${tenant.version}"`).send(tenant)
      },
    })
  }

  app.post(
    '/tenants/:tenant/suspend',
    {
      config: { access: 'account', doc: TENANT_DOCS['POST /tenants/:tenant/suspend'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: TenantParams, body: SuspendBody, response: { 200: TenantReply } },
    },
    async (request) =>
      tenants.suspend(callerOf(request), request.params.tenant, request.body.reason),
  )

  app.post(
    '/tenants/:tenant/resume',
    {
      config: { access: 'account', doc: TENANT_DOCS['POST /tenants/:tenant/resume'] },
      schema: { params: TenantParams, response: { 200: TenantReply } },
    },
    async (request) => tenants.resume(callerOf(request), request.params.tenant),
  )

  app.post(
    '/tenants/:tenant/transfer',
    {
      config: { access: 'account', doc: TENANT_DOCS['POST /tenants/:tenant/transfer'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: TenantParams, body: TransferBody, response: { 200: MemberReply } },
    },
    async (request) =>
      members.transfer(callerOf(request), request.params.tenant, request.body.user_id),
  )

  app.delete(
    '/tenants/:tenant',
    {
      config: { access: 'account', doc: TENANT_DOCS['DELETE /tenants/:tenant'] },
      schema: {
        params: TenantParams,
        querystring: DeleteTenantQuery,
        response: { 202: DeletionReply, 204: Nothing },
      },
    },
    async (request, reply) => {
      const { confirm, wait } = request.query
      const job = await deletions.deleteTenant(callerOf(request), request.params.tenant, confirm)
      if (wait !== true) return reply.code(202).send(job)
      await deletions.settled(job.job_id)
      return reply.code(204).send()
    },
  )

  app.post(
    '/tenants/:tenant/restore',
    {
      config: { access: 'account', doc: TENANT_DOCS['POST /tenants/:tenant/restore'] },
      schema: { params: TenantParams, response: { 200: DeletionReply } },
    },
    async (request) => deletions.restoreTenant(callerOf(request), request.params.tenant),
  )

  app.post(
    '/tenants/:tenant/purge',
    {
      config: { access: 'account', doc: TENANT_DOCS['POST /tenants/:tenant/purge'] },
      schema: { params: TenantParams, response: { 200: DeletionReply } },
    },
    async (request) => deletions.purgeTenantNow(callerOf(request), request.params.tenant),
  )

  app.get(
    '/deletions/:job',
    {
      config: { access: 'account', doc: TENANT_DOCS['GET /deletions/:job'] },
      schema: { params: DeletionParams, response: { 200: DeletionReply } },
    },
    async (request) => deletions.status(callerOf(request), request.params.job),
  )
}

export interface TenantListRoutesOptions {
  readonly tenants: Tenants
  readonly path: '/tenants' | '/admin/tenants'
}

const TENANT_LIST_DOCS = { ...TENANT_DOCS, ...ADMIN_DOCS }

/** Lists and creates tenants: the caller's own, or those of the server for its operators. */
export const tenantListRoutes: FastifyPluginAsyncTypebox<TenantListRoutesOptions> = async (
  app,
  { tenants, path },
) => {
  app.get(
    path,
    {
      config: { access: 'account', doc: TENANT_LIST_DOCS[`GET ${path}` as const] },
      schema: { querystring: TenantListQuery, response: { 200: TenantPage } },
    },
    async (request) => tenants.list(callerOf(request), request.query),
  )

  app.post(
    path,
    {
      config: { access: 'account', doc: TENANT_LIST_DOCS[`POST ${path}` as const] },
      bodyLimit: BODY_BYTES.management,
      schema: { body: NewTenantBody, response: { 201: TenantReply } },
    },
    async (request, reply) => {
      const tenant = await tenants.create(callerOf(request), request.body)
      return reply.code(201).header('etag', `"${tenant.version}"`).send(tenant)
    },
  )
}
