import type { FastifyRequest } from 'fastify'
import type { Work } from '../../engine/work/announced-work.ts'
import type { TenantContext } from '../../tenancy/context.ts'
import { admissionOf } from '../../tenancy/request/admission.ts'

/** The workspace of a request that was admitted to one. */
export function workspaceOf(request: FastifyRequest): string | undefined {
  return admissionOf(request)?.context.workspace
}

/**
 * The work on a request beside that of the engine: reading what was sent, and writing the answer.
 *
 * @param requestIdOf by which what calls of the engine announce is known as of the same request
 */
export function workOf(
  requestIdOf: (context: TenantContext) => string | undefined,
): (request: FastifyRequest) => Work | null {
  return (request) => {
    const context = admissionOf(request)?.context
    if (context === undefined) return null
    return { workspace: context.workspace, stage: 'request', request: requestIdOf(context) }
  }
}
