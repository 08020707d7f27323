import fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'
import type { Config } from '../../config/config.ts'
import { CONTROL_STATUS } from '../../control/core/control-error.ts'
import { DATA_ALIAS } from '../../control/wire/data-alias.ts'
import { DECISION_HEADER, type DecisionSeal } from '../../hosts/sealed-decision.ts'
import { type BodyBudget, budgetBodies } from '../../http/body/body-budget.ts'
import { boundBodies } from '../../http/body/body-deadlines.ts'
import { announceRequests } from '../../http/guards/announce-requests.ts'
import { refuseUnderPressure } from '../../http/guards/refuse-under-pressure.ts'
import { refuseWithoutRoom } from '../../http/guards/refuse-without-room.ts'
import { httpConventions, httpServerOptions } from '../../http/http-conventions.ts'
import type { RouteRule } from '../../http/route-access.ts'
import { context, type TenantContext } from '../../tenancy/context.ts'
import { mayUse, permissionDenied } from '../../tenancy/permissions.ts'
import { admissionOf, admitted } from '../../tenancy/request/admission.ts'
import { admitRequests, type Refusal } from '../../tenancy/tenancy.ts'
import { TENANCY_STATUS } from '../../tenancy/tenancy-error.ts'
import { senderOf } from '../guards/build-defences.ts'
import type { DiskRoom } from '../guards/disk-room.ts'
import { workOf, workspaceOf } from '../guards/request-work.ts'

/** Heads come from the front, which bounds what callers send, and carry its decision as well. */
const HEAD_BYTES = 64 * 1024
/** The front closes connections that it no longer needs. */
const NEVER = 0

export interface HostAppOptions {
  readonly log: FastifyBaseLogger
  readonly seal: DecisionSeal
  readonly bodies: BodyBudget
  readonly room: DiskRoom
  /** Adds the handlers of the data. */
  readonly registerRoutes: (scope: FastifyInstance) => Promise<void>
  /** Whether they are also served below paths that name a tenant. */
  readonly hasAlias: boolean
  readonly onRefusal: (refusal: Refusal) => void
}

/** They stay in the front. */
const NONE = { apiKey: undefined, bearerKey: undefined, token: undefined }

/** The ids of decisions, by the contexts that they made. */
export const decisionIds = new WeakMap<TenantContext, string>()

/** The app of a host, not listening yet: LightRAG's API for requests that the front has admitted. */
export async function buildHostApp(
  config: Config,
  options: HostAppOptions,
): Promise<FastifyInstance> {
  const { log, seal, bodies, room } = options
  const app: FastifyInstance = fastify({
    ...httpServerOptions,
    http: { maxHeaderSize: HEAD_BYTES },
    keepAliveTimeout: NEVER,
    forceCloseConnections: 'idle',
    // The front writes a line for each request.
    logController: new LogController({ disableRequestLogging: true }),
    loggerInstance: log,
  })
  boundBodies(app, {
    smallBodyMs: config.REQUEST_BODY_SECONDS * 1000,
    silenceMs: config.REQUEST_SILENCE_SECONDS * 1000,
  })
  await app.register(announceRequests, {
    workOf: workOf((admitted) => decisionIds.get(admitted)),
  })
  await app.register(refuseUnderPressure, {
    maxEventLoopDelayMs: config.MAX_EVENT_LOOP_DELAY_MS,
    callerOf: senderOf,
    workspaceOf,
  })
  await app.register(httpConventions, {
    errorStatuses: { ...TENANCY_STATUS, ...CONTROL_STATUS },
    maxBodyBytes: config.MAX_REQUEST_BODY_BYTES,
  })
  budgetBodies(app, bodies, senderOf)
  await app.register(refuseWithoutRoom, {
    refuseUnlessFree: (bytes) => room.refuseUnlessFree(bytes),
  })
  await app.register(async (scope) => {
    admitRequests(scope, {
      context,
      onRefusal: options.onRefusal,
      authorize: (request, rule) => {
        const decision = seal.open(request.headers[DECISION_HEADER])
        const principal = decision?.context.principal
        return {
          principal,
          decide: () => {
            if (decision === undefined) throw permissionDenied()
            assertMayUse(decision.context, rule)
            decisionIds.set(decision.context, decision.id)
            admitted(request, { context: decision.context, rule, credentials: NONE, chosenBy: [] })
          },
        }
      },
    })
    await options.registerRoutes(scope)
    if (options.hasAlias) await scope.register(options.registerRoutes, { prefix: DATA_ALIAS })
  })
  return app
}

/** The decision of the front, once more: a route that it does not allow is not served by mistake. */
function assertMayUse({ principal }: TenantContext, { access }: RouteRule): void {
  if (!mayUse(principal, access)) throw permissionDenied()
}

/** Of a request that a handler refused. */
export function decisionIdOf({ request }: Refusal): string | undefined {
  const admission = admissionOf(request)
  return admission && decisionIds.get(admission.context)
}
