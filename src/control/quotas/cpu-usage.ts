import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { ControlCore } from '../core/control-core.ts'
import type { TenantKbs } from '../kbs/tenant-kbs.ts'
import type { UsageReply } from '../operators/record-schemas.ts'
import type { CpuHours } from './cpu-hours.ts'
import type { CpuShare } from './cpu-share.ts'
import { writePlaced } from './write-placed.ts'

export interface CpuUsageOptions {
  readonly tenantKbs: TenantKbs
  readonly hours: CpuHours
  readonly onError: (error: unknown) => void
}

/** Which part of a tenant's use is asked for. */
export interface CpuFilter {
  readonly tenantId: string
  /** Days of UTC, both included. */
  readonly from: string
  readonly to: string
  readonly kbId: string | undefined
  /** What rows are told apart by, beside where the processor was used. */
  readonly groups: readonly ('day' | 'kb')[]
}

export type CpuReport = Readonly<Static<typeof UsageReply>['processor']>

interface Entry extends CpuShare {
  readonly day: string
  ms: number
}

const FLUSH_MS = 10_000
/** Entries that wait for being written; beyond, they are written at once. */
const MOST_WAITING = 10_000
const MOST_ROWS = 10_000

/**
 * What tenants take of the processor, by day, knowledge base and where it was used. It counts for the
 * last hour at once, and is written in groups: a crash forgets the last ten seconds.
 */
export class CpuUsage {
  readonly #core: ControlCore
  readonly #options: CpuUsageOptions
  #entries = new Map<string, Entry>()
  #timer: NodeJS.Timeout | undefined

  constructor(core: ControlCore, options: CpuUsageOptions) {
    this.#core = core
    this.#options = options
  }

  /** Takes in what was used since the last time. What is of no tenant is left out. It never throws. */
  record(shares: readonly CpuShare[]): void {
    for (const share of shares) {
      this.#take(share)
      this.#count(share).catch(this.#options.onError)
    }
    const flush = () => this.flush().catch(this.#options.onError)
    if (this.#entries.size >= MOST_WAITING) void flush()
    else if (this.#entries.size > 0) this.#timer ??= setTimeout(flush, FLUSH_MS).unref()
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const entries = [...this.#entries.values()]
    this.#entries = new Map()
    const parts = { core: this.#core, tenantKbs: this.#options.tenantKbs }
    await writePlaced(parts, entries, async ({ tx }, entry, tenantKb) => {
      const { day, kind, ms: cpu_ms } = entry
      const { tenantId: tenant_id, kbId: kb_id } = tenantKb
      await tx
        .insertInto('cpu_usage')
        .values({ tenant_id, day, kb_id, kind, cpu_ms })
        .onConflict((conflict) =>
          conflict
            .columns(['tenant_id', 'day', 'kb_id', 'kind'])
            .doUpdateSet((set) => ({ cpu_ms: set('cpu_usage.cpu_ms', '+', cpu_ms) })),
        )
        .execute()
    })
  }

  /** What was written down of a tenant; flush before. */
  async report({ tenantId, from, to, kbId, groups }: CpuFilter): Promise<CpuReport> {
    let rows = this.#core.db
      .selectFrom('cpu_usage')
      .where('tenant_id', '=', tenantId)
      .where('day', '>=', from)
      .where('day', '<=', to)
    if (kbId !== undefined) rows = rows.where('kb_id', '=', kbId)
    const columns = groups.map((group) => (group === 'kb' ? 'kb_id' : group))
    const shown = (name: 'day' | 'kb_id') =>
      columns.includes(name) ? sql.ref<string | null>(name) : sql<string | null>`null`
    const found = await rows
      .groupBy([...columns, 'kind'])
      .select((select) => [
        shown('day').as('day'),
        shown('kb_id').as('kb_id'),
        'kind',
        select.fn.sum<number>('cpu_ms').as('cpu_ms'),
      ])
      .orderBy('day')
      .limit(MOST_ROWS)
      .execute()
    const total = found.reduce((sum, { cpu_ms }) => sum + cpu_ms, 0)
    const sums = found.map(({ cpu_ms, ...row }) => ({
      ...row,
      cpu_seconds: Math.round(cpu_ms) / 1000,
    }))
    return { rows: sums, cpu_seconds: Math.round(total) / 1000 }
  }

  #take({ workspace, kind, ms }: CpuShare): void {
    if (!(ms > 0 && Number.isFinite(ms))) return
    const day = new Date(this.#core.now()).toISOString().slice(0, 10)
    const key = JSON.stringify([workspace, day, kind])
    const entry = this.#entries.get(key) ?? { workspace, day, kind, ms: 0 }
    entry.ms += ms
    this.#entries.set(key, entry)
  }

  async #count({ workspace, ms }: CpuShare): Promise<void> {
    const tenantKb = await this.#options.tenantKbs.of(workspace)
    if (tenantKb !== undefined) this.#options.hours.add(tenantKb.tenantId, ms)
  }
}
