import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  preHandlerHookHandler,
} from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import type { RouteRule } from '../http/route-access.ts'
import { type Awaitable, isThenable } from './awaitable.ts'
import type { ContextCarrier } from './context.ts'
import { mayUse, type PermissionTable, permissionDenied } from './permissions.ts'
import type { Principal } from './principal.ts'
import { admissionOf, isAdmitted } from './request/admission.ts'
import {
  type Authorization,
  RequestAuthorization,
  type RequestAuthorizationOptions,
} from './request/request-authorization.ts'
import { markGuarded } from './request/require-admission.ts'
import { RoutePermissions } from './request/route-permissions.ts'
import { type WorkspaceSelector, workspaceHeader } from './request/workspace-choice.ts'
import { refusalBody, TenancyError } from './tenancy-error.ts'

type Done = (error?: Error) => void

/** A request that was turned away, for the audit. */
export interface Refusal {
  readonly error: TenancyError
  readonly request: FastifyRequest
  /** Who was turned away, when that much was known. */
  readonly principal: Principal | undefined
}

export interface TenancyOptions
  extends Omit<RequestAuthorizationOptions, 'selectors'>,
    Omit<GateOptions, 'authorize'> {
  /** Default: the header `LIGHTRAG-WORKSPACE` alone. */
  readonly selectors?: readonly WorkspaceSelector[]
}

export interface GateOptions {
  /** Rows of routes that do not state their access themselves, such as those of plugins. */
  readonly permissions?: PermissionTable
  readonly context: ContextCarrier
  readonly onRefusal?: (refusal: Refusal) => void
  /** How it is decided about a request. */
  readonly authorize: (request: FastifyRequest, rule: RouteRule) => Authorization
}

/**
 * Admits the requests of the scope it is registered in: credential, principal, workspace,
 * permission, all before a body is read; then runs the handler inside the context of the caller.
 *
 * Register it before the routes: one that states no `config.access`, and has no row in `permissions`,
 * stops the start.
 */
const tenancyPlugin: FastifyPluginAsync<TenancyOptions> = async (app, options) => {
  const authorized = { selectors: [workspaceHeader], ...options }
  admitRequests(app, {
    ...options,
    authorize: (request, rule) => new RequestAuthorization(request, rule, authorized),
  })
}

/** The same, where it is decided about requests in another way. */
export function admitRequests(app: FastifyInstance, options: GateOptions): void {
  const gate = new Gate(options)
  const enter: preHandlerHookHandler = (request, _reply, done) => gate.enter(request, done)
  app.addHook('onRoute', (route) => {
    gate.permissions.add(route)
    markGuarded(route)
    // After every other preHandler of the route, whoever added it.
    route.preHandler = [route.preHandler ?? []].flat().concat(enter)
  })
  app.addHook('onRequest', (request, _reply, done) => gate.admit(request, done))
  replyToRefusals(app, gate)
}

class Gate {
  readonly permissions: RoutePermissions
  readonly #options: GateOptions
  /** Refusals that were reported: each is, once, wherever it was thrown. */
  readonly #reported = new WeakSet<TenancyError>()

  constructor(options: GateOptions) {
    this.permissions = new RoutePermissions(options.permissions)
    this.#options = options
  }

  /** Calls `done` at once where nothing has to be waited for: each await costs every request. */
  admit(request: FastifyRequest, done: Done): void {
    if (request.is404) {
      done()
      return
    }
    let authorization: Authorization | undefined
    let deciding: Awaitable<void>
    try {
      authorization = this.#options.authorize(request, this.#ruleOf(request))
      deciding = authorization.decide()
    } catch (error) {
      done(this.#refusal(error, request, authorization))
      return
    }
    // Nothing is entered here, only decided.
    if (!isThenable(deciding)) done()
    else {
      deciding.then(
        () => done(),
        (error: unknown) => done(this.#refusal(error, request, authorization)),
      )
    }
  }

  /** Runs `done`, and with it the handler, in the context of an admitted request. */
  enter(request: FastifyRequest, done: Done): void {
    const admission = admissionOf(request)
    if (admission === undefined) {
      done(isAdmitted(request) ? undefined : new Error('Nothing was decided about this request'))
      return
    }
    const { context, rule } = admission
    if (rule.alsoNeeds?.(request).some((needed) => !mayUse(context.principal, needed))) {
      done(permissionDenied())
      return
    }
    this.#options.context.run(context, done)
  }

  report(error: TenancyError, request: FastifyRequest, principal: Principal | undefined): void {
    if (this.#reported.has(error)) return
    this.#reported.add(error)
    this.#options.onRefusal?.({ error, request, principal })
  }

  #refusal(
    error: unknown,
    request: FastifyRequest,
    authorization: Authorization | undefined,
  ): Error {
    if (error instanceof TenancyError) this.report(error, request, authorization?.principal)
    // `done` takes what is no error, such as a rejection without a reason, for leave to go on.
    return error instanceof Error ? error : new Error('Admission failed', { cause: error })
  }

  #ruleOf(request: FastifyRequest): RouteRule {
    return this.permissions.of(request.method, request.routeOptions.url ?? '')
  }
}

/** Sends refusals in their own shape, and leaves all other errors to the handler of before. */
function replyToRefusals(app: FastifyInstance, gate: Gate): void {
  const others = app.errorHandler
  app.setErrorHandler((error, request, reply) => {
    if (!(error instanceof TenancyError)) return others.call(app, error, request, reply)
    gate.report(error, request, admissionOf(request)?.context.principal)
    return sendRefusal(error, request, reply)
  })
}

function sendRefusal(error: TenancyError, request: FastifyRequest, reply: FastifyReply) {
  if (error.statusCode >= 500) request.log.error(error)
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds)
  return reply.code(error.statusCode).send(refusalBody(error, request.id))
}

export const tenancy = fastifyPlugin(tenancyPlugin, { name: 'tenancy', fastify: '5.x' })
