import type { ChangeListener, ControlCore } from '../core/control-core.ts'
import { TaggedCache } from '../database/tagged-cache.ts'
import { type Quota, quotaOf } from '../quotas/quota.ts'

/** Whose a workspace is, and what bounds it. */
export interface TenantKb {
  readonly workspace: string
  readonly tenantId: string
  readonly kbId: string
  readonly quota: Quota
}

const REMEMBERED = 20_000

/** Finds whose a workspace is; undefined for one that no tenant of the control plane has. */
export class TenantKbs implements ChangeListener {
  readonly #core: ControlCore
  readonly #defaults: Quota
  readonly #cache = new TaggedCache<{ readonly tenantKb: TenantKb | undefined }>(REMEMBERED)

  constructor(core: ControlCore, defaults: Quota) {
    this.#core = core
    this.#defaults = defaults
    core.listen(this)
  }

  accessChanged(tags: readonly string[]): void {
    for (const tag of tags) this.#cache.drop(tag)
    // A new knowledge base may have a workspace that was nobody's.
    if (tags.some((tag) => tag.startsWith('tenant:'))) this.#cache.drop('nobody')
  }

  engineChanged(): void {}

  async of(workspace: string): Promise<TenantKb | undefined> {
    const found = await this.#cache.getOr(workspace, async () => {
      const row = await this.#core.db
        .selectFrom('kbs')
        .innerJoin('tenants', 'tenants.tenant_id', 'kbs.tenant_id')
        .select(['kbs.kb_id', 'kbs.tenant_id', 'tenants.quota'])
        .where('kbs.workspace_key', '=', workspace.toLowerCase())
        .executeTakeFirst()
      if (row === undefined) return { value: { tenantKb: undefined }, tags: ['nobody'] }
      const tenantKb: TenantKb = {
        workspace,
        tenantId: row.tenant_id,
        kbId: row.kb_id,
        quota: quotaOf(row.quota, this.#defaults),
      }
      return { value: { tenantKb }, tags: [`tenant:${row.tenant_id}`] }
    })
    return found?.tenantKb
  }
}
