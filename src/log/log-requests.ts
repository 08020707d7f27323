import type { FastifyInstance, FastifyRequest } from 'fastify'
import { withoutSecrets } from '../control/database/opaque-id.ts'
import type { Principal } from '../tenancy/principal.ts'
import { accountAdmissionOf, admissionOf } from '../tenancy/request/admission.ts'

/** Asked by machines every few seconds. */
const HEALTH = '/health'

/**
 * One line for each request when it is over: what was asked and answered, and who asked for which
 * workspace. No body, no query string and no credential.
 */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    const { statusCode } = reply
    const isQuiet = request.routeOptions.url === HEALTH && statusCode < 400
    const level = statusCode >= 500 ? 'warn' : isQuiet ? 'debug' : 'info'
    const responseTime = Math.round(reply.elapsedTime * 10) / 10
    const about = { req: request, res: { statusCode }, responseTime, ...callerOf(request) }
    request.log[level](about, 'request completed')
    done()
  })
  app.addHook('onRequestAbort', (request, done) => {
    request.log.info({ req: request, ...callerOf(request) }, 'request abandoned')
    done()
  })
}

interface Caller {
  readonly user?: string
  readonly workspace?: string
  readonly tenant_id?: string
  readonly kb_id?: string
}

function callerOf(request: FastifyRequest): Caller {
  const admission = admissionOf(request)
  const principal = admission?.context.principal ?? accountAdmissionOf(request)?.principal
  if (principal === undefined) return {}
  const user = principal.userId
  if (admission === undefined) return { user, ...tenantOf(principal) }
  const { workspace } = admission.context
  const grant = principal.grants?.find((one) => one.workspace === workspace)
  if (grant === undefined) return { user, workspace, ...tenantOf(principal) }
  return { user, workspace, tenant_id: grant.tenant.id, kb_id: grant.kb.id }
}

/** Of a caller who has chosen no knowledge base. */
function tenantOf({ keyOf, actingFor }: Principal): Pick<Caller, 'tenant_id'> {
  const id = keyOf?.tenantId ?? actingFor
  return id === undefined ? {} : { tenant_id: id }
}

/**
 * A request as the log shows it. Clients put keys, tokens and questions behind the `?`, which is left
 * out, and the tokens of links into paths, also into such as no route has.
 */
export function loggedRequest({ method, url, host, ip, socket }: FastifyRequest) {
  const { remotePort } = socket
  const port = remotePort === undefined ? {} : { remotePort }
  const [path = '', query] = url.split('?', 2)
  const shown = query === undefined ? path : `${path}?…`
  return { method, url: withoutSecrets(shown), host, remoteAddress: ip, ...port }
}
