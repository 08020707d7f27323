import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Principal } from '../../tenancy/principal.ts'
import { accountAdmissionOf, admissionOf } from '../../tenancy/request/admission.ts'
import { CONTROL_STATUS, ControlError } from '../core/control-error.ts'

/** A request that the control plane turned away, for the audit. */
export interface ControlRefusal {
  readonly error: { readonly code: string; readonly statusCode: number }
  readonly request: FastifyRequest
  readonly principal: Principal | undefined
}

export type OnControlRefusal = (refusal: ControlRefusal) => void

/** Reports callers whom the routes of `app` refuse, or who ask for what is not there. */
export function reportRefusals(
  app: FastifyInstance,
  onRefusal: OnControlRefusal | undefined,
): void {
  app.addHook('onError', async (request, _reply, error) => {
    if (!(error instanceof ControlError)) return
    const { code } = error
    const statusCode = CONTROL_STATUS[code]
    if (statusCode !== 403 && statusCode !== 404) return
    const principal =
      accountAdmissionOf(request)?.principal ?? admissionOf(request)?.context.principal
    onRefusal?.({ error: { code, statusCode }, request, principal })
  })
}
