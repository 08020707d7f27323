import { LRUCache } from 'lru-cache'
import type { Measured, PendingContent } from '../../workspaces/measured.ts'
import type { ControlCore } from '../core/control-core.ts'
import type { TenantKb } from '../kbs/tenant-kbs.ts'
import { type Growth, growthFactor, growthOf } from './storage-growth.ts'

export interface WorkspaceLevelsOptions {
  /** Looks at the workspace itself; cheap, and it opens nothing. */
  readonly measure: (workspace: string) => Promise<Measured>
  /** Makes the log of a workspace's database as short as it can be. */
  readonly emptyLog?: (workspace: string) => Promise<void>
  readonly onError: (error: unknown) => void
}

/** How long ago a workspace may have been looked at, in milliseconds. */
export interface Freshness {
  /** One in which something goes on. */
  readonly active: number
  readonly others: number
}

/**
 * `growth` is what pending documents will add to the files, `room` what of the database is free for
 * more than those.
 */
export type LevelKind = 'documents' | 'entities' | 'relations' | 'bytes' | 'growth' | 'room'

interface Known {
  readonly tenantId: string
  readonly lookedAt: number
  readonly bytes: number
  readonly isActive: boolean
  /** How many bytes it grows by for each of a text. */
  readonly factor: number
  readonly logBytes: number
  readonly databaseBytes: number
}

interface KbRef {
  readonly kb_id: string
  readonly tenant_id: string
}

const REMEMBERED = 50_000
const WORTH_EMPTYING = 1024 * 1024
const EMPTIED_EVERY_MS = 5000
const NEVER: Omit<Known, 'tenantId'> = {
  lookedAt: 0,
  bytes: -1,
  isActive: false,
  factor: growthFactor({ processedText: 0, databaseBytes: 0, dimension: null }),
  logBytes: 0,
  databaseBytes: 0,
}

/**
 * What each knowledge base of a tenant holds, as it was found in its files, which are looked at again
 * when that was too long ago.
 */
export class WorkspaceLevels {
  readonly #core: ControlCore
  readonly #options: WorkspaceLevelsOptions
  readonly #known = new LRUCache<string, Known>({ max: REMEMBERED })
  /** Grows with each reservation and settlement of a knowledge base. */
  readonly #revisions = new LRUCache<string, number>({ max: REMEMBERED })
  readonly #looking = new Map<string, Promise<void>>()
  readonly #emptied = new LRUCache<string, number>({ max: REMEMBERED })

  constructor(core: ControlCore, options: WorkspaceLevelsOptions) {
    this.#core = core
    this.#options = options
  }

  /** What documents will make of the files of a knowledge base. */
  growthIn(kbId: string, content: PendingContent): Growth {
    return growthOf(content, this.#known.get(kbId) ?? NEVER)
  }

  /** Something was reserved, settled or begun: what is found by a look under way is not its end. */
  revise({ kbId, tenantId }: Pick<TenantKb, 'kbId' | 'tenantId'>): void {
    this.#revisions.set(kbId, (this.#revisions.get(kbId) ?? 0) + 1)
    this.#known.set(kbId, { ...(this.#known.get(kbId) ?? NEVER), tenantId, isActive: true })
  }

  /** Looks at all in which something goes on. */
  async refreshActive(): Promise<void> {
    const active = [...this.#known.values()].filter(({ isActive }) => isActive)
    for (const tenantId of new Set(active.map((known) => known.tenantId))) {
      await this.refresh(tenantId, { active: 0, others: Number.POSITIVE_INFINITY })
    }
  }

  /** Looks at the knowledge bases of a tenant that were not looked at for too long. Never rejects. */
  async refresh(tenantId: string, freshness: Freshness): Promise<void> {
    const now = this.#core.now()
    for (const { workspace, ...tenantKb } of await this.#kbsOf(tenantId)) {
      const { lookedAt, isActive } = this.#known.get(tenantKb.kb_id) ?? NEVER
      const age = isActive ? freshness.active : freshness.others
      if (now - lookedAt >= age) await this.#lookOnce(tenantKb, workspace)
    }
  }

  /** Makes the files of a tenant as small as they can be, before something is refused for them. */
  async shrink(tenantId: string): Promise<void> {
    const { emptyLog = async () => undefined } = this.#options
    const now = this.#core.now()
    for (const { kb_id, workspace } of await this.#kbsOf(tenantId)) {
      const known = this.#known.get(kb_id)
      const isWorthIt = known !== undefined && known.logBytes >= WORTH_EMPTYING
      if (!isWorthIt || now - (this.#emptied.get(kb_id) ?? 0) < EMPTIED_EVERY_MS) continue
      this.#emptied.set(kb_id, now)
      await emptyLog(workspace).catch(this.#options.onError)
      this.#known.set(kb_id, { ...known, lookedAt: 0 })
    }
  }

  #kbsOf(tenantId: string) {
    return this.#core.db
      .selectFrom('kbs')
      .select(['kb_id', 'tenant_id', 'workspace'])
      .where('tenant_id', '=', tenantId)
      .where('status', '=', 'active')
      .execute()
  }

  #lookOnce(tenantKb: KbRef, workspace: string): Promise<void> {
    const running = this.#looking.get(tenantKb.kb_id)
    if (running !== undefined) return running
    const look = this.#look(tenantKb, workspace)
      .catch(this.#options.onError)
      .finally(() => this.#looking.delete(tenantKb.kb_id))
    this.#looking.set(tenantKb.kb_id, look)
    return look
  }

  async #look(tenantKb: KbRef, workspace: string): Promise<void> {
    const { kb_id } = tenantKb
    const revision = this.#revisions.get(kb_id)
    const measured = await this.#options.measure(workspace)
    const before = this.#known.get(kb_id) ?? NEVER
    const { storedBytes, logBytes, freeBytes, unwrittenBytes, bytes, isBusy } = measured
    const databaseBytes = storedBytes - logBytes - freeBytes + unwrittenBytes
    const isUnchanged = this.#revisions.get(kb_id) === revision
    this.#known.set(kb_id, {
      tenantId: tenantKb.tenant_id,
      lookedAt: isUnchanged ? this.#core.now() : before.lookedAt,
      bytes,
      isActive: !isUnchanged || isBusy || bytes !== before.bytes,
      factor: growthFactor({ ...measured, databaseBytes }),
      logBytes,
      databaseBytes,
    })
    if (isUnchanged) await this.#write(tenantKb, measured, revision)
  }

  async #write(tenantKb: KbRef, measured: Measured, revision: number | undefined): Promise<void> {
    const { documents, entities, relations, bytes, freeBytes, unwrittenBytes, pending } = measured
    const growth = this.growthIn(tenantKb.kb_id, pending)
    const levels: Partial<Record<LevelKind, number>> = {
      bytes,
      entities,
      relations,
      growth: Math.max(0, growth.database - freeBytes) + unwrittenBytes + growth.log,
      room: Math.max(0, freeBytes - growth.database),
    }
    await this.#core.mutate(async ({ tx }) => {
      if (this.#revisions.get(tenantKb.kb_id) !== revision) return
      const open = await tx
        .selectFrom('reservations')
        .select('reservation_id')
        .where('tenant_id', '=', tenantKb.tenant_id)
        .where('kb_id', '=', tenantKb.kb_id)
        .where('kind', '=', 'documents')
        .executeTakeFirst()
      // What is under way may be there already, and would count twice when it is settled.
      if (open === undefined) levels.documents = documents
      for (const [kind, used] of Object.entries(levels)) {
        await tx
          .insertInto('levels')
          .values({ ...tenantKb, kind, used, stale: 0 })
          .onConflict((conflict) =>
            conflict.columns(['kb_id', 'kind']).doUpdateSet({ used, stale: 0 }),
          )
          .execute()
      }
    })
  }
}
