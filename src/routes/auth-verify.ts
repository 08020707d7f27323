import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { SERVER_DOCS } from '../openapi/server-docs.ts'

const VerifyReply = Type.Object({ status: Type.Literal('ok') })

/** `GET /auth/verify`: a caller who comes as far as here was let in. */
export const authVerifyRoutes: FastifyPluginAsyncTypebox = async (app) => {
  app.get(
    '/auth/verify',
    {
      config: {
        access: { access: 'signed-in', unplaced: true },
        doc: SERVER_DOCS['GET /auth/verify'],
      },
      schema: { response: { 200: VerifyReply } },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return { status: 'ok' as const }
    },
  )
}
