import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { ACCOUNT_DOCS } from '../accounts/account-docs.ts'
import {
  NewUserBody,
  PasswordBody,
  UserPage,
  UserParams,
  UserReply,
} from '../accounts/user-schemas.ts'
import type { Actor } from '../authority/actor.ts'
import { assertSuperAdmin } from '../authority/authority.ts'
import type { ControlPlane } from '../control-plane.ts'
import { tenantListRoutes } from '../tenants/tenant-routes.ts'
import { callerOf } from '../wire/caller.ts'
import { Nothing, SearchParams } from '../wire/wire-schemas.ts'

/** `/admin/users`, `/admin/tenants`: for the operators of the server. */
export const adminRoutes: FastifyPluginAsyncTypebox<{ plane: ControlPlane }> = async (
  app,
  { plane: { users, tenants } },
) => {
  // Also what users may do themselves: here it goes without proof of who they are.
  app.addHook('preHandler', async (request) => assertSuperAdmin(callerOf(request)))

  await app.register(tenantListRoutes, { tenants, path: '/admin/tenants' })

  app.get(
    '/admin/users',
    {
      config: { access: 'account', doc: ACCOUNT_DOCS['GET /admin/users'] },
      schema: { querystring: SearchParams, response: { 200: UserPage } },
    },
    async (request) => users.list(callerOf(request), request.query),
  )

  app.post(
    '/admin/users',
    {
      config: { access: 'account', doc: ACCOUNT_DOCS['POST /admin/users'] },
      bodyLimit: BODY_BYTES.management,
      schema: { body: NewUserBody, response: { 201: UserReply } },
    },
    async (request, reply) =>
      reply.code(201).send(await users.create(callerOf(request), request.body)),
  )

  app.get(
    '/admin/users/:user',
    {
      config: { access: 'account', doc: ACCOUNT_DOCS['GET /admin/users/:user'] },
      schema: { params: UserParams, response: { 200: UserReply } },
    },
    async (request) => users.get(callerOf(request), request.params.user),
  )

  app.put(
    '/admin/users/:user/password',
    {
      config: { access: 'account', doc: ACCOUNT_DOCS['PUT /admin/users/:user/password'] },
      bodyLimit: BODY_BYTES.management,
      schema: { params: UserParams, body: PasswordBody, response: { 204: Nothing } },
    },
    async (request, reply) => {
      const actor = callerOf(request)
      await users.setPassword(actor, request.params.user, request.body.password)
      return reply.code(204).send()
    },
  )

  const acts = {
    'sign-out-everywhere': (actor: Actor, user: string) => users.signOutEverywhere(actor, user),
    disable: (actor: Actor, user: string) => users.setDisabled(actor, user, true),
    enable: (actor: Actor, user: string) => users.setDisabled(actor, user, false),
  }
  for (const word of ['sign-out-everywhere', 'disable', 'enable'] as const) {
    app.post(
      `/admin/users/:user/${word}`,
      {
        config: {
          access: 'account',
          doc: ACCOUNT_DOCS[`POST /admin/users/:user/${word}` as const],
        },
        schema: { params: UserParams, response: { 204: Nothing } },
      },
      async (request, reply) => {
        await acts[word](callerOf(request), request.params.user)
        return reply.code(204).send()
      },
    )
  }
}
