import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import { accountAdmissionOf } from '../tenancy/request/admission.ts'
import { type AccountRoutesOptions, accountRoutes } from './accounts/account-routes.ts'
import { KB_PATHS, kbRoutes } from './kbs/kb-routes.ts'
import { apiKeyRoutes } from './keys/api-key-routes.ts'
import { invitationRoutes } from './members/invitation-routes.ts'
import { invitationTokenRoutes } from './members/invitation-token-routes.ts'
import { memberRoutes } from './members/member-routes.ts'
import { adminEngineRoutes } from './operators/admin-engine-routes.ts'
import { adminRoutes } from './operators/admin-routes.ts'
import { LiveEngines, type PooledEngines } from './operators/live-engines.ts'
import { recordRoutes } from './operators/record-routes.ts'
import { settingsRoutes } from './quotas/settings-routes.ts'
import { configRoutes } from './settings/config-routes.ts'
import { tenantRoutes } from './tenants/tenant-routes.ts'
import { Trash } from './trash/trash.ts'
import { trashRoutes } from './trash/trash-routes.ts'
import { assertSelectorsAgree } from './wire/agreeing-selectors.ts'
import { resolveOwnTenant } from './wire/caller.ts'
import { type OnControlRefusal, reportRefusals } from './wire/report-refusals.ts'

export interface ControlRoutesOptions extends AccountRoutesOptions {
  readonly engines: PooledEngines
  /** Called for callers who are refused, or ask for what is not there. */
  readonly onRefusal?: OnControlRefusal
}

/** The management API. Register it below `/api/v1`, where tenancy admits the requests. */
export const controlRoutes: FastifyPluginAsync<ControlRoutesOptions> = async (app, options) => {
  const { plane, onRefusal } = options
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, codedErrors: true }
  })
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store')
  })
  app.addHook('preValidation', async (request) => {
    if (accountAdmissionOf(request) === undefined) return
    await resolveOwnTenant(request, plane.tenants)
    await assertSelectorsAgree(request, plane)
  })
  reportRefusals(app, onRefusal)
  await registerAll(app, options)
}

async function registerAll(app: FastifyInstance, options: ControlRoutesOptions): Promise<void> {
  const { plane, authenticator, directory, tokens, guard } = options
  const engines = new LiveEngines(plane.core, plane.quotas.tenantKbs, options.engines)
  await app.register(tenantRoutes, { plane })
  const [kbPath, ...otherPaths] = KB_PATHS
  await app.register(kbRoutes, { plane, path: kbPath })
  await app.register(async (aliases) => {
    hideFromDescription(aliases)
    for (const path of otherPaths) await aliases.register(kbRoutes, { plane, path })
  })
  await app.register(memberRoutes, { plane })
  await app.register(invitationRoutes, { plane })
  await app.register(invitationTokenRoutes, { plane })
  await app.register(apiKeyRoutes, { plane })
  await app.register(settingsRoutes, { plane })
  await app.register(configRoutes, { plane })
  await app.register(recordRoutes, { plane })
  await app.register(adminRoutes, { plane })
  await app.register(adminEngineRoutes, { engines })
  await app.register(trashRoutes, { trash: new Trash(plane.core) })
  await app.register(accountRoutes, { plane, authenticator, directory, tokens, guard })
}

/** For second spellings: the description of the API tells of each thing once. */
export function hideFromDescription(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    route.schema = { ...route.schema, hide: true }
  })
}
