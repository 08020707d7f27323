import type { FastifyRequest } from 'fastify'
import type { TenantContext } from './context.ts'
import type { Credentials } from './credential.ts'
import type { RouteRule } from './permissions.ts'

/** What the layer decided about a request that it let in. */
export interface Admission {
  readonly context: TenantContext
  readonly rule: RouteRule
  readonly credentials: Credentials
  /** The selectors that chose the workspace; none when it is the caller's default. */
  readonly chosenBy: readonly string[]
}

const admissions = new WeakMap<FastifyRequest, Admission>()

export function admitted(request: FastifyRequest, admission: Admission): void {
  admissions.set(request, admission)
}

/** Undefined for requests of public routes, and for those that were refused. */
export function admissionOf(request: FastifyRequest): Admission | undefined {
  return admissions.get(request)
}
