import { SERVER } from '../authority/actor.ts'
import type { Mutation } from '../core/control-core.ts'
import type { TenantKb } from '../kbs/tenant-kbs.ts'
import { spentSince } from './spending.ts'

/** Of its budget, what a tenant has spent when its admins are told. */
const STEPS = [
  { share: 0.8, event: 'budget_warning' },
  { share: 1, event: 'budget_reached' },
] as const

/**
 * Records once that a tenant's spending of this month has passed most, or all, of its budget. To be
 * called in the transaction that has written the spending.
 *
 * @param added what that has added
 */
export async function warnOfBudget(
  mutation: Mutation,
  { tenantId, quota }: Pick<TenantKb, 'tenantId' | 'quota'>,
  added: number,
): Promise<void> {
  const budget = quota.max_monthly_cost
  if (budget === null || budget === 0 || added === 0) return
  const month = new Date(mutation.at).toISOString().slice(0, 7)
  const spent = await spentSince(mutation.tx, tenantId, month)
  for (const { share, event } of STEPS) {
    if (spent - added >= share * budget || spent < share * budget) continue
    await mutation.record(SERVER, {
      event,
      tenantId,
      subject: tenantId,
      details: { month, spent, budget },
    })
  }
}
