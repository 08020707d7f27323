import type { FastifyRequest } from 'fastify'
import { authoredBy } from '../../http/request-author.ts'
import type { RouteRule } from '../../http/route-access.ts'
import type { TenantContext } from '../context.ts'
import type { Principal } from '../principal.ts'
import type { Credentials } from '../sign-in/credential.ts'

/** What the layer decided about a request that it let in. */
export interface Admission {
  readonly context: TenantContext
  readonly rule: RouteRule
  readonly credentials: Credentials
  /** The selectors that chose the workspace; none when it is the caller's default. */
  readonly chosenBy: readonly string[]
}

/** Who sent a request to a route that is about accounts, and runs in no workspace. */
export interface AccountAdmission {
  readonly principal: Principal
  readonly credentials: Credentials
}

/** Of a request that needs no principal. */
type Unnamed = 'unnamed'

/** On the request itself: a weak map costs each request a microsecond, and the collector more. */
const DECISION: unique symbol = Symbol('decision')

declare module 'fastify' {
  interface FastifyRequest {
    [DECISION]?: Admission | AccountAdmission | Unnamed
  }
}

/** Lets the request in. Without this it comes to no handler. */
export function admitted(
  request: FastifyRequest,
  decision: Admission | AccountAdmission | Unnamed,
): void {
  request[DECISION] = decision
  if (typeof decision === 'object' && 'context' in decision) {
    const { userId, username } = decision.context.principal
    authoredBy(request, { id: userId, name: username })
  }
}

export function isAdmitted(request: FastifyRequest): boolean {
  return request[DECISION] !== undefined
}

/** Undefined for requests of public routes, and for those that were refused. */
export function admissionOf(request: FastifyRequest): Admission | undefined {
  const decision = request[DECISION]
  return typeof decision === 'object' && 'context' in decision ? decision : undefined
}

/** Undefined for requests of all routes but those of access `account`. */
export function accountAdmissionOf(request: FastifyRequest): AccountAdmission | undefined {
  const decision = request[DECISION]
  return typeof decision === 'object' && 'principal' in decision ? decision : undefined
}

/** Who sent a request, wherever it runs; undefined for strangers. */
export function callerIn(request: FastifyRequest): Principal | undefined {
  return admissionOf(request)?.context.principal ?? accountAdmissionOf(request)?.principal
}
