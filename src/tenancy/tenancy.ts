import type {
  FastifyInstance,
  FastifyPluginAsync,
  FastifyReply,
  FastifyRequest,
  preHandlerHookHandler,
  RouteOptions,
} from 'fastify'
import fastifyPlugin from 'fastify-plugin'
import { accountAdmitted, admissionOf, admitted } from './admission.ts'
import type { Authenticator } from './authenticator.ts'
import type { ContextCarrier } from './context.ts'
import { type Credentials, credentialId, readCredentials } from './credential.ts'
import { refusalBody, TenancyError } from './errors.ts'
import { mayUse, type PermissionTable, type RouteRule, ruleOf } from './permissions.ts'
import { actingIn, type Principal } from './principal.ts'
import { chooseWorkspace, type WorkspaceSelector, workspaceHeader } from './workspace-choice.ts'

/** A request that was turned away, for the audit. */
export interface Refusal {
  readonly error: TenancyError
  readonly request: FastifyRequest
  /** Who was turned away, when that much was known. */
  readonly principal: Principal | undefined
}

export interface TenancyOptions {
  readonly authenticator: Authenticator
  readonly permissions: PermissionTable
  readonly context: ContextCarrier
  /** Default: the header `LIGHTRAG-WORKSPACE` alone. */
  readonly selectors?: readonly WorkspaceSelector[]
  /**
   * Who a caller acts as in this request, before a workspace is chosen; itself unless given. It may
   * refuse with a `TenancyError`.
   */
  readonly actAs?: (request: FastifyRequest, principal: Principal) => Promise<Principal>
  readonly onRefusal?: (refusal: Refusal) => void
}

/**
 * Admits the requests of the scope it is registered in: credential, principal, workspace,
 * permission, all before a body is read; then runs the handler inside the context of the caller.
 *
 * Register it before the routes: one that has no row in `permissions` stops the start.
 */
const tenancyPlugin: FastifyPluginAsync<TenancyOptions> = async (app, options) => {
  const gate = new Gate(options)
  const enter: preHandlerHookHandler = (request, _reply, done) => gate.enter(request, done)
  app.addHook('onRoute', (route) => {
    assertHasRow(options.permissions, route)
    // After every other preHandler of the route, whoever added it.
    route.preHandler = [route.preHandler ?? []].flat().concat(enter)
  })
  app.addHook('onRequest', (request, _reply, done) => {
    // A callback hook around an async function: nothing is entered here, only decided.
    gate.admit(request).then(() => done(), done)
  })
  replyToRefusals(app, gate)
}

class Gate {
  readonly #options: TenancyOptions
  /** Refusals that were reported: each is, once, wherever it was thrown. */
  readonly #reported = new WeakSet<TenancyError>()

  constructor(options: TenancyOptions) {
    this.#options = options
  }

  async admit(request: FastifyRequest): Promise<void> {
    if (request.is404) return
    let principal: Principal | undefined
    try {
      const rule = this.#ruleOf(request)
      const credentials = readCredentials(request.headers)
      if (rule.access === 'public') return
      const { authenticator, selectors = [workspaceHeader], actAs } = this.#options
      if (rule.access === 'optional' && isEmpty(credentials) && !authenticator.open) return
      principal = await authenticator.authenticate(credentials)
      if (rule.access === 'account') {
        accountAdmitted(request, { principal, credentials })
        return
      }
      if (actAs !== undefined) principal = await actAs(request, principal)
      const choice = chooseWorkspace(selectors, request, principal)
      // Each await costs every request; the usual selectors need none.
      const chosen = choice instanceof Promise ? await choice : choice
      const { workspace, chosenBy, holding } = chosen
      if (holding !== undefined) principal = actingIn(principal, holding)
      if (!mayUse(principal, rule.access)) throw denied()
      const { userId } = principal
      const context = Object.freeze({
        principal,
        workspace,
        requestId: request.id,
        // Made only when somebody limits by it.
        get credentialId() {
          return credentialId(credentials, userId)
        },
      })
      admitted(request, { context, rule, credentials, chosenBy })
    } catch (error) {
      if (error instanceof TenancyError) this.report(error, request, principal)
      throw error
    }
  }

  /** Runs `done`, and with it the handler, in the context of an admitted request. */
  enter(request: FastifyRequest, done: (error?: Error) => void): void {
    const admission = admissionOf(request)
    if (admission === undefined) {
      done()
      return
    }
    const { context, rule } = admission
    const needed = rule.alsoNeeds?.(request) ?? []
    if (needed.every((permission) => mayUse(context.principal, permission))) {
      this.#options.context.run(context, done)
      return
    }
    done(denied())
  }

  report(error: TenancyError, request: FastifyRequest, principal: Principal | undefined): void {
    if (this.#reported.has(error)) return
    this.#reported.add(error)
    this.#options.onRefusal?.({ error, request, principal })
  }

  #ruleOf(request: FastifyRequest): RouteRule {
    const rule = ruleOf(this.#options.permissions, request.method, request.routeOptions.url ?? '')
    // Only a route that was registered before the plugin comes here.
    if (rule === undefined) throw rowMissing(request.method, request.routeOptions.url)
    return rule
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

function assertHasRow(permissions: PermissionTable, route: RouteOptions): void {
  for (const method of [route.method].flat()) {
    if (ruleOf(permissions, method, route.url) === undefined) throw rowMissing(method, route.url)
  }
}

function rowMissing(method: string, url: string | undefined): TenancyError {
  return new TenancyError('route_without_permission', `No permission is declared: ${method} ${url}`)
}

function denied(): TenancyError {
  return new TenancyError('permission_denied', 'Your role does not allow this')
}

function isEmpty({ apiKey, bearerKey, token }: Credentials): boolean {
  return apiKey === undefined && bearerKey === undefined && token === undefined
}

export const tenancy = fastifyPlugin(tenancyPlugin, { name: 'tenancy', fastify: '5.x' })
