import type { Static } from 'typebox'
import type { Actor } from '../authority/actor.ts'
import type { ControlCore } from '../core/control-core.ts'
import type { Usage, UsageSum } from '../quotas/usage.ts'
import type { Given } from '../wire/wire-schemas.ts'
import { managedTenant } from './managed-tenant.ts'
import type { DailyValues, RagflowStatsReply, StatsQuery } from './ragflow-schemas.ts'

/** What a tenant used, as RAGFlow's charts take it. */
export type RagflowStats = Readonly<Static<typeof RagflowStatsReply>>

export type RagflowStatsQuery = Given<typeof StatsQuery>

/**
 * The use of one tenant by day.
 *
 * @throws {RagflowError} 101 when the tenant has to be named, 109 for callers who manage none
 */
export async function ragflowStats(
  { core, usage }: { readonly core: ControlCore; readonly usage: Usage },
  actor: Actor,
  { tenant_id, from_date, to_date }: RagflowStatsQuery,
): Promise<RagflowStats> {
  const tenantId = await managedTenant(core, actor, tenant_id)
  const { rows } = await usage.report(actor, tenantId, {
    from: from_date?.slice(0, 10),
    to: to_date?.slice(0, 10),
    group_by: ['day', 'actor', 'step'],
  })
  const asked = rows.filter(({ step }) => step === 'query')
  const pv = byDay(asked, (of) => sum(of, ({ calls }) => calls))
  return {
    pv,
    uv: byDay(asked, (of) => new Set(of.map(({ actor: who }) => who)).size),
    round: pv,
    tokens: byDay(rows, (of) => sum(of, ({ used_tokens }) => used_tokens) / 1000),
    speed: [],
    thumb_up: [],
  }
}

function byDay(
  rows: readonly UsageSum[],
  measure: (rows: readonly UsageSum[]) => number,
): DailyValues {
  const days = new Map<string, UsageSum[]>()
  for (const row of rows) {
    const day = row.day ?? ''
    const of = days.get(day)
    if (of === undefined) days.set(day, [row])
    else of.push(row)
  }
  return [...days].map(([day, of]) => [day, measure(of)])
}

function sum(rows: readonly UsageSum[], measure: (row: UsageSum) => number): number {
  return rows.reduce((total, row) => total + measure(row), 0)
}
