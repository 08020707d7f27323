import type { CheckedFiles, FileToCheck } from '../../engine/documents/check-calls.ts'
import { ControlError } from '../core/control-error.ts'
import type { TenantKb } from '../kbs/tenant-kbs.ts'
import type { QuotaDesk } from './quota-desk.ts'
import type { Amounts } from './quota-ledger.ts'

/** Marks the files for which a tenant has no room, as if they were sent in this order. */
export async function roomFor(
  quotas: Pick<QuotaDesk, 'reserve'>,
  tenantKb: TenantKb,
  asked: unknown,
  { items }: CheckedFiles,
): Promise<CheckedFiles> {
  const files = asked as readonly FileToCheck[]
  const sizes = items.map((_, at) => files[at]?.size ?? 0)
  const fresh = items.flatMap(({ verdict }, at) => (verdict === 'new' ? at : []))
  const amountsOf = (count: number): Amounts => ({
    documents: count,
    files: fresh.slice(0, count).reduce((sum, at) => sum + (sizes[at] ?? 0), 0),
  })
  // Whatever fits all fits some of them.
  let [fits, tooMany] = [0, fresh.length + 1]
  while (tooMany - fits > 1) {
    const count = tooMany > fresh.length ? fresh.length : Math.floor((fits + tooMany) / 2)
    if (await isRoom(quotas, tenantKb, amountsOf(count))) fits = count
    else tooMany = count
  }
  const over = new Set(fresh.slice(fits))
  return {
    items: items.map((item, at) =>
      over.has(at)
        ? { ...item, verdict: 'over_quota', reason: 'There is no room left for it.' }
        : item,
    ),
  }
}

async function isRoom(
  quotas: Pick<QuotaDesk, 'reserve'>,
  tenantKb: TenantKb,
  amounts: Amounts,
): Promise<boolean> {
  if (amounts.documents === 0) return true
  try {
    await (await quotas.reserve(tenantKb, amounts)).giveBack()
    return true
  } catch (error) {
    if (error instanceof ControlError && error.code === 'quota_exceeded') return false
    throw error
  }
}
