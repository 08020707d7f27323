import { kbsStillThere } from '../authority/still-there.ts'
import type { ControlCore, Mutation } from '../core/control-core.ts'
import type { TenantKb, TenantKbs } from '../kbs/tenant-kbs.ts'

export interface PlacedParts {
  readonly core: ControlCore
  readonly tenantKbs: TenantKbs
}

/**
 * Writes down what workspaces used, in one mutation. What is of no tenant, or of a knowledge base that is
 * gone meanwhile, is left out.
 */
export async function writePlaced<Entry extends { readonly workspace: string }>(
  { core, tenantKbs }: PlacedParts,
  entries: readonly Entry[],
  write: (mutation: Mutation, entry: Entry, tenantKb: TenantKb) => Promise<void>,
): Promise<void> {
  const placed: { readonly entry: Entry; readonly tenantKb: TenantKb }[] = []
  for (const entry of entries) {
    const tenantKb = await tenantKbs.of(entry.workspace)
    if (tenantKb !== undefined) placed.push({ entry, tenantKb })
  }
  if (placed.length === 0) return
  await core.mutate(async (mutation) => {
    const ids = placed.map(({ tenantKb }) => tenantKb.kbId)
    const there = await kbsStillThere(mutation.tx, ids)
    for (const { entry, tenantKb } of placed) {
      if (there.has(tenantKb.kbId)) await write(mutation, entry, tenantKb)
    }
  })
}
