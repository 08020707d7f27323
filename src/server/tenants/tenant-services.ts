import type { FastifyInstance } from 'fastify'
import type { Config } from '../../config/config.ts'
import { actingFor } from '../../control/accounts/acting-for.ts'
import type { ControlPlane } from '../../control/control-plane.ts'
import { graphBoundsOf } from '../../control/quotas/graph-room.ts'
import { quotaRag } from '../../control/quotas/quota-rag.ts'
import {
  engineSettings,
  engineWording,
  workspaceConfig,
} from '../../control/quotas/workspace-settings.ts'
import type { Rag } from '../../engine/rag.ts'
import type { ContextCarrier } from '../../tenancy/context.ts'
import { tenantModelValues } from '../models/tenant-models.ts'
import type { OwnSettingsSource } from '../workspaces/workspaces.ts'
import { buildControl, type ControlParts } from './build-control.ts'
import { type RegisterControlOptions, registerControl } from './register-control.ts'

/** All that a server with tenants has beyond one without; others need not load it. */
export interface TenantServices {
  readonly plane: ControlPlane
  readonly actAs: ReturnType<typeof actingFor>
  /** What tenants and knowledge bases set for their engines. */
  readonly ownSettings: OwnSettingsSource
  /** The engine behind the bounds of quotas. */
  bounded(rag: Rag, context: ContextCarrier): Rag
  register(scope: FastifyInstance, options: Omit<RegisterControlOptions, 'plane'>): Promise<void>
}

export async function openTenantServices(
  config: Config,
  parts: ControlParts,
): Promise<TenantServices> {
  const plane = await buildControl(config, parts)
  return {
    plane,
    actAs: actingFor(plane.core),
    ownSettings: {
      of: async (workspace) => {
        const own = await workspaceConfig(plane.core, workspace)
        const tenantKb = await plane.quotas.tenantKbs.of(workspace)
        return {
          owner: tenantKb && { tenant_id: tenantKb.tenantId, kb_id: tenantKb.kbId },
          settings: engineSettings(config.engine, own),
          wording: engineWording(own),
          models: await tenantModelValues(config, own, (provider) =>
            plane.secrets.reveal(workspace, provider),
          ),
        }
      },
      graphBounds: async (workspace) => graphBoundsOf(await plane.quotas.tenantKbs.of(workspace)),
      putOffMs: (workspace) => plane.quotas.putOffMs(workspace),
    },
    bounded: (rag, context) => quotaRag(rag, { quotas: plane.quotas, context }),
    register: (scope, options) => registerControl(scope, { ...options, plane }),
  }
}
