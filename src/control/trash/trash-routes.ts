import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { ADMIN_DOCS } from '../operators/admin-docs.ts'
import { TenantParams } from '../tenants/tenant-schemas.ts'
import { callerOf } from '../wire/caller.ts'
import { PageParams, pageReply } from '../wire/wire-schemas.ts'
import { type Trash, TrashReply } from './trash.ts'

const TrashPage = pageReply(TrashReply)

/** What was deleted, and is not purged yet. */
export const trashRoutes: FastifyPluginAsyncTypebox<{ trash: Trash }> = async (app, { trash }) => {
  app.get(
    '/admin/trash',
    {
      config: { access: 'account', doc: ADMIN_DOCS['GET /admin/trash'] },
      schema: { querystring: PageParams, response: { 200: TrashPage } },
    },
    async (request) => trash.list(callerOf(request), request.query),
  )

  app.get(
    '/tenants/:tenant/trash',
    {
      config: { access: 'account', doc: ADMIN_DOCS['GET /tenants/:tenant/trash'] },
      schema: { params: TenantParams, querystring: PageParams, response: { 200: TrashPage } },
    },
    async (request) => trash.listOf(callerOf(request), request.params.tenant, request.query),
  )
}
