import { tenantsStillThere } from '../authority/still-there.ts'
import type { ControlCore } from '../core/control-core.ts'
import { ControlError } from '../core/control-error.ts'
import type { TenantKb } from '../kbs/tenant-kbs.ts'

interface Tally {
  calls: number
  /** Counted here and not yet in the database. */
  waiting: number
}

const FLUSH_MS = 500

/**
 * Counts the calls of each tenant in a month of UTC. They are counted in memory at once and written
 * in groups: a crash forgets those of the last half second.
 */
export class MonthlyCalls {
  readonly #core: ControlCore
  readonly #onError: (error: unknown) => void
  readonly #tallies = new Map<string, Promise<Tally>>()
  readonly #changed = new Map<string, Tally>()
  #month = ''
  #timer: NodeJS.Timeout | undefined

  constructor(core: ControlCore, onError: (error: unknown) => void) {
    this.#core = core
    this.#onError = onError
  }

  /** @throws {ControlError} `calls_exhausted`, until the month is over */
  async count({ tenantId, quota }: TenantKb): Promise<void> {
    const month = this.#thisMonth()
    const tally = await this.#tallyOf(tenantId, month)
    const most = quota.max_monthly_api_calls
    if (most !== null && tally.calls >= most) {
      throw new ControlError('calls_exhausted', `This tenant may make ${most} calls a month`, {
        details: { quota: 'max_monthly_api_calls', limit: most, used: tally.calls },
        retryAfterSeconds: this.#secondsLeft(),
      })
    }
    tally.calls += 1
    tally.waiting += 1
    this.#changed.set(tenantId, tally)
    this.#timer ??= setTimeout(() => this.flush().catch(this.#onError), FLUSH_MS).unref()
  }

  async used(tenantId: string): Promise<number> {
    return (await this.#tallyOf(tenantId, this.#thisMonth())).calls
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const month = this.#month
    const changed = [...this.#changed]
    this.#changed.clear()
    if (changed.length === 0) return
    await this.#core.mutate(async ({ tx }) => {
      const ids = changed.map(([tenantId]) => tenantId)
      const there = await tenantsStillThere(tx, ids)
      for (const [tenant_id, tally] of changed) {
        const calls = tally.waiting
        tally.waiting = 0
        if (!there.has(tenant_id)) continue
        await tx
          .insertInto('monthly_calls')
          .values({ tenant_id, month, calls })
          .onConflict((conflict) =>
            conflict
              .columns(['tenant_id', 'month'])
              .doUpdateSet((set) => ({ calls: set('monthly_calls.calls', '+', calls) })),
          )
          .execute()
      }
    })
  }

  #thisMonth(): string {
    const month = new Date(this.#core.now()).toISOString().slice(0, 7)
    if (month !== this.#month) {
      const before = this.#month
      if (before !== '') this.flush().catch(this.#onError)
      this.#tallies.clear()
      this.#month = month
    }
    return month
  }

  #tallyOf(tenantId: string, month: string): Promise<Tally> {
    const known = this.#tallies.get(tenantId)
    if (known !== undefined) return known
    const loading = this.#core.db
      .selectFrom('monthly_calls')
      .select('calls')
      .where('tenant_id', '=', tenantId)
      .where('month', '=', month)
      .executeTakeFirst()
      .then((row) => ({ calls: row?.calls ?? 0, waiting: 0 }))
    this.#tallies.set(tenantId, loading)
    loading.catch(() => this.#tallies.delete(tenantId))
    return loading
  }

  #secondsLeft(): number {
    const now = new Date(this.#core.now())
    const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1)
    return Math.ceil((end - now.getTime()) / 1000)
  }
}
