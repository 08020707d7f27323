import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { ADMIN_DOCS } from '../operators/admin-docs.ts'
import { TenantParams } from '../tenants/tenant-schemas.ts'
import { callerOf } from '../wire/caller.ts'
import { NullableString, PageParams, pageReply } from '../wire/wire-schemas.ts'
import type { Trash } from './trash.ts'

const TrashPage = pageReply(
  Type.Object({
    job_id: Type.String(),
    tenant_id: Type.String(),
    tenant_slug: Type.String(),
    tenant_name: Type.String(),
    kb_id: NullableString,
    kb_slug: NullableString,
    kb_name: NullableString,
    step: Type.Enum(['marked', 'trashed', 'purging', 'purged', 'restored']),
    can_be_restored: Type.Boolean(),
    deleted_at: Type.String(),
    deleted_by: Type.String(),
    purge_after: Type.String(),
  }),
)

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
