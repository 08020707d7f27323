import type { FastifyRequest } from 'fastify'
import type { RouteRule } from '../../http/route-access.ts'
import { type Awaitable, andThen } from '../awaitable.ts'
import type { TenantContext } from '../context.ts'
import { mayUse, permissionDenied } from '../permissions.ts'
import { actingIn, type Principal } from '../principal.ts'
import type { Authenticator } from '../sign-in/authenticator.ts'
import {
  assertSentOnce,
  type Credentials,
  credentialId,
  isEmpty,
  readCredentials,
} from '../sign-in/credential.ts'
import { assertOwnPage } from '../sign-in/session-cookie.ts'
import { TenancyError } from '../tenancy-error.ts'
import { admitted } from './admission.ts'
import {
  type ChosenWorkspace,
  chooseWorkspace,
  type WorkspaceSelector,
} from './workspace-choice.ts'

export interface RequestAuthorizationOptions {
  readonly authenticator: Authenticator
  readonly selectors: readonly WorkspaceSelector[]
  /**
   * Who a caller acts as in this request, before a workspace is chosen; itself unless given. It may
   * refuse with a `TenancyError`.
   */
  readonly actAs?: (request: FastifyRequest, principal: Principal) => Awaitable<Principal>
}

const UNPLACED: ReadonlySet<string> = new Set(['no_workspace', 'workspace_required'])

/** How it is decided about one request. */
export interface Authorization {
  /** Who sends it, as soon as that much is known. */
  readonly principal: Principal | undefined
  /** Admits the request, or fails; at once where nothing has to be waited for. */
  decide(): Awaitable<void>
}

/** The authorization of one request: who sends it, as whom, to which workspace, and whether it is allowed. */
export class RequestAuthorization implements Authorization {
  /** Who sends it, as soon as that much is known. */
  principal: Principal | undefined
  readonly #request: FastifyRequest
  readonly #rule: RouteRule
  readonly #options: RequestAuthorizationOptions

  constructor(request: FastifyRequest, rule: RouteRule, options: RequestAuthorizationOptions) {
    this.#request = request
    this.#rule = rule
    this.#options = options
  }

  /** Admits the request, or fails; at once where nothing has to be waited for. */
  decide(): Awaitable<void> {
    const request = this.#request
    const { access } = this.#rule
    const { authenticator } = this.#options
    if (access === 'public') {
      admitted(request, 'unnamed')
      return
    }
    assertSentOnce(request.raw)
    const credentials = readCredentials(request.headers)
    if (credentials.isSession === true) assertOwnPage(request)
    if (access === 'optional' && isEmpty(credentials) && !authenticator.open) {
      admitted(request, 'unnamed')
      return
    }
    return andThen(authenticator.authenticate(credentials), (principal) => {
      this.principal = principal
      if (access !== 'account') return this.#act(principal, credentials)
      admitted(request, { principal, credentials })
    })
  }

  #act(principal: Principal, credentials: Credentials): Awaitable<void> {
    const { actAs } = this.#options
    if (actAs === undefined) return this.#choose(principal, credentials)
    return andThen(actAs(this.#request, principal), (acting) => this.#choose(acting, credentials))
  }

  #choose(principal: Principal, credentials: Credentials): Awaitable<void> {
    this.principal = principal
    if (this.#rule.unplaced === true) return this.#chooseIfAny(principal, credentials)
    const choice = chooseWorkspace(this.#options.selectors, this.#request, principal)
    return andThen(choice, (chosen) => this.#admitTo(chosen, principal, credentials))
  }

  /** A caller who named no workspace, and has none by default, comes in without one. */
  async #chooseIfAny(principal: Principal, credentials: Credentials): Promise<void> {
    try {
      const choice = chooseWorkspace(this.#options.selectors, this.#request, principal)
      this.#admitTo(await choice, principal, credentials)
    } catch (error) {
      const isUnplaced = error instanceof TenancyError && UNPLACED.has(error.code)
      if (!isUnplaced || !mayUse(principal, this.#rule.access)) throw error
      admitted(this.#request, { principal, credentials })
    }
  }

  #admitTo(
    { workspace, chosenBy, grant }: ChosenWorkspace,
    chooser: Principal,
    credentials: Credentials,
  ): void {
    const principal = grant === undefined ? chooser : actingIn(chooser, grant)
    this.principal = principal
    if (!mayUse(principal, this.#rule.access)) throw permissionDenied()
    const context = new RequestContext(this.#request, principal, workspace, credentials)
    admitted(this.#request, { context, rule: this.#rule, credentials, chosenBy })
  }
}

/** The context of an admitted request. A class: a getter in a literal costs over a microsecond. */
class RequestContext implements TenantContext {
  readonly principal: Principal
  readonly workspace: string
  readonly requestId: string
  readonly #credentials: Credentials
  #credentialId: string | undefined

  constructor(
    request: { readonly id: string },
    principal: Principal,
    workspace: string,
    credentials: Credentials,
  ) {
    this.principal = principal
    this.workspace = workspace
    this.requestId = request.id
    this.#credentials = credentials
    Object.freeze(this)
  }

  /** Made only when somebody limits by it. */
  get credentialId(): string {
    this.#credentialId ??= credentialId(this.#credentials, this.principal.userId)
    return this.#credentialId
  }
}
