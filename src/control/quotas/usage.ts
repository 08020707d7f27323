import { sql } from 'kysely'
import type { Static } from 'typebox'
import type { UsageRecord } from '../../models/calls/call-usage.ts'
import type { Actor } from '../authority/actor.ts'
import { tenantAccess } from '../authority/authority.ts'
import type { ControlCore } from '../core/control-core.ts'
import { kbBy } from '../kbs/kb-rows.ts'
import type { TenantKbs } from '../kbs/tenant-kbs.ts'
import type { UsageGroup, UsageReply } from '../operators/record-schemas.ts'
import { warnOfBudget } from './budget-warnings.ts'
import type { CpuUsage } from './cpu-usage.ts'
import { costOf, type Prices } from './prices.ts'
import type { Spending } from './spending.ts'
import { writePlaced } from './write-placed.ts'

export interface UsageFilter {
  /** Days of UTC as `2026-05-31`, both included; default: the last 7. */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** What each row is for; default `day`. */
  readonly group_by?: readonly UsageGroup[] | undefined
  /** Id or slug. */
  readonly kb?: string | undefined
}

/** Sums of one group; what was not grouped by is null. */
export type UsageSum = UsageReport['rows'][number]

export type UsageReport = Readonly<Static<typeof UsageReply>>

export interface UsageOptions {
  readonly tenantKbs: TenantKbs
  readonly spending: Spending
  readonly prices: Prices
  readonly cpu: CpuUsage
  readonly onError: (error: unknown) => void
}

interface Entry {
  readonly workspace: string
  readonly day: string
  readonly actor: string
  readonly model: string
  readonly step: string
  calls: number
  promptTokens: number
  completionTokens: number
  cost: number
}

const FLUSH_MS = 1000
const DAY_MS = 24 * 3600 * 1000
const COLUMN = { day: 'day', kb: 'kb_id', actor: 'actor', model: 'model', step: 'step' } as const
const MOST_ROWS = 10_000

/**
 * What tenants use of the models, by day, knowledge base, caller, model and step. It is written in
 * groups: a crash forgets the last second.
 */
export class Usage {
  readonly #core: ControlCore
  readonly #options: UsageOptions
  #entries = new Map<string, Entry>()
  #timer: NodeJS.Timeout | undefined

  constructor(core: ControlCore, options: UsageOptions) {
    this.#core = core
    this.#options = options
  }

  /**
   * Takes one call of a model in. It never throws.
   *
   * @param actor id of the user or key; absent for work in the background
   */
  record(call: UsageRecord, actor = ''): void {
    if (call.workspace === undefined) return
    const day = dayOf(this.#core.now())
    const key = JSON.stringify([call.workspace, day, actor, call.model, call.lane])
    const cost = costOf(this.#options.prices, call)
    const entry = this.#entries.get(key) ?? {
      workspace: call.workspace,
      day,
      actor,
      model: call.model,
      step: call.lane,
      calls: 0,
      promptTokens: 0,
      completionTokens: 0,
      cost: 0,
    }
    entry.calls += 1
    entry.promptTokens += call.promptTokens
    entry.completionTokens += call.completionTokens
    entry.cost += cost
    this.#entries.set(key, entry)
    this.#book(call.workspace, cost).catch(this.#options.onError)
    this.#timer ??= setTimeout(() => this.flush().catch(this.#options.onError), FLUSH_MS).unref()
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const entries = [...this.#entries.values()]
    this.#entries = new Map()
    const parts = { core: this.#core, tenantKbs: this.#options.tenantKbs }
    await writePlaced(parts, entries, async (mutation, entry, tenantKb) => {
      const { tx } = mutation
      await tx
        .insertInto('usage')
        .values({
          tenant_id: tenantKb.tenantId,
          day: entry.day,
          kb_id: tenantKb.kbId,
          actor: entry.actor,
          model: entry.model,
          step: entry.step,
          calls: entry.calls,
          prompt_tokens: entry.promptTokens,
          completion_tokens: entry.completionTokens,
          cost: entry.cost,
        })
        .onConflict((conflict) =>
          conflict
            .columns(['tenant_id', 'day', 'kb_id', 'actor', 'model', 'step'])
            .doUpdateSet((set) => ({
              calls: set('usage.calls', '+', entry.calls),
              prompt_tokens: set('usage.prompt_tokens', '+', entry.promptTokens),
              completion_tokens: set('usage.completion_tokens', '+', entry.completionTokens),
              cost: set('usage.cost', '+', entry.cost),
            })),
        )
        .execute()
      if (entry.cost === 0) return
      await tx
        .updateTable('tenants')
        .set((set) => ({ credit: set('credit', '-', entry.cost) }))
        .where('tenant_id', '=', tenantKb.tenantId)
        .where('credit', 'is not', null)
        .execute()
      await warnOfBudget(mutation, tenantKb, entry.cost)
    })
  }

  /** @throws {ControlError} `forbidden`, `not_found` */
  async report(actor: Actor, tenantRef: string, filter: UsageFilter = {}): Promise<UsageReport> {
    await this.flush()
    await this.#options.cpu.flush()
    const { db } = this.#core
    const { tenant } = await tenantAccess(db, actor, tenantRef, 'tenant:manage_billing')
    const to = filter.to ?? dayOf(this.#core.now())
    const from = filter.from ?? dayOf(this.#core.now() - 6 * DAY_MS)
    const groups = filter.group_by ?? ['day']
    let rows = db
      .selectFrom('usage')
      .where('tenant_id', '=', tenant.tenant_id)
      .where('day', '>=', from)
      .where('day', '<=', to)
    const kbId = filter.kb && (await kbBy(db, tenant.tenant_id, filter.kb)).kb_id
    if (kbId !== undefined) rows = rows.where('kb_id', '=', kbId)
    const grouped = groups.length === 0 ? rows : rows.groupBy(groups.map((name) => COLUMN[name]))
    const shown = (name: UsageGroup) =>
      groups.includes(name) ? sql.ref<string | null>(COLUMN[name]) : sql<string | null>`null`
    const found = await grouped
      .select((select) => [
        shown('day').as('day'),
        shown('kb').as('kb_id'),
        shown('actor').as('actor'),
        shown('model').as('model'),
        shown('step').as('step'),
        select.fn.sum<number>('calls').as('calls'),
        select.fn.sum<number>('prompt_tokens').as('prompt_tokens'),
        select.fn.sum<number>('completion_tokens').as('completion_tokens'),
        select.fn.sum<number>('cost').as('cost'),
      ])
      .orderBy('day')
      .limit(MOST_ROWS)
      .execute()
    const sums = found.map((row) => ({
      ...row,
      used_tokens: row.prompt_tokens + row.completion_tokens,
    }))
    const processor = await this.#options.cpu.report({
      tenantId: tenant.tenant_id,
      from,
      to,
      kbId,
      groups: groups.filter((group) => group === 'day' || group === 'kb'),
    })
    return { from, to, rows: sums, total: totalOf(sums), processor }
  }

  async #book(workspace: string, cost: number): Promise<void> {
    const tenantKb = cost === 0 ? undefined : await this.#options.tenantKbs.of(workspace)
    if (tenantKb !== undefined) await this.#options.spending.book(tenantKb.tenantId, cost)
  }
}

function totalOf(rows: readonly UsageSum[]): UsageReport['total'] {
  const sum = (field: 'calls' | 'prompt_tokens' | 'completion_tokens' | 'used_tokens' | 'cost') =>
    rows.reduce((total, row) => total + row[field], 0)
  return {
    calls: sum('calls'),
    prompt_tokens: sum('prompt_tokens'),
    completion_tokens: sum('completion_tokens'),
    used_tokens: sum('used_tokens'),
    cost: sum('cost'),
  }
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
