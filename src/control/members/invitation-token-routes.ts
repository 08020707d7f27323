import rateLimit from '@fastify/rate-limit'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { BODY_BYTES } from '../../http/body/body-sizes.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import type { ControlPlane } from '../control-plane.ts'
import { Nothing } from '../wire/wire-schemas.ts'
import { InvitationReply, NewAccountBody, TokenBody } from './invitation-schemas.ts'
import { MEMBER_DOCS } from './member-docs.ts'

/** Of one address. Each attempt may cost a hash of a password. */
const ATTEMPTS_A_MINUTE = 20

/** Invitations for people with nothing but the token in a link; open to everybody, and bounded. */
export const invitationTokenRoutes: FastifyPluginAsyncTypebox<{ plane: ControlPlane }> = async (
  app,
  { plane: { invitations } },
) => {
  await app.register(rateLimit, {
    max: ATTEMPTS_A_MINUTE,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { ttl }) =>
      new TenancyError('rate_limited', 'Too many attempts; try again later', {
        retryAfterSeconds: Math.ceil(ttl / 1000),
      }),
  })

  app.post(
    '/invitations/accept',
    {
      config: { access: 'public', doc: MEMBER_DOCS['POST /invitations/accept'] },
      bodyLimit: BODY_BYTES.small,
      schema: { body: NewAccountBody, response: { 201: InvitationReply } },
    },
    async (request, reply) => {
      const { token, ...account } = request.body
      return reply.code(201).send(await invitations.acceptByToken(token, account))
    },
  )

  app.post(
    '/invitations/decline',
    {
      config: { access: 'public', doc: MEMBER_DOCS['POST /invitations/decline'] },
      bodyLimit: BODY_BYTES.small,
      schema: { body: TokenBody, response: { 204: Nothing } },
    },
    async (request, reply) => {
      await invitations.declineByToken(request.body.token)
      return reply.code(204).send()
    },
  )
}
