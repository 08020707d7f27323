import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { accountAdmissionOf } from '../../tenancy/request/admission.ts'
import type { Refusal } from '../../tenancy/tenancy.ts'
import { TenancyError } from '../../tenancy/tenancy-error.ts'
import { ControlError, type ControlErrorCode } from '../core/control-error.ts'

/** RAGFlow's codes, as far as they are used here. */
export const CODE = {
  success: 0,
  notEffective: 10,
  exception: 100,
  argument: 101,
  data: 102,
  operating: 103,
  authentication: 109,
  unauthorized: 401,
  tooMany: 429,
} as const

/** Every answer of RAGFlow's API. */
export interface Envelope<T> {
  readonly code: number
  readonly message: string
  readonly data: T
}

export function success<T>(data: T): Envelope<T> {
  return { code: CODE.success, message: 'success', data }
}

/** A refusal in RAGFlow's words; the message is fit for the caller. */
export class RagflowError extends Error {
  override readonly name = 'RagflowError'
  readonly code: number

  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** For what is somebody else's or not there, which sound alike; the audit hears of each. */
export class RagflowRefusal extends RagflowError {}

/** The same for a tenant that is somebody else's and for one that does not exist. */
export function noAuthorization(): RagflowRefusal {
  return new RagflowRefusal(CODE.authentication, 'No authorization.')
}

const CODES: Partial<Record<ControlErrorCode, number>> = {
  not_found: CODE.data,
  conflict: CODE.data,
  already_member: CODE.data,
  invitation_gone: CODE.data,
  slug_taken: CODE.data,
  invalid_input: CODE.argument,
  forbidden: CODE.authentication,
  super_admin_only: CODE.authentication,
  last_owner: CODE.authentication,
  tenant_not_active: CODE.notEffective,
}

/**
 * Answers failures as RAGFlow does: status 200 and a code, but for a caller who is not known, who
 * asks too often, or who met a fault of ours; those have a status that every client understands.
 */
export function answerInEnvelopes(
  app: FastifyInstance,
  onRefusal?: (refusal: Refusal) => void,
): void {
  app.setErrorHandler((error, request, reply) => {
    if (isRefusal(error)) {
      const principal = accountAdmissionOf(request)?.principal
      const refusal = new TenancyError('permission_denied', error.message)
      onRefusal?.({ error: refusal, request, principal })
    }
    if (error instanceof RagflowError) return refuse(reply, 200, error.code, error.message)
    if (error instanceof ControlError) return refuseControl(error, request, reply)
    if (error instanceof TenancyError) return refuseTenancy(error, reply)
    if (isInvalid(error)) return refuse(reply, 200, CODE.argument, error.message)
    const { status, message, retryAfterSeconds } = request.explainError(error)
    if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
    if (status === 429) return refuse(reply, 429, CODE.tooMany, message)
    if (status < 500) return refuse(reply, 200, CODE.argument, message)
    return refuse(reply, status, CODE.exception, message)
  })
}

function refuseTenancy(
  { statusCode, message, retryAfterSeconds }: TenancyError,
  reply: FastifyReply,
) {
  if (retryAfterSeconds !== undefined) reply.header('retry-after', retryAfterSeconds)
  if (statusCode === 401) return refuse(reply, 401, CODE.unauthorized, message)
  if (statusCode === 429) return refuse(reply, 429, CODE.tooMany, message)
  if (statusCode < 500) return refuse(reply, 200, CODE.authentication, message)
  return refuse(reply, statusCode, CODE.exception, message)
}

function refuseControl(error: ControlError, request: FastifyRequest, reply: FastifyReply) {
  const { status, message } = request.explainError(error)
  if (error.retryAfterSeconds !== undefined) {
    reply.header('retry-after', error.retryAfterSeconds)
  }
  if (status >= 500) return refuse(reply, status, CODE.exception, message)
  return refuse(reply, 200, CODES[error.code] ?? CODE.operating, message)
}

function refuse(reply: FastifyReply, status: number, code: number, message: string) {
  // Else the shape of the route's success would be asked of it.
  return reply
    .code(status)
    .type('application/json; charset=utf-8')
    .serializer((body: unknown) => JSON.stringify(body))
    .send({ code, message, data: null } satisfies Envelope<null>)
}

/** What the layer itself turns away it has reported already. */
function isRefusal(error: unknown): error is RagflowRefusal | ControlError {
  if (error instanceof RagflowRefusal) return true
  if (!(error instanceof ControlError)) return false
  return error.code === 'not_found' || CODES[error.code] === CODE.authentication
}

function isInvalid(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'request_invalid'
}
