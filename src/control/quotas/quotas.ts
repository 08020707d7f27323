import type { Actor } from '../authority/actor.ts'
import { tenantAccess } from '../authority/authority.ts'
import type { ControlCore } from '../core/control-core.ts'
import { ControlError } from '../core/control-error.ts'
import type { TenantKb, TenantKbs } from '../kbs/tenant-kbs.ts'
import { tenantUse } from '../tenants/tenant-info.ts'
import type { CpuHours } from './cpu-hours.ts'
import type { MonthlyCalls } from './monthly-calls.ts'
import { type Quota, quotaOf } from './quota.ts'
import type { QuotaDesk } from './quota-desk.ts'
import type { Amounts, QuotaLedger, Reservation } from './quota-ledger.ts'
import type { Spending } from './spending.ts'

export interface QuotasOptions {
  readonly tenantKbs: TenantKbs
  readonly ledger: QuotaLedger
  readonly calls: MonthlyCalls
  readonly spending: Spending
  readonly cpu: CpuHours
  readonly defaults: Quota
}

/** What a tenant may use, and what it uses. */
export interface QuotaState {
  readonly quota: Quota
  readonly used: {
    readonly documents: number
    readonly storage_gb: number
    readonly monthly_api_calls: number
    readonly concurrent_queries: number
    readonly knowledge_bases: number
    readonly monthly_cost: number
    /** Of the last 60 minutes. */
    readonly cpu_seconds: number
  }
  readonly credit: number | null
}

/** The bounds of tenants: granted before, settled after, never overshot. */
export class Quotas implements QuotaDesk {
  readonly tenantKbs: TenantKbs
  readonly ledger: QuotaLedger
  readonly calls: MonthlyCalls
  readonly spending: Spending
  readonly cpu: CpuHours
  readonly #core: ControlCore
  readonly #defaults: Quota
  readonly #queries = new Map<string, number>()

  constructor(core: ControlCore, options: QuotasOptions) {
    this.#core = core
    this.tenantKbs = options.tenantKbs
    this.ledger = options.ledger
    this.calls = options.calls
    this.spending = options.spending
    this.cpu = options.cpu
    this.#defaults = options.defaults
  }

  /**
   * Counts a query that runs.
   *
   * @returns gives the right back; a second call does nothing
   * @throws {ControlError} `queries_at_once`
   */
  holdQuery({ tenantId, quota }: TenantKb): () => void {
    const running = this.#queries.get(tenantId) ?? 0
    const most = quota.max_concurrent_queries
    if (most !== null && running >= most) {
      throw new ControlError('queries_at_once', `This tenant may run ${most} queries at once`, {
        details: { quota: 'max_concurrent_queries', limit: most, used: running },
        retryAfterSeconds: 1,
      })
    }
    this.#queries.set(tenantId, running + 1)
    let held = true
    return () => {
      if (!held) return
      held = false
      const left = (this.#queries.get(tenantId) ?? 1) - 1
      if (left > 0) this.#queries.set(tenantId, left)
      else this.#queries.delete(tenantId)
    }
  }

  tenantKbOf(workspace: string): Promise<TenantKb | undefined> {
    return this.tenantKbs.of(workspace)
  }

  countCall(tenantKb: TenantKb): Promise<void> {
    return this.calls.count(tenantKb)
  }

  async beginQuery(tenantKb: TenantKb): Promise<() => void> {
    this.cpu.assertLeft(tenantKb)
    const release = this.holdQuery(tenantKb)
    try {
      const refund = await this.spending.reserve(tenantKb)
      return () => {
        release()
        refund()
      }
    } catch (error) {
      release()
      throw error
    }
  }

  async assertSolvent(tenantKb: TenantKb): Promise<void> {
    this.cpu.assertLeft(tenantKb)
    const refund = await this.spending.reserve(tenantKb)
    refund()
  }

  async assertCpuLeft(tenantKb: TenantKb): Promise<void> {
    this.cpu.assertLeft(tenantKb)
  }

  /**
   * How long documents of a workspace are put off because its tenant has taken what it may of the
   * processor, in milliseconds; 0 while it has not.
   */
  async putOffMs(workspace: string): Promise<number> {
    const tenantKb = await this.tenantKbOf(workspace)
    return tenantKb === undefined ? 0 : this.cpu.waitMs(tenantKb)
  }

  reserve(tenantKb: TenantKb, amounts: Amounts): Promise<Reservation> {
    return this.ledger.reserve(tenantKb, amounts)
  }

  assertStorageLeft(tenantKb: TenantKb): Promise<void> {
    return this.ledger.assertStorageLeft(tenantKb)
  }

  changes(tenantKb: TenantKb): void {
    this.ledger.changes(tenantKb)
  }

  /** @throws {ControlError} `not_found`, `forbidden` */
  async state(actor: Actor, tenantRef: string): Promise<QuotaState> {
    const { db } = this.#core
    const { tenant } = await tenantAccess(db, actor, tenantRef, 'tenant:manage_billing')
    const { tenant_id } = tenant
    await this.ledger.refresh(tenant_id)
    const { credit, spent } = await this.spending.state(tenant_id)
    return {
      quota: quotaOf(tenant.quota, this.#defaults),
      used: {
        ...(await tenantUse(db, tenant_id)),
        monthly_api_calls: await this.calls.used(tenant_id),
        concurrent_queries: this.#queries.get(tenant_id) ?? 0,
        monthly_cost: spent,
        cpu_seconds: this.cpu.used(tenant_id),
      },
      credit,
    }
  }
}
