import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import type { ControlPlane } from '../control-plane.ts'
import { TenantParams } from '../tenants/tenant-schemas.ts'
import { callerOf } from '../wire/caller.ts'
import { Nothing, SearchParams } from '../wire/wire-schemas.ts'
import { MEMBER_DOCS } from './member-docs.ts'
import {
  MemberChangeBody,
  MemberPage,
  MemberParams,
  MemberReply,
  NewMemberBody,
} from './member-schemas.ts'

/** The members of a tenant. */
export const memberRoutes: FastifyPluginAsyncTypebox<{ plane: ControlPlane }> = async (
  app,
  { plane: { members } },
) => {
  app.get(
    '/tenants/:tenant/members',
    {
      config: { access: 'account', doc: MEMBER_DOCS['GET /tenants/:tenant/members'] },
      schema: { params: TenantParams, querystring: SearchParams, response: { 200: MemberPage } },
    },
    async (request) => members.list(callerOf(request), request.params.tenant, request.query),
  )

  app.post(
    '/tenants/:tenant/members',
    {
      config: { access: 'account', doc: MEMBER_DOCS['POST /tenants/:tenant/members'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: TenantParams, body: NewMemberBody, response: { 201: MemberReply } },
    },
    async (request, reply) => {
      const { tenant } = request.params
      return reply.code(201).send(await members.add(callerOf(request), tenant, request.body))
    },
  )

  app.get(
    '/tenants/:tenant/members/:user',
    {
      config: { access: 'account', doc: MEMBER_DOCS['GET /tenants/:tenant/members/:user'] },
      schema: { params: MemberParams, response: { 200: MemberReply } },
    },
    async (request) => {
      const { tenant, user } = request.params
      return members.get(callerOf(request), tenant, user)
    },
  )

  app.put(
    '/tenants/:tenant/members/:user',
    {
      config: { access: 'account', doc: MEMBER_DOCS['PUT /tenants/:tenant/members/:user'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: MemberParams, body: MemberChangeBody, response: { 200: MemberReply } },
    },
    async (request) => {
      const { tenant, user } = request.params
      return members.update(callerOf(request), tenant, user, request.body)
    },
  )

  app.delete(
    '/tenants/:tenant/members/:user',
    {
      config: { access: 'account', doc: MEMBER_DOCS['DELETE /tenants/:tenant/members/:user'] },
      schema: { params: MemberParams, response: { 204: Nothing } },
    },
    async (request, reply) => {
      const { tenant, user } = request.params
      await members.remove(callerOf(request), tenant, user)
      return reply.code(204).send()
    },
  )
}
