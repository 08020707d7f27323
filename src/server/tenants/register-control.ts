import type { FastifyInstance } from 'fastify'
import {
  type ControlRoutesOptions,
  controlRoutes,
  hideFromDescription,
} from '../../control/control-routes.ts'
import { invitationPageRoutes } from '../../control/members/invitation-page-routes.ts'
import { ragflowRoutes } from '../../control/ragflow/ragflow-routes.ts'
import { snapshotRoutes } from '../../control/snapshots/snapshot-routes.ts'
import { Snapshots } from '../../control/snapshots/snapshots.ts'
import { DATA_ALIAS } from '../../control/wire/data-alias.ts'
import type { PasswordSignIn } from '../../tenancy/sign-in/auth-routes.ts'
import type { Refusal } from '../../tenancy/tenancy.ts'

export interface RegisterControlOptions
  extends Omit<ControlRoutesOptions, 'onRefusal'>,
    Pick<PasswordSignIn, 'onSignIn'> {
  /** Adds the handlers of the data to a scope. */
  readonly registerData: (scope: FastifyInstance) => Promise<void>
  readonly onRefusal: (refusal: Omit<Refusal, 'error'> & { readonly error: RefusedFor }) => void
}

interface RefusedFor {
  readonly code: string
  readonly statusCode: number
}

/**
 * Adds what a server with tenants has beyond LightRAG's API: the management of tenants, views that
 * are kept, RAGFlow's paths, and the handlers of the data once more, unchanged, below a path that
 * names tenant and knowledge base.
 */
export async function registerControl(
  scope: FastifyInstance,
  { registerData, ...options }: RegisterControlOptions,
): Promise<void> {
  const { plane, onRefusal, authenticator, guard, onSignIn } = options
  await scope.register(invitationPageRoutes, { plane, onRefusal, authenticator, guard, onSignIn })
  await scope.register(controlRoutes, { ...options, prefix: '/api/v1' })
  await scope.register(snapshotRoutes, { snapshots: new Snapshots(plane.core), onRefusal })
  await scope.register(ragflowRoutes, { plane, onRefusal })
  await scope.register(
    async (alias) => {
      hideFromDescription(alias)
      await registerData(alias)
    },
    { prefix: DATA_ALIAS },
  )
}
