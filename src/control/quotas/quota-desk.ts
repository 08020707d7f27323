import type { TenantKb } from '../kbs/tenant-kbs.ts'
import type { Amounts, Reservation } from './quota-ledger.ts'

/** Where calls ask what the quotas of a tenant allow, wherever these are kept. */
export interface QuotaDesk {
  /** Undefined for a workspace of no tenant, which has no quotas. */
  tenantKbOf(workspace: string): Promise<TenantKb | undefined>
  /** @throws {ControlError} `calls_exhausted` */
  countCall(tenantKb: TenantKb): Promise<void>
  /**
   * @returns call it when the query is over; a second call does nothing
   * @throws {ControlError} `queries_at_once`, `credit_exhausted`, `budget_exhausted`, `cpu_exhausted`
   */
  beginQuery(tenantKb: TenantKb): Promise<() => void>
  /**
   * For what asks models in the background: it holds nothing, but begins on credit alone, and while
   * there is time of the processor left.
   *
   * @throws {ControlError} `credit_exhausted`, `budget_exhausted`, `cpu_exhausted`
   */
  assertSolvent(tenantKb: TenantKb): Promise<void>
  /** @throws {ControlError} `cpu_exhausted` */
  assertCpuLeft(tenantKb: TenantKb): Promise<void>
  /** @throws {ControlError} `quota_exceeded`, `storage_exceeded` */
  reserve(tenantKb: TenantKb, amounts: Amounts): Promise<Reservation>
  /** @throws {ControlError} `storage_exceeded` */
  assertStorageLeft(tenantKb: TenantKb): Promise<void>
  /** What the knowledge base holds changes by an amount that is not known. */
  changes(tenantKb: TenantKb): void
}
