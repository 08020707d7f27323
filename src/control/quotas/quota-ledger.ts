import type { Transaction } from 'kysely'
import type { ControlCore } from '../core/control-core.ts'
import { ControlError } from '../core/control-error.ts'
import type { ControlTables } from '../database/control-tables.ts'
import { newId } from '../database/opaque-id.ts'
import type { TenantKb } from '../kbs/tenant-kbs.ts'
import {
  type Freshness,
  type LevelKind,
  WorkspaceLevels,
  type WorkspaceLevelsOptions,
} from './workspace-levels.ts'

/** What is reserved for a whole tenant. */
type LedgerKind = 'documents' | 'bytes'

/** What is about to come in. */
export interface Amounts {
  readonly documents?: number
  /** Bytes of text. */
  readonly text?: number
  /** Bytes of files of which an unknown part is text, as of a PDF. */
  readonly packed?: number
  /** Bytes of files that are kept as they are. */
  readonly files?: number
}

/** What came of a reservation. */
export interface Used {
  readonly documents?: number
  /** Of what was asked for in bytes: 0 to 1. */
  readonly share: number
}

/** A part of a quota that is held for something under way. One of the two ends it, once. */
export interface Reservation {
  /** What was used of it counts from now on. */
  settle(used: Used): Promise<void>
  giveBack(): Promise<void>
}

const BYTES_IN_GB = 1024 ** 3
const RESERVING: Freshness = { active: 1000, others: 60_000 }
/** Before something is refused. */
const REFUSING: Freshness = { active: 100, others: 1000 }
/** Before somebody is shown the state. */
const READING: Freshness = { active: 250, others: 5000 }
/** In a list of many. */
const LISTING: Freshness = { active: 1000, others: Number.POSITIVE_INFINITY }

/**
 * How much of its documents and storage each tenant has used, and has reserved.
 *
 * Both are in the database, so that a reservation is granted in one transaction however many ask at
 * once. Those of a process that was killed are cleared at the next start. What a workspace takes is
 * the size of its files; what is reserved for a text is what it will make of them.
 */
export class QuotaLedger {
  readonly #core: ControlCore
  readonly #levels: WorkspaceLevels

  constructor(core: ControlCore, options: WorkspaceLevelsOptions) {
    this.#core = core
    this.#levels = new WorkspaceLevels(core, options)
  }

  /** Call this before the first reservation. */
  async clearPhantoms(): Promise<void> {
    await this.#core.mutate(({ tx }) => tx.deleteFrom('reservations').execute())
  }

  /** Call this before what a tenant has used is shown. */
  refresh(tenantId: string): Promise<void> {
    return this.#levels.refresh(tenantId, READING)
  }

  /** The same for lists of many tenants: only where something goes on. */
  refreshActiveOf(tenantId: string): Promise<void> {
    return this.#levels.refresh(tenantId, LISTING)
  }

  /** Call this now and then, for what grows while nobody asks. */
  refreshActive(): Promise<void> {
    return this.#levels.refreshActive()
  }

  /** @throws {ControlError} `quota_exceeded`, `storage_exceeded` */
  async reserve(tenantKb: TenantKb, amounts: Amounts): Promise<Reservation> {
    return this.#granted(tenantKb, () => this.#reserveNow(tenantKb, amounts))
  }

  /**
   * For what grows the storage by itself, little by little.
   *
   * @throws {ControlError} `storage_exceeded`
   */
  async assertStorageLeft(tenantKb: TenantKb): Promise<void> {
    await this.#granted(tenantKb, () =>
      this.#core.mutate(({ tx }) => assertRoom(tx, tenantKb, 'bytes', 1)),
    )
  }

  /** What the knowledge base holds changes by an amount that is not known. */
  changes(tenantKb: TenantKb): void {
    this.#levels.revise(tenantKb)
  }

  async #granted<T>({ tenantId }: TenantKb, ask: () => Promise<T>): Promise<T> {
    await this.#levels.refresh(tenantId, RESERVING)
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof ControlError)) throw error
      if (error.code === 'storage_exceeded') await this.#levels.shrink(tenantId)
      // Documents may have gone that still count: deletions run on after their answer.
      await this.#levels.refresh(tenantId, REFUSING)
      return ask()
    }
  }

  async #reserveNow(tenantKb: TenantKb, amounts: Amounts): Promise<Reservation> {
    const id = newId('rsv')
    const { documents = 0 } = amounts
    const bytes = await this.#core.mutate(async ({ tx, at }) => {
      const hold = async (kind: LedgerKind, amount: number) => {
        if (amount === 0) return
        await assertRoom(tx, tenantKb, kind, amount)
        await tx
          .insertInto('reservations')
          .values({
            reservation_id: id,
            tenant_id: tenantKb.tenantId,
            kb_id: tenantKb.kbId,
            kind,
            amount,
            created_at: at,
          })
          .execute()
      }
      await hold('documents', documents)
      const bytes = await this.#bytesFor(tx, tenantKb, amounts)
      await hold('bytes', bytes)
      this.#levels.revise(tenantKb)
      return bytes
    })
    let held = true
    const end = async (used: Used) => {
      if (!held) return
      held = false
      await this.#end(tenantKb, id, { documents: used.documents ?? 0, growth: bytes * used.share })
    }
    return { settle: end, giveBack: () => end({ share: 0 }) }
  }

  /** What the files will grow by; what there is room for in the database is taken from there. */
  async #bytesFor(
    tx: Transaction<ControlTables>,
    { tenantId, kbId }: TenantKb,
    { documents = 0, text = 0, packed = 0, files = 0 }: Amounts,
  ): Promise<number> {
    if (text + packed + files === 0) return 0
    const growth = this.#levels.growthIn(kbId, { documents, text, packed })
    const level = await tx
      .selectFrom('levels')
      .select('used')
      .where('kb_id', '=', kbId)
      .where('kind', '=', 'room')
      .executeTakeFirst()
    const free = Math.min(level?.used ?? 0, growth.database)
    if (free > 0) {
      await addToLevel(tx, { kb_id: kbId, tenant_id: tenantId }, 'room', -free)
    }
    return files + growth.database - free + growth.log
  }

  async #end(
    { kbId, tenantId }: TenantKb,
    id: string,
    { documents, growth }: { readonly documents: number; readonly growth: number },
  ): Promise<void> {
    await this.#core.mutate(async ({ tx }) => {
      this.#levels.revise({ kbId, tenantId })
      await tx.deleteFrom('reservations').where('reservation_id', '=', id).execute()
      const tenantKb = { kb_id: kbId, tenant_id: tenantId }
      if (documents > 0) await addToLevel(tx, tenantKb, 'documents', documents)
      if (growth > 0) await addToLevel(tx, tenantKb, 'growth', Math.ceil(growth))
    })
  }
}

async function assertRoom(
  tx: Transaction<ControlTables>,
  { tenantId, quota }: TenantKb,
  kind: LedgerKind,
  amount: number,
): Promise<void> {
  const limit = kind === 'documents' ? quota.max_documents : bytesOf(quota.max_storage_gb)
  if (limit === null) return
  const kinds = kind === 'documents' ? (['documents'] as const) : (['bytes', 'growth'] as const)
  const used = await sumOf(tx, 'levels', tenantId, kinds)
  const reserved = await sumOf(tx, 'reservations', tenantId, [kind])
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
  kinds: readonly string[],
): Promise<number> {
  const row =
    table === 'levels'
      ? await tx
          .selectFrom('levels')
          .select((select) => select.fn.sum<number | null>('used').as('sum'))
          .where('tenant_id', '=', tenantId)
          .where('kind', 'in', kinds)
          .executeTakeFirst()
      : await tx
          .selectFrom('reservations')
          .select((select) => select.fn.sum<number | null>('amount').as('sum'))
          .where('tenant_id', '=', tenantId)
          .where('kind', 'in', kinds)
          .executeTakeFirst()
  return Number(row?.sum ?? 0)
}

async function addToLevel(
  tx: Transaction<ControlTables>,
  tenantKb: { readonly kb_id: string; readonly tenant_id: string },
  kind: LevelKind,
  amount: number,
): Promise<void> {
  await tx
    .insertInto('levels')
    .values({ ...tenantKb, kind, used: Math.max(0, amount), stale: 0 })
    .onConflict((conflict) =>
      conflict.columns(['kb_id', 'kind']).doUpdateSet((set) => ({
        used: set('levels.used', '+', amount),
      })),
    )
    .execute()
}

function bytesOf(gb: number | null): number | null {
  return gb === null ? null : Math.floor(gb * BYTES_IN_GB)
}
