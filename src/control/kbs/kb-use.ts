import { type Kysely, sql } from 'kysely'
import type { TenantContext } from '../../tenancy/context.ts'
import type { ControlCore } from '../core/control-core.ts'
import type { ControlTables } from '../database/control-tables.ts'

const FLUSH_MS = 5000
const GRAIN_MS = 60_000

interface Use {
  readonly userId: string
  readonly kbId: string
  readonly tenantId: string
  readonly at: number
}

/** Notes when users were last in which knowledge base, to the minute; the last seconds may be lost. */
export class KbUse {
  readonly #core: ControlCore
  readonly #onError: (error: unknown) => void
  readonly #noted = new Map<string, number>()
  readonly #waiting = new Map<string, Use>()
  #timer: NodeJS.Timeout | undefined

  constructor(core: ControlCore, onError: (error: unknown) => void) {
    this.#core = core
    this.#onError = onError
  }

  /** Of a request that was let in. Keys are nobody's use, nor is what an operator does for a tenant. */
  used({ principal, workspace }: TenantContext): void {
    const { userId, grants, keyOf, actingFor } = principal
    if (grants === undefined || keyOf !== undefined || actingFor !== undefined) return
    const grant = grants.find((one) => one.workspace === workspace)
    if (grant === undefined) return
    const name = `${userId} ${grant.kb.id}`
    const at = this.#core.now()
    if (at - (this.#noted.get(name) ?? 0) < GRAIN_MS) return
    this.#noted.set(name, at)
    this.#waiting.set(name, { userId, kbId: grant.kb.id, tenantId: grant.tenant.id, at })
    this.#timer ??= setTimeout(() => this.flush().catch(this.#onError), FLUSH_MS).unref()
  }

  async flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const uses = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const [name, at] of this.#noted) {
      if (this.#core.now() - at >= GRAIN_MS) this.#noted.delete(name)
    }
    if (uses.length === 0) return
    await this.#core.mutate(async ({ tx }) => {
      for (const { userId, kbId, tenantId, at } of uses) {
        // A knowledge base may have been purged since: nothing is to be left of it.
        await sql`INSERT INTO kb_uses (user_id, kb_id, tenant_id, last_used_at)
          SELECT ${userId}, kb_id, tenant_id, ${at} FROM kbs
          WHERE kb_id = ${kbId} AND tenant_id = ${tenantId}
          ON CONFLICT (user_id, kb_id) DO UPDATE SET last_used_at = excluded.last_used_at`.execute(
          tx,
        )
      }
    })
  }
}

/** When a user was last in a tenant, or in one knowledge base of it; null for never. */
export async function lastUseOf(
  db: Kysely<ControlTables>,
  userId: string | undefined,
  of: { readonly tenantId: string; readonly kbId?: string },
): Promise<number | null> {
  if (userId === undefined) return null
  let rows = db
    .selectFrom('kb_uses')
    .select((select) => select.fn.max('last_used_at').as('at'))
    .where('user_id', '=', userId)
    .where('tenant_id', '=', of.tenantId)
  if (of.kbId !== undefined) rows = rows.where('kb_id', '=', of.kbId)
  const row = await rows.executeTakeFirst()
  return row?.at === null || row?.at === undefined ? null : Number(row.at)
}
