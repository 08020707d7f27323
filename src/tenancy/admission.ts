import type { FastifyRequest } from 'fastify'
import type { TenantContext } from './context.ts'
import type { Credentials } from './credential.ts'
import type { RouteRule } from './permissions.ts'
import type { Principal } from './principal.ts'

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

const accounts = new WeakMap<FastifyRequest, AccountAdmission>()

export function accountAdmitted(request: FastifyRequest, admission: AccountAdmission): void {
  accounts.set(request, admission)
}

/** Undefined for requests of all routes but those of access `account`. */
export function accountAdmissionOf(request: FastifyRequest): AccountAdmission | undefined {
  return accounts.get(request)
}

/** On the request itself: a weak map costs each request a microsecond, and the collector more. */
const ADMISSION: unique symbol = Symbol('admission')

declare module 'fastify' {
  interface FastifyRequest {
    [ADMISSION]?: Admission
  }
}

export function admitted(request: FastifyRequest, admission: Admission): void {
  request[ADMISSION] = admission
}

/** Undefined for requests of public routes, and for those that were refused. */
export function admissionOf(request: FastifyRequest): Admission | undefined {
  return request[ADMISSION]
}
