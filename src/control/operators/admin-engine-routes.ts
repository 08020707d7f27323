import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { assertSuperAdmin } from '../authority/authority.ts'
import { callerOf } from '../wire/caller.ts'
import { listOf, Ref } from '../wire/wire-schemas.ts'
import { ADMIN_DOCS } from './admin-docs.ts'
import { LiveEngineReply, type LiveEngines } from './live-engines.ts'

const EngineParams = Type.Object({ workspace: Ref })

const EngineListReply = Type.Object({ items: listOf(LiveEngineReply), total: Type.Integer() })

const FreedReply = Type.Object({ workspace: Type.String(), was_quarantined: Type.Boolean() })

const EvictedReply = Type.Object({ status: Type.String(), workspace: Type.String() })

/** `/admin/engines`: what is in memory, for the operators of the server. */
export const adminEngineRoutes: FastifyPluginAsyncTypebox<{ engines: LiveEngines }> = async (
  app,
  { engines },
) => {
  app.addHook('preHandler', async (request) => assertSuperAdmin(callerOf(request)))

  app.get(
    '/admin/engines',
    {
      config: { access: 'account', doc: ADMIN_DOCS['GET /admin/engines'] },
      schema: { response: { 200: EngineListReply } },
    },
    async (request) => {
      const items = await engines.list(callerOf(request))
      return { items, total: items.length }
    },
  )

  app.post(
    '/admin/engines/:workspace/evict',
    {
      config: { access: 'account', doc: ADMIN_DOCS['POST /admin/engines/:workspace/evict'] },
      schema: { params: EngineParams, response: { 202: EvictedReply } },
    },
    async (request, reply) => {
      const { workspace } = request.params
      await engines.evict(callerOf(request), workspace)
      return reply.code(202).send({ status: 'closing', workspace })
    },
  )

  app.post(
    '/admin/engines/:workspace/free',
    {
      config: { access: 'account', doc: ADMIN_DOCS['POST /admin/engines/:workspace/free'] },
      schema: { params: EngineParams, response: { 200: FreedReply } },
    },
    async (request) => {
      const { workspace } = request.params
      const wasQuarantined = await engines.free(callerOf(request), workspace)
      return { workspace, was_quarantined: wasQuarantined }
    },
  )
}
