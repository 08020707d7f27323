import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import type { ControlPlane } from '../control-plane.ts'
import { TenantParams } from '../tenants/tenant-schemas.ts'
import { callerOf } from '../wire/caller.ts'
import { Nothing, PageParams } from '../wire/wire-schemas.ts'
import {
  InvitationPage,
  InvitationParams,
  InvitationReply,
  MyInvitationParams,
  MyInvitationsReply,
  NewInvitationBody,
  ResendBody,
  SentInvitationReply,
  TokenBody,
} from './invitation-schemas.ts'
import { MEMBER_DOCS } from './member-docs.ts'

/** Invitations, for those who send them and for signed-in users who receive them. */
export const invitationRoutes: FastifyPluginAsyncTypebox<{ plane: ControlPlane }> = async (
  app,
  { plane: { invitations } },
) => {
  app.get(
    '/tenants/:tenant/invitations',
    {
      config: { access: 'account', doc: MEMBER_DOCS['GET /tenants/:tenant/invitations'] },
      schema: { params: TenantParams, querystring: PageParams, response: { 200: InvitationPage } },
    },
    async (request) => invitations.list(callerOf(request), request.params.tenant, request.query),
  )

  app.post(
    '/tenants/:tenant/invitations',
    {
      config: { access: 'account', doc: MEMBER_DOCS['POST /tenants/:tenant/invitations'] },
      bodyLimit: BODY_BYTES.management,
      schema: {
        params: TenantParams,
        body: NewInvitationBody,
        response: { 201: SentInvitationReply },
      },
    },
    async (request, reply) => {
      const { tenant } = request.params
      return reply.code(201).send(await invitations.create(callerOf(request), tenant, request.body))
    },
  )

  app.post(
    '/tenants/:tenant/invitations/:invitation/resend',
    {
      config: {
        access: 'account',
        doc: MEMBER_DOCS['POST /tenants/:tenant/invitations/:invitation/resend'],
      },
      bodyLimit: BODY_BYTES.management,
      schema: {
        params: InvitationParams,
        body: ResendBody,
        response: { 200: SentInvitationReply },
      },
    },
    async (request) => {
      const { tenant, invitation } = request.params
      return invitations.resend(callerOf(request), tenant, invitation, request.body.expires_in)
    },
  )

  app.delete(
    '/tenants/:tenant/invitations/:invitation',
    {
      config: {
        access: 'account',
        doc: MEMBER_DOCS['DELETE /tenants/:tenant/invitations/:invitation'],
      },
      schema: { params: InvitationParams, response: { 204: Nothing } },
    },
    async (request, reply) => {
      const { tenant, invitation } = request.params
      await invitations.withdraw(callerOf(request), tenant, invitation)
      return reply.code(204).send()
    },
  )

  app.get(
    '/users/me/invitations',
    {
      config: { access: 'account', doc: MEMBER_DOCS['GET /users/me/invitations'] },
      schema: { response: { 200: MyInvitationsReply } },
    },
    async (request) => ({ items: await invitations.listMine(callerOf(request)) }),
  )

  app.post(
    '/users/me/invitations/accept',
    {
      config: { access: 'account', doc: MEMBER_DOCS['POST /users/me/invitations/accept'] },
      bodyLimit: BODY_BYTES.management,
      schema: { body: TokenBody, response: { 200: InvitationReply } },
    },
    async (request) => invitations.acceptByToken(request.body.token, callerOf(request)),
  )

  app.post(
    '/users/me/invitations/:invitation/accept',
    {
      config: {
        access: 'account',
        doc: MEMBER_DOCS['POST /users/me/invitations/:invitation/accept'],
      },
      schema: { params: MyInvitationParams, response: { 200: InvitationReply } },
    },
    async (request) => invitations.accept(callerOf(request), request.params.invitation),
  )

  app.post(
    '/users/me/invitations/:invitation/decline',
    {
      config: {
        access: 'account',
        doc: MEMBER_DOCS['POST /users/me/invitations/:invitation/decline'],
      },
      schema: { params: MyInvitationParams, response: { 204: Nothing } },
    },
    async (request, reply) => {
      await invitations.decline(callerOf(request), request.params.invitation)
      return reply.code(204).send()
    },
  )
}
