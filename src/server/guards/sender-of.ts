import type { FastifyRequest } from 'fastify'
import { accountAdmissionOf, admissionOf } from '../../tenancy/request/admission.ts'

/** Whom a body counts for: its user, or its address where nobody is known. */
export function senderOf(request: FastifyRequest): string {
  const admission = admissionOf(request)?.context ?? accountAdmissionOf(request)
  return admission === undefined ? request.ip : `user\0${admission.principal.userId}`
}
