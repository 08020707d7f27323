import type { Transaction } from 'kysely'
import { ControlError } from './control-error.ts'
import type { ControlTables } from './control-tables.ts'
import type { KbPlace } from './kb-places.ts'
import type { ControlCore } from './mutation.ts'
import { newId } from './opaque-id.ts'

/** What is counted for a whole tenant. */
export type LedgerKind = 'documents' | 'bytes'
export type Amounts = Partial<Readonly<Record<LedgerKind, number>>>

/** What a workspace really holds. */
export interface Measured {
  readonly documents: number
  readonly bytes: number
  readonly entities: number
  readonly relations: number
}

/** A part of a quota that is held for something under way. One of the two ends it, once. */
export interface Reservation {
  /** What was used of it counts from now on. */
  settle(used: Amounts): Promise<void>
  giveBack(): Promise<void>
}

export interface QuotaLedgerOptions {
  /** Looks at the workspace itself. */
  readonly measure: (workspace: string) => Promise<Measured>
  readonly onError: (error: unknown) => void
}

const BYTES_IN_GB = 1024 ** 3
const REMEASURE_MS = 1000

/**
 * How much of its documents and storage each tenant has used, and has reserved.
 *
 * Both are in the database, so that a reservation is granted in one transaction however many ask at
 * once. Those of a process that was killed are cleared at the next start, and what their workspaces
 * really hold is measured before it is relied on.
 */
export class QuotaLedger {
  readonly #core: ControlCore
  readonly #options: QuotaLedgerOptions
  /** Grows with each reservation and settlement of a knowledge base. */
  readonly #revisions = new Map<string, number>()
  readonly #measuring = new Map<string, Promise<void>>()
  readonly #measuredAt = new Map<string, number>()

  constructor(core: ControlCore, options: QuotaLedgerOptions) {
    this.#core = core
    this.#options = options
  }

  /** To be called before the first reservation. */
  async clearPhantoms(): Promise<void> {
    await this.#core.mutate(async ({ tx }) => {
      const left = await tx
        .selectFrom('reservations')
        .select(['kb_id', 'tenant_id', 'kind'])
        .distinct()
        .execute()
      for (const place of left) await addToLevel(tx, place, 0, 1)
      await tx.deleteFrom('reservations').execute()
    })
  }

  /** @throws {ControlError} `quota_exceeded`, `storage_exceeded` */
  async reserve(place: KbPlace, amounts: Amounts): Promise<Reservation> {
    if (await this.#hasStale(place.tenantId)) await this.#remeasure(place.tenantId)
    try {
      return await this.#reserveNow(place, amounts)
    } catch (error) {
      // Documents may have gone that still count: deletions run on after their answer.
      if (!(error instanceof ControlError) || !(await this.#mayRemeasure(place.tenantId)))
        throw error
      await this.#remeasure(place.tenantId)
      return this.#reserveNow(place, amounts)
    }
  }

  /** What the knowledge base holds has changed by an amount that is not known. */
  async markStale({ kbId, tenantId }: KbPlace): Promise<void> {
    await this.#core.mutate(async ({ tx }) => {
      await addToLevel(tx, { kb_id: kbId, tenant_id: tenantId, kind: 'documents' }, 0, 1)
    })
  }

  async #reserveNow(place: KbPlace, amounts: Amounts): Promise<Reservation> {
    const id = newId('rsv')
    await this.#core.mutate(async ({ tx, at }) => {
      for (const kind of ['documents', 'bytes'] as const) {
        const amount = amounts[kind] ?? 0
        if (amount === 0) continue
        await assertRoom(tx, place, kind, amount)
        await tx
          .insertInto('reservations')
          .values({
            reservation_id: id,
            tenant_id: place.tenantId,
            kb_id: place.kbId,
            kind,
            amount,
            created_at: at,
          })
          .execute()
      }
      this.#revise(place.kbId)
    })
    let held = true
    const end = async (used: Amounts) => {
      if (!held) return
      held = false
      await this.#end(place, id, used)
    }
    return { settle: end, giveBack: () => end({}) }
  }

  async #end(place: KbPlace, id: string, used: Amounts): Promise<void> {
    await this.#core.mutate(async ({ tx }) => {
      this.#revise(place.kbId)
      await tx.deleteFrom('reservations').where('reservation_id', '=', id).execute()
      for (const kind of ['documents', 'bytes'] as const) {
        const amount = used[kind] ?? 0
        if (amount === 0) continue
        const level = { kb_id: place.kbId, tenant_id: place.tenantId, kind }
        await addToLevel(tx, level, amount, 0)
      }
    })
  }

  async #hasStale(tenantId: string): Promise<boolean> {
    const row = await this.#core.db
      .selectFrom('levels')
      .select('kb_id')
      .where('tenant_id', '=', tenantId)
      .where('stale', '=', 1)
      .executeTakeFirst()
    return row !== undefined
  }

  async #mayRemeasure(tenantId: string): Promise<boolean> {
    return this.#core.now() - (this.#measuredAt.get(tenantId) ?? 0) >= REMEASURE_MS
  }

  /** Looks at what the tenant really has, where nothing is under way; one look at a time. */
  #remeasure(tenantId: string): Promise<void> {
    const running = this.#measuring.get(tenantId)
    if (running !== undefined) return running
    const look = this.#measureAll(tenantId).finally(() => {
      this.#measuring.delete(tenantId)
      this.#measuredAt.set(tenantId, this.#core.now())
    })
    this.#measuring.set(tenantId, look)
    return look
  }

  async #measureAll(tenantId: string): Promise<void> {
    const kbs = await this.#core.db
      .selectFrom('kbs')
      .select(['kb_id', 'workspace'])
      .where('tenant_id', '=', tenantId)
      .where('status', '=', 'active')
      .execute()
    for (const { kb_id, workspace } of kbs) {
      const revision = this.#revisions.get(kb_id)
      try {
        const measured = await this.#options.measure(workspace)
        await this.#setLevels({ kb_id, tenant_id: tenantId }, measured, revision)
      } catch (error) {
        this.#options.onError(error)
      }
    }
  }

  async #setLevels(
    place: { readonly kb_id: string; readonly tenant_id: string },
    measured: Measured,
    revision: number | undefined,
  ): Promise<void> {
    await this.#core.mutate(async ({ tx }) => {
      if (this.#revisions.get(place.kb_id) !== revision) return
      const open = await tx
        .selectFrom('reservations')
        .select('reservation_id')
        .where('tenant_id', '=', place.tenant_id)
        .where('kb_id', '=', place.kb_id)
        .executeTakeFirst()
      // What is under way may have been measured, and would count twice when it is settled.
      if (open !== undefined) return
      for (const [kind, used] of Object.entries(measured)) {
        await tx
          .insertInto('levels')
          .values({ ...place, kind, used, stale: 0 })
          .onConflict((conflict) =>
            conflict.columns(['kb_id', 'kind']).doUpdateSet({ used, stale: 0 }),
          )
          .execute()
      }
    })
  }

  #revise(kbId: string): void {
    this.#revisions.set(kbId, (this.#revisions.get(kbId) ?? 0) + 1)
  }
}

async function assertRoom(
  tx: Transaction<ControlTables>,
  { tenantId, quota }: KbPlace,
  kind: LedgerKind,
  amount: number,
): Promise<void> {
  const limit = kind === 'documents' ? quota.max_documents : bytesOf(quota.max_storage_gb)
  if (limit === null) return
  const used = await sumOf(tx, 'levels', tenantId, kind)
  const reserved = await sumOf(tx, 'reservations', tenantId, kind)
  if (used + reserved + amount <= limit) return
  const details = { limit, used: used + reserved, asked: amount }
  throw kind === 'documents'
    ? new ControlError('quota_exceeded', `This tenant may have ${limit} documents`, {
        details: { quota: 'max_documents', ...details },
      })
    : new ControlError('storage_exceeded', 'The storage of this tenant is full', {
        details: { quota: 'max_storage_gb', ...details },
      })
}

async function sumOf(
  tx: Transaction<ControlTables>,
  table: 'levels' | 'reservations',
  tenantId: string,
  kind: LedgerKind,
): Promise<number> {
  const row =
    table === 'levels'
      ? await tx
          .selectFrom('levels')
          .select((select) => select.fn.sum<number | null>('used').as('sum'))
          .where('tenant_id', '=', tenantId)
          .where('kind', '=', kind)
          .executeTakeFirst()
      : await tx
          .selectFrom('reservations')
          .select((select) => select.fn.sum<number | null>('amount').as('sum'))
          .where('tenant_id', '=', tenantId)
          .where('kind', '=', kind)
          .executeTakeFirst()
  return Number(row?.sum ?? 0)
}

async function addToLevel(
  tx: Transaction<ControlTables>,
  place: { readonly kb_id: string; readonly tenant_id: string; readonly kind: string },
  amount: number,
  stale: 0 | 1,
): Promise<void> {
  await tx
    .insertInto('levels')
    .values({ ...place, used: amount, stale })
    .onConflict((conflict) =>
      conflict.columns(['kb_id', 'kind']).doUpdateSet((set) => ({
        used: set('levels.used', '+', amount),
        ...(stale === 1 ? { stale } : {}),
      })),
    )
    .execute()
}

function bytesOf(gb: number | null): number | null {
  return gb === null ? null : Math.floor(gb * BYTES_IN_GB)
}
