import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Actor } from '../authority/actor.ts'
import type { ActFilter, ActPage, Acts } from '../authority/acts.ts'
import type { ControlPlane } from '../control-plane.ts'
import { SETTINGS_DOCS } from '../quotas/settings-docs.ts'
import { TenantParams } from '../tenants/tenant-schemas.ts'
import { callerOf } from '../wire/caller.ts'
import {
  ActExportQuery,
  ActPageReply,
  ActQuery,
  USAGE_GROUPS,
  UsageQuery,
  UsageReply,
} from './record-schemas.ts'

/** What was done in a tenant, and what it has used. */
export const recordRoutes: FastifyPluginAsyncTypebox<{ plane: ControlPlane }> = async (
  app,
  { plane: { acts, usage } },
) => {
  app.get(
    '/tenants/:tenant/audit',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['GET /tenants/:tenant/audit'] },
      schema: { params: TenantParams, querystring: ActQuery, response: { 200: ActPageReply } },
    },
    async (request) => acts.list(callerOf(request), request.params.tenant, request.query),
  )

  app.get(
    '/tenants/:tenant/audit/export',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['GET /tenants/:tenant/audit/export'] },
      schema: { params: TenantParams, querystring: ActExportQuery },
    },
    async (request, reply) => {
      const { tenant } = request.params
      const actor = callerOf(request)
      // Read before the answer begins: a refusal has to be one.
      const first = await acts.list(actor, tenant, { ...request.query, limit: PAGE })
      const lines = actLines(acts, actor, tenant, request.query, first)
      return reply
        .header('content-type', 'application/x-ndjson')
        .header('content-disposition', 'attachment; filename="audit.ndjson"')
        .send(Readable.from(lines))
    },
  )

  app.get(
    '/tenants/:tenant/usage',
    {
      config: { access: 'account', doc: SETTINGS_DOCS['GET /tenants/:tenant/usage'] },
      schema: { params: TenantParams, querystring: UsageQuery, response: { 200: UsageReply } },
    },
    async (request) => {
      const { group_by, ...filter } = request.query
      const named = group_by?.split(',')
      const groups = named && USAGE_GROUPS.filter((group) => named.includes(group))
      return usage.report(callerOf(request), request.params.tenant, { ...filter, group_by: groups })
    },
  )
}

const PAGE = 100

/** One line of JSON for each act, the newest first; rights are checked again for each page. */
async function* actLines(
  acts: Acts,
  actor: Actor,
  tenant: string,
  filter: ActFilter,
  first: ActPage,
): AsyncGenerator<string> {
  let page = first
  for (;;) {
    if (page.items.length > 0) yield page.items.map((act) => `${JSON.stringify(act)}\n`).join('')
    if (page.next_cursor === null) return
    page = await acts.list(actor, tenant, { ...filter, limit: PAGE, cursor: page.next_cursor })
  }
}
