import type { ChangeListener, ControlCore } from '../core/control-core.ts'
import { ControlError } from '../core/control-error.ts'
import type { TenantKb } from '../kbs/tenant-kbs.ts'

interface Account {
  /** What is left; null = without bound. */
  credit: number | null
  /** Spent in `month`, of UTC. */
  spent: number
  readonly month: string
  /** Held for calls that are under way. */
  reserved: number
  /** What a call has cost of late. */
  usual: number
}

/** How much weight the last call has in what is usual. */
const WEIGHT = 0.2

/**
 * Keeps tenants within their credit and monthly budget: each call reserves what calls have cost of
 * late, and gives it back when it is over; what it really cost was booked by then.
 *
 * What the last of the calls under way cost more than they reserved is still booked: credit may fall
 * below zero by so much, and then nothing is admitted.
 */
export class Spending implements ChangeListener {
  readonly #core: ControlCore
  readonly #accounts = new Map<string, Promise<Account>>()

  constructor(core: ControlCore) {
    this.#core = core
    core.listen(this)
  }

  accessChanged(tags: readonly string[]): void {
    // Reservations stay with those who made them; a new account begins with what was written.
    for (const tag of tags) {
      if (tag.startsWith('tenant:')) this.#accounts.delete(tag.slice('tenant:'.length))
    }
  }

  engineChanged(): void {}

  /**
   * @returns gives the reservation back; a second call does nothing
   * @throws {ControlError} `credit_exhausted`, `budget_exhausted`
   */
  async reserve({ tenantId, quota }: TenantKb): Promise<() => void> {
    const account = await this.#account(tenantId)
    const amount = account.usual
    const { credit, reserved, spent } = account
    if (credit !== null && credit - reserved - amount < 0) throw exhausted('credit')
    if (credit !== null && credit <= 0) throw exhausted('credit')
    const budget = quota.max_monthly_cost
    if (budget !== null && (spent >= budget || spent + reserved + amount > budget)) {
      throw exhausted('budget')
    }
    account.reserved += amount
    let held = true
    return () => {
      if (!held) return
      held = false
      account.reserved -= amount
    }
  }

  /** Books a cost in memory; the caller also writes it. */
  async book(tenantId: string, cost: number): Promise<void> {
    if (cost === 0) return
    const account = await this.#account(tenantId)
    if (account.credit !== null) account.credit -= cost
    account.spent += cost
    account.usual = account.usual * (1 - WEIGHT) + cost * WEIGHT
  }

  async state(tenantId: string): Promise<{ credit: number | null; spent: number }> {
    const { credit, spent } = await this.#account(tenantId)
    return { credit, spent }
  }

  #account(tenantId: string): Promise<Account> {
    const month = new Date(this.#core.now()).toISOString().slice(0, 7)
    const known = this.#accounts.get(tenantId)
    if (known === undefined) return this.#remember(tenantId, month)
    return known.then((account) =>
      account.month === month ? account : this.#remember(tenantId, month),
    )
  }

  #remember(tenantId: string, month: string): Promise<Account> {
    const loading = this.#load(tenantId, month)
    this.#accounts.set(tenantId, loading)
    loading.catch(() => this.#accounts.delete(tenantId))
    return loading
  }

  async #load(tenantId: string, month: string): Promise<Account> {
    const { db } = this.#core
    const tenant = await db
      .selectFrom('tenants')
      .select('credit')
      .where('tenant_id', '=', tenantId)
      .executeTakeFirst()
    const spent = await spentSince(db, tenantId, month)
    return { credit: tenant?.credit ?? null, spent, month, reserved: 0, usual: 0 }
  }
}

/** What a tenant has spent since a month of UTC began, as far as it is written down. */
export async function spentSince(
  db: ControlCore['db'],
  tenantId: string,
  month: string,
): Promise<number> {
  const usage = await db
    .selectFrom('usage')
    .select((select) => select.fn.sum<number | null>('cost').as('cost'))
    .where('tenant_id', '=', tenantId)
    .where('day', '>=', `${month}-01`)
    .executeTakeFirst()
  return Number(usage?.cost ?? 0)
}

function exhausted(what: 'credit' | 'budget'): ControlError {
  return what === 'credit'
    ? new ControlError('credit_exhausted', 'The credit of this tenant is used up')
    : new ControlError('budget_exhausted', 'The budget of this month is used up', {
        details: { quota: 'max_monthly_cost' },
      })
}
