import type { FastifyRequest } from 'fastify'
import type { CpuShare } from '../../control/quotas/cpu-share.ts'
import type { Rag } from '../../engine/rag.ts'
import type { UsageRecord } from '../../models/calls/call-usage.ts'
import type { HealthRoutesOptions, OperatorGauges } from '../../routes/health.ts'
import type { TenantContext } from '../../tenancy/context.ts'
import type { Limiter } from '../../tenancy/proxy/concurrency-limiter.ts'
import type { OpenStreams } from '../../tenancy/proxy/open-streams.ts'
import type { ModelSlots } from '../models/build-models.ts'
import type { OwnSettingsSource } from '../workspaces/workspaces.ts'

/**
 * What engines need of that part of a server which is one for all of them, whether it is in this
 * process or in another.
 */
export interface EngineServices {
  readonly slots: ModelSlots
  readonly ownSettings: OwnSettingsSource | undefined
  /** The engines' methods behind the quotas of tenants. */
  readonly bounded: (rag: Rag) => Rag
  /** Undefined without a bound on queries at once. */
  readonly queries: Limiter | undefined
  readonly streams: OpenStreams
  /** Whether a workspace is to be opened without the files that can be made again. */
  readonly isOpenedBare: (workspace: string) => Promise<boolean>
  /** The id that the server gave to a request. */
  readonly requestIdOf: (caller: TenantContext) => string
  /** Told of what a model was paid for, and who asked. */
  readonly onUsage: (record: UsageRecord, userId: string | undefined) => void
  /** Told every second what workspaces took of the processor; undefined where nobody asks. */
  readonly onCpu: ((shares: readonly CpuShare[]) => void) | undefined
  /** Told of an engine that was closed and not by the end of the server: it may have work left. */
  readonly onClosed: (workspace: string) => void
  /** What a server says of itself to everybody. */
  readonly about: Pick<HealthRoutesOptions, 'info' | 'flags'>
  /** What only the server's operator may see, which is of all workspaces; undefined for others. */
  readonly gauges: (request: FastifyRequest) => Promise<OperatorGauges | undefined>
}
