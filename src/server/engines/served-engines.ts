import type { FastifyInstance } from 'fastify'
import type { PooledEngines } from '../../control/operators/live-engines.ts'
import type { BodyBudgetStats } from '../../http/body/body-budget.ts'
import type { TenantContext } from '../../tenancy/context.ts'
import type { EngineSource } from '../../tenancy/pool/lease.ts'
import type { PoolStats } from '../../tenancy/pool/pool-options.ts'
import type { EngineStats } from '../../tenancy/pool/pool-stats.ts'
import type { Sweepable } from '../workspaces/pending-sweep.ts'

export interface EngineGauges {
  readonly pool: PoolStats
  readonly engines: readonly EngineStats[]
  /** Bodies that are read where the engines are, if that is not here. */
  readonly bodies: readonly BodyBudgetStats[]
}

/** The engines of a server, wherever they run. */
export interface ServedEngines {
  /** Where background work leases them. */
  readonly pool: EngineSource<Sweepable>
  /** As operators look after them. */
  readonly engines: PooledEngines
  /** Adds the handlers of the data to a scope that admits requests. */
  registerRoutes(scope: FastifyInstance): Promise<void>
  /** Closes one once its leases have ended; see `EnginePool.evict`. */
  evict(workspace: string, whileClosed?: () => Promise<void>): Promise<void>
  /** Forgets what is remembered of a workspace beside its engine. */
  forget(workspace: string): void
  /** Ends the streams of callers whose access is gone. */
  recheckStreams(isAllowed: (context: TenantContext) => Promise<boolean>): Promise<void>
  /** Ends all streams, and tells their readers that the server shuts down. */
  endStreams(): void
  /** Says in the log whether each model works as it is configured. */
  checkModels(signal: AbortSignal): Promise<void>
  /** As of now. Of a host that does not answer now there is nothing. */
  gauges(): Promise<EngineGauges>
  close(deadlineMs: number): Promise<void>
}
