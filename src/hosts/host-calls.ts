import type { Config } from '../config/config.ts'
import type { OwnSettings } from '../config/own-settings.ts'
import type { TenantKb } from '../control/kbs/tenant-kbs.ts'
import type { PooledWorkspace } from '../control/operators/live-engines.ts'
import type { CpuShare } from '../control/quotas/cpu-share.ts'
import type { Amounts, Used } from '../control/quotas/quota-ledger.ts'
import type { GraphBounds } from '../engine/merge/graph-bounds.ts'
import type { Lane } from '../engine/ports/models.ts'
import type { BodyBudgetStats } from '../http/body/body-budget.ts'
import type { UsageRecord } from '../models/calls/call-usage.ts'
import type { HealthRoutesOptions, OperatorGauges } from '../routes/health.ts'
import type { PoolStats } from '../tenancy/pool/pool-options.ts'
import type { EngineStats } from '../tenancy/pool/pool-stats.ts'
import type { Subject } from '../tenancy/proxy/concurrency-limiter.ts'

/** Which slots a call of a model waits for. */
export type SlotKind = 'llm' | 'embedding'

/** What a host is told when it starts. */
export interface HostStart {
  readonly config: Config
  /** The Unix socket on which it takes requests. */
  readonly socketPath: string
  /** Signs decisions. */
  readonly key: Uint8Array
  readonly about: Pick<HealthRoutesOptions, 'info' | 'flags'>
  /** Whether workspaces have settings and quotas of tenants. */
  readonly hasTenants: boolean
  readonly hasQueryLimit: boolean
}

export interface HostGauges {
  readonly pool: PoolStats
  readonly engines: readonly EngineStats[]
  readonly bodies: BodyBudgetStats
}

/**
 * What a host asks of the front. What it holds there has an id of its own choosing; all of it comes
 * back when the host ends, however it ends.
 */
export interface FrontCalls {
  /** Resolves when the slot is held. */
  acquireSlot(id: number, kind: SlotKind, workspace: string, lane: Lane): Promise<void>
  /** Of one that is held, or is waited for no longer. */
  releaseSlot(id: number): void
  ownSettings(workspace: string): Promise<OwnSettings>
  graphBounds(workspace: string): Promise<GraphBounds>
  /** How long documents are to wait for time of the processor, in milliseconds. */
  putOffMs(workspace: string): Promise<number>
  /** Whether a workspace is to be opened without the files that can be made again. */
  isOpenedBare(workspace: string): Promise<boolean>
  recordUsage(record: UsageRecord, userId: string | undefined): void
  /** What workspaces took of the processor since the host told it last. */
  recordCpu(shares: readonly CpuShare[]): void
  tenantKbOf(workspace: string): Promise<TenantKb | undefined>
  countCall(tenantKb: TenantKb): Promise<void>
  beginQuery(id: number, tenantKb: TenantKb): Promise<void>
  endQuery(id: number): void
  assertSolvent(tenantKb: TenantKb): Promise<void>
  assertCpuLeft(tenantKb: TenantKb): Promise<void>
  reserve(id: number, tenantKb: TenantKb, amounts: Amounts): Promise<void>
  settle(id: number, used: Used | null): Promise<void>
  assertStorageLeft(tenantKb: TenantKb): Promise<void>
  changes(tenantKb: TenantKb): void
  reserveQuery(id: number, subject: Subject): void
  releaseQuery(id: number): void
  /** A handler refused a request that the front had admitted. */
  refused(decisionId: string, code: string): void
  /** An engine was closed, perhaps with work left. */
  closed(workspace: string): void
  operatorGauges(): Promise<OperatorGauges>
}

/** What the front asks of a host. */
export interface HostCalls {
  /** Resolves when the host takes requests, to the life under which it leaves word of its end. */
  start(start: HostStart): Promise<string>
  /** Opens the engine and works off what is pending; resolves when nothing is left to do. */
  workOff(workspace: string): Promise<void>
  /** Opens the engine. */
  warm(workspace: string): Promise<void>
  /** Closes the engine once its leases have ended, and keeps it closed until `letOpen` of the id. */
  holdClosed(id: number, workspace: string): Promise<void>
  letOpen(id: number): void
  /** Closes the engine as soon as nobody uses it; false when there is none. */
  evict(workspace: string): Promise<boolean>
  forget(workspace: string): void
  engines(): Promise<readonly PooledWorkspace[]>
  gauges(): HostGauges
  /** Ends the streams of these decisions: what allowed them is gone. */
  endAccess(decisionIds: readonly string[]): Promise<void>
  /** Ends all streams: the server shuts down. */
  endStreams(): void
  checkModels(): Promise<void>
  /** Finishes what is under way, closes all engines and ends the process. */
  close(deadlineMs: number): Promise<void>
}
